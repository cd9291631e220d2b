//! How values become bytes where they leave a process: in a file of one node, read by another.

use std::io::{Read, Write};

use crate::error::BoxError;

/// A format for values of type `T`, on their way between processes.
///
/// A serializer is a type without values: `#[task(serializer = Json)]` names it. [`Json`] is that of
/// every task and parameter that names no other. What it writes and reads is a stream, so that a large
/// value never needs a second copy of itself in memory.
///
/// # Examples
///
/// A format of one's own, for one type:
///
/// ```
/// use std::io::{BufRead, BufReader, Read, Write};
///
/// use dagger_core::{BoxError, Serializer};
///
/// /// One number a line.
/// struct Lines;
///
/// impl Serializer<Vec<u64>> for Lines {
///     fn write(value: &Vec<u64>, to: &mut dyn Write) -> Result<(), BoxError> {
///         for number in value {
///             writeln!(to, "{number}")?;
///         }
///         Ok(())
///     }
///
///     fn read(from: &mut dyn Read) -> Result<Vec<u64>, BoxError> {
///         BufReader::new(from).lines().map(|line| Ok(line?.parse()?)).collect()
///     }
/// }
///
/// let mut file = Vec::new();
/// Lines::write(&vec![1, 2], &mut file).unwrap();
/// assert_eq!(Lines::read(&mut &file[..]).unwrap(), [1, 2]);
/// ```
pub trait Serializer<T>: 'static {
    /// Writes a value.
    ///
    /// # Errors
    ///
    /// If the value has no such form, or the writer fails.
    fn write(value: &T, to: &mut dyn Write) -> Result<(), BoxError>;

    /// Reads a value, and the stream to its end.
    ///
    /// # Errors
    ///
    /// If the bytes are not those of a value, if there are more of them, or the reader fails.
    fn read(from: &mut dyn Read) -> Result<T, BoxError>;
}

/// [JSON](https://www.rfc-editor.org/rfc/rfc8259): for every type that is `Serialize` and
/// `DeserializeOwned`.
///
/// Numbers keep all their digits, 64-bit ones included; `NaN` and infinities are `null`, and do not
/// come back. It is read to a depth of 127, so that no file takes more stack than there is.
pub struct Json;

/// [MessagePack](https://msgpack.org): smaller and faster than JSON, and self-describing. Structs are
/// maps, by the names of their fields.
pub struct MessagePack;

/// [Postcard](https://postcard.jamesmunns.com/wire-format): the smallest. Both sides have to agree on
/// the type to the last field, and the type must not ask what comes next: no `serde(untagged)`, no
/// `serde(flatten)`, no `serde_json::Value`. It is read as a whole, beside the value that comes out.
pub struct Postcard;

#[cfg(feature = "json")]
mod json {
    use serde::{Deserialize, Serialize};

    use super::{BoxError, Json, Read, Serializer, Write};

    // Of the traits of a type, rustc tells generated code regardless of lifetimes: it would refuse a
    // `&'static str` that is asked for all of them.
    impl<T: Serialize + Deserialize<'static>> Serializer<T> for Json {
        fn write(value: &T, to: &mut dyn Write) -> Result<(), BoxError> {
            Ok(serde_json::to_writer(to, value)?)
        }

        fn read(from: &mut dyn Read) -> Result<T, BoxError> {
            let mut json = serde_json::Deserializer::from_reader(from);
            let value = T::deserialize(&mut json).map_err(explained)?;
            json.end()?;
            Ok(value)
        }
    }

    /// The error of what is too deep, which only its words tell from others, with how deep it may be.
    fn explained(error: serde_json::Error) -> BoxError {
        let text = error.to_string();
        match text.starts_with("recursion limit exceeded") {
            true => format!("{text}; JSON is read to a depth of 127").into(),
            false => error.into(),
        }
    }
}

#[cfg(feature = "messagepack")]
mod messagepack {
    use serde::{Deserialize, Serialize};

    use super::{AFTER, BoxError, MessagePack, Read, Serializer, Write};

    // As for JSON.
    impl<T: Serialize + Deserialize<'static>> Serializer<T> for MessagePack {
        fn write(value: &T, mut to: &mut dyn Write) -> Result<(), BoxError> {
            Ok(rmp_serde::encode::write_named(&mut to, value)?)
        }

        fn read(from: &mut dyn Read) -> Result<T, BoxError> {
            let value = T::deserialize(&mut rmp_serde::Deserializer::new(&mut *from))?;
            match from.read(&mut [0])? {
                0 => Ok(value),
                _ => Err(AFTER.into()),
            }
        }
    }
}

#[cfg(feature = "postcard")]
mod postcard {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use super::{AFTER, BoxError, Postcard, Read, Serializer, Write};

    impl<T: Serialize + DeserializeOwned> Serializer<T> for Postcard {
        fn write(value: &T, to: &mut dyn Write) -> Result<(), BoxError> {
            postcard::to_io(value, to)?;
            Ok(())
        }

        fn read(from: &mut dyn Read) -> Result<T, BoxError> {
            // Its reader of streams has room for one text of a length that is known before.
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes)?;
            match postcard::take_from_bytes(&bytes)? {
                (value, []) => Ok(value),
                (_, _) => Err(AFTER.into()),
            }
        }
    }
}

#[cfg(any(feature = "messagepack", feature = "postcard"))]
const AFTER: &str = "there are bytes after the value";
