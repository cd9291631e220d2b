//! A manifest as text.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

/// Keys that come before all others, in this order: what a reader looks for first.
const FIRST: [&str; 8] = [
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "generateName",
    "template",
    "entrypoint",
    "arguments",
];

/// Keys that come behind all others: what is long.
const LAST: [&str; 5] = ["dag", "templates", "workflowSpec", "spec", "volumes"];

/// A value with its keys in an order that does not change.
struct Ordered<'a>(&'a Value);

/// The entries of an object, in order.
fn ordered(object: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let rank = |key: &str| {
        let place = |keys: &[&str]| keys.iter().position(|known| *known == key);
        match (place(&FIRST), place(&LAST)) {
            (Some(place), _) => (0, place),
            (None, None) => (1, 0),
            (None, Some(place)) => (2, place),
        }
    };
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_by_key(|(key, _)| (rank(key), *key));
    entries
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => {
                let mut map = serializer.serialize_map(Some(object.len()))?;
                for (key, value) in ordered(object) {
                    map.serialize_entry(key, &Ordered(value))?;
                }
                map.end()
            }
            Value::Array(array) => {
                let mut seq = serializer.serialize_seq(Some(array.len()))?;
                for value in array {
                    seq.serialize_element(&Ordered(value))?;
                }
                seq.end()
            }
            value => value.serialize(serializer),
        }
    }
}

/// As YAML, with quotes around every string: Argo reads a bare `y`, `no` or `on` as a boolean, `017` as
/// an octal number, and `1e3` as a number.
pub(super) fn yaml(value: &Value) -> Result<String, String> {
    let options = serde_saphyr::ser_options! { quote_all: true };
    serde_saphyr::to_string_with_options(&Ordered(value), options)
        .map_err(|error| error.to_string())
}

/// As JSON.
pub(super) fn json(value: &Value) -> Result<String, String> {
    let text = serde_json::to_string_pretty(&Ordered(value));
    text.map(|text| text + "\n").map_err(|error| error.to_string())
}
