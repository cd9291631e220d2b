//! What ends a command early.

use std::error::Error as StdError;
use std::fmt;

use dagger_core::Error;

/// What ends a command early.
#[derive(Debug)]
pub(super) enum Problem {
    /// The command was given wrongly.
    Usage(String),
    /// A task, a file or a value failed.
    Failed(String),
    /// A signal of this number.
    Interrupted(i32),
}

impl Problem {
    /// The exit status.
    pub(super) fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(1),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let mut text = chain(&error);
        if let Some(place) = error.panic_place() {
            text = format!("{text}, at {place}");
        }
        Self::Failed(text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Failed(text) => f.write_str(text),
            Self::Interrupted(signal) => match signal {
                2 => write!(f, "interrupted"),
                15 => write!(f, "terminated"),
                _ => write!(f, "ended by signal {signal}"),
            },
        }
    }
}

/// An error with all that caused it.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    let (mut text, mut source) = (error.to_string(), error.source());
    while let Some(error) = source {
        let cause = error.to_string();
        // Some errors say what caused them.
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    text
}

/// A text without line breaks and other control characters.
pub(super) fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.split(['\n', '\r']).map(str::trim).collect();
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let control = |c: char| if c.is_control() { ' ' } else { c };
    lines.join("; ").chars().map(control).collect()
}

/// A value that somebody gave, short enough for a line.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let text = one_line(text);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{one_line, shortened};

    #[test]
    fn whatever_it_says_an_error_is_one_line() {
        assert_eq!(one_line("a\n\n  b\r\nc\u{7}"), "a; b; c ");
        assert_eq!(shortened(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
        assert_eq!(shortened("short"), "short");
    }
}
