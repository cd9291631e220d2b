//! The table that is printed at the end.

use std::time::Duration;

use crate::measure::Medians;

const HEAD: [&str; 8] = [
    "shape",
    "by hand (median)",
    "dagger (median)",
    "per item by hand",
    "per item dagger",
    "ratio",
    "allowed",
    "verdict",
];

/// As many cores, kept busy by others, are worth a note.
const BUSY: f64 = 0.1;
/// A cell that has nothing to say.
const NOTHING: &str = "–";

/// What a shape may take.
pub(crate) enum Allowed {
    /// As many times what it takes by hand.
    Times(f64),
    /// As much more for an item than it takes by hand.
    More(Duration),
    /// As much for an item, whatever it takes by hand.
    AtMost(Duration),
    Anything,
}

/// What was measured of a shape.
pub(crate) struct Row {
    /// From the median by hand to what is allowed.
    cells: [String; 6],
    is_over: Option<bool>,
    notes: Vec<String>,
}

impl Row {
    /// Times of so many items.
    pub(crate) fn times(items: u32, medians: Medians, allowed: Allowed) -> Self {
        let (hand, dagger) = (medians.hand.as_secs_f64(), medians.dagger.as_secs_f64());
        let (item, dagger_item) = (hand / f64::from(items), dagger / f64::from(items));
        let ratio = dagger / hand;
        let (limit, is_over) = match allowed {
            Allowed::Times(most) => (format!("{most:.2}"), Some(ratio > most)),
            Allowed::More(most) => {
                (format!("+ {most:?} an item"), Some(dagger_item - item > most.as_secs_f64()))
            }
            Allowed::AtMost(most) => {
                (format!("{most:?} an item"), Some(dagger_item > most.as_secs_f64()))
            }
            Allowed::Anything => (NOTHING.to_owned(), None),
        };
        let [hand, dagger, item, dagger_item] = [hand, dagger, item, dagger_item].map(seconds);
        let cells = [hand, dagger, item, dagger_item, format!("{ratio:.2}"), limit];
        let row = Self { cells, is_over, notes: Vec::new() };
        match medians.others > BUSY {
            true => row.note(format!("other processes kept {:.2} cores busy", medians.others)),
            false => row,
        }
    }

    /// Memory, in KiB.
    pub(crate) fn memory(hand: u32, dagger: u32, most: u32) -> Self {
        let nothing = || NOTHING.to_owned();
        let cells = [mib(hand), mib(dagger), nothing(), nothing(), nothing(), mib(most)];
        Self { cells, is_over: Some(dagger > most), notes: Vec::new() }
    }

    /// What is said below the table.
    pub(crate) fn note(mut self, note: String) -> Self {
        self.notes.push(note);
        self
    }
}

/// Prints the rows, with the names of their shapes.
pub(crate) fn print(rows: &[(&str, Row)]) {
    println!("| {} |", HEAD.join(" | "));
    println!("|{}", " --- |".repeat(HEAD.len()));
    for (name, row) in rows {
        let verdict = match row.is_over {
            Some(true) => "over",
            Some(false) => "ok",
            None => NOTHING,
        };
        println!("| {name} | {} | {verdict} |", row.cells.join(" | "));
    }
    println!();
    for (name, row) in rows {
        row.notes.iter().for_each(|note| println!("{name}: {note}"));
    }
}

/// Three digits, in the unit that suits.
fn seconds(time: f64) -> String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs")];
    let (unit, name) = units.into_iter().find(|(unit, _)| time >= *unit).unwrap_or((1e-9, "ns"));
    let value = time / unit;
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {name}")
}

fn mib(kib: u32) -> String {
    format!("{:.2} MiB", f64::from(kib) / 1024.0)
}
