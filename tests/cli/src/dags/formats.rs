//! Serializers other than JSON.

use std::io::{BufRead, BufReader, Read, Write};

use dagger::{BoxError, MessagePack, Postcard, Serializer, dag, task};
use serde::{Deserialize, Serialize};

use crate::{Case, case};

/// A row with what JSON cannot hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    name: String,
    #[serde(with = "bits")]
    value: f64,
    tag: Option<Tag>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Tag {
    Plain,
    Of(u8),
}

mod bits {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &f64, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(value.to_bits())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
        u64::deserialize(d).map(f64::from_bits)
    }
}

#[task(serializer = MessagePack)]
fn packed(count: u8) -> Vec<Row> {
    let row = |n| Row {
        name: format!("row {n}"),
        value: f64::from(n) / 3.0,
        tag: (n > 0).then_some(if n > 1 { Tag::Of(n) } else { Tag::Plain }),
    };
    (0..count).map(row).collect()
}

#[task(serializer = Postcard)]
fn carded(row: Row) -> (String, f64) {
    (row.name, row.value)
}

#[task]
fn rows(rows: Vec<(String, f64)>) -> String {
    format!("{rows:?}")
}

#[dag]
fn binary(count: u8) -> String {
    let mut all = Vec::new();
    for row in packed(count) {
        all.push(carded(row));
    }
    rows(all)
}

/// One number a line.
pub struct Lines;

/// Numbers that serde does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers(Vec<i64>);

impl Serializer<Numbers> for Lines {
    fn write(value: &Numbers, to: &mut dyn Write) -> Result<(), BoxError> {
        for number in &value.0 {
            writeln!(to, "{number}")?;
        }
        Ok(())
    }

    fn read(from: &mut dyn Read) -> Result<Numbers, BoxError> {
        let lines = BufReader::new(from).lines();
        lines.map(|line| Ok(line?.parse()?)).collect::<Result<_, _>>().map(Numbers)
    }
}

#[task(serializer = Lines)]
fn counted(count: i64) -> Numbers {
    Numbers((0..count).collect())
}

#[task]
fn sum(numbers: &Numbers) -> i64 {
    numbers.0.iter().sum()
}

#[dag]
fn own_format(count: i64) -> i64 {
    let numbers = counted(count);
    sum(&numbers)
}

#[dag]
fn format_of_a_parameter(#[serializer(crate::dags::formats::Pairs)] pairs: Vec<(u8, u8)>) -> u32 {
    products(&pairs)
}

/// Pairs as bytes.
pub struct Pairs;

impl Serializer<Vec<(u8, u8)>> for Pairs {
    fn write(value: &Vec<(u8, u8)>, to: &mut dyn Write) -> Result<(), BoxError> {
        value.iter().try_for_each(|(a, b)| to.write_all(&[*a, *b]))?;
        Ok(())
    }

    fn read(from: &mut dyn Read) -> Result<Vec<(u8, u8)>, BoxError> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        Ok(bytes.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
    }
}

#[task]
fn products(pairs: &[(u8, u8)]) -> u32 {
    pairs.iter().map(|(a, b)| u32::from(*a) * u32::from(*b)).sum()
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(binary(count = 4)),
        case!(own_format(count = 5)),
        case!(format_of_a_parameter(pairs = vec![(1, 2), (3, 4)])),
    ]
}
