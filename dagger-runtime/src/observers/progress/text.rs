//! What is said of a node, in as much room as there is.

use std::time::Duration;

use console::{measure_text_width, truncate_str};
use indicatif::HumanCount;

use super::look::Look;

/// How many labels are named, where there is room.
const MOST_LABELS: usize = 8;

/// A width that has room for bars, and one that has some for labels, too.
const ROOMY: usize = 70;
const VERY_ROOMY: usize = 100;

/// The least room that a label has.
const LABEL: usize = 10;

/// A part of a line.
struct Part {
    text: String,
    /// What goes first where there is no room for all: the higher, the sooner.
    weight: u8,
}

/// All that is known of a node, in one line.
pub(super) fn whole(look: &Look) -> String {
    let parts: Vec<_> = parts(look).into_iter().map(|part| part.text).collect();
    let mut line = format!("{}: {}", look.node.address, parts.join(", "));
    for (what, labels) in [("running", &look.running), ("failed", &look.failed)] {
        if let Some(labels) = listed(labels) {
            line = format!("{line}; {what}: {labels}");
        }
    }
    line
}

/// What is known of a node, in a line of this width, in which so much is for the name.
pub(super) fn fitted(look: &Look, width: usize, name: usize) -> String {
    let has_labels = !look.running.is_empty() || !look.failed.is_empty();
    let bar = if width >= ROOMY && look.node.calls > 1 {
        bar_of(look, width / 12)
    } else {
        String::new()
    };
    let mut line = format!("{}  {bar}", padded(&look.node.address, name));
    let labels = if has_labels && width >= VERY_ROOMY { width / 6 } else { 0 };
    let room = width.saturating_sub(measure_text_width(&line) + labels);
    let mut parts = parts(look);
    while width_of(&parts) > room && parts.len() > 1 {
        let heaviest = parts.iter().map(|part| part.weight).max();
        parts.retain(|part| Some(part.weight) != heaviest);
    }
    let texts: Vec<_> = parts.iter().map(|part| part.text.as_str()).collect();
    line.push_str(&texts.join(", "));
    for (what, labels) in [("", &look.running), ("failed: ", &look.failed)] {
        let left = width.saturating_sub(measure_text_width(&line) + 2);
        if let Some(labels) = listed(labels)
            && left >= LABEL
        {
            line = format!("{line}  {}", cut(&format!("{what}{labels}"), left));
        }
    }
    cut(&line, width)
}

/// A text in so much room: its beginning, where it is too long.
pub(super) fn cut(text: &str, width: usize) -> String {
    match width {
        0 => String::new(),
        _ => truncate_str(text, width, "…").into_owned(),
    }
}

/// What is known of a node, in order, the most important with the least weight.
fn parts(look: &Look) -> Vec<Part> {
    let node = &look.node;
    let count = |calls: usize| HumanCount(u64::try_from(calls).unwrap_or(u64::MAX)).to_string();
    let mut parts = Vec::new();
    let mut add = |weight, text| parts.push(Part { text, weight });
    match node.calls {
        1 if look.is_done() => add(0, format!("done in {}", clock(look.elapsed))),
        1 => add(0, clock(look.elapsed)),
        calls => add(0, format!("{}/{}", count(look.ended()), count(calls))),
    }
    if node.running > 0 && node.calls > 1 {
        add(3, format!("{} running", count(node.running)));
    }
    if node.failed > 0 {
        add(1, format!("{} failed", count(node.failed)));
    }
    if node.retried > 0 {
        add(4, format!("{} retried", count(node.retried)));
    }
    if node.calls > 1 && !look.is_done() {
        look.rate.into_iter().for_each(|rate| add(5, rate_of(rate)));
        look.left.into_iter().for_each(|left| add(2, format!("{} left", clock(left))));
    }
    if node.calls > 1 && look.is_done() {
        add(2, format!("done in {}", clock(look.elapsed)));
    }
    parts
}

fn width_of(parts: &[Part]) -> usize {
    let width: usize = parts.iter().map(|part| measure_text_width(&part.text) + 2).sum();
    width.saturating_sub(2)
}

/// The first of some labels, and that there are more.
fn listed(labels: &[String]) -> Option<String> {
    let first: Vec<_> = labels.iter().take(MOST_LABELS).map(|label| one_line(label)).collect();
    let more = if labels.len() > MOST_LABELS { ", …" } else { "" };
    (!labels.is_empty()).then(|| format!("{}{more}", first.join(", ")))
}

/// A text without control characters, which a terminal would obey.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A name in so much room: its end, where it is too long.
fn padded(name: &str, room: usize) -> String {
    let name = one_line(name);
    let mut rest = name.as_str();
    while measure_text_width(rest) + usize::from(rest.len() < name.len()) > room {
        let mut chars = rest.chars();
        if chars.next().is_none() {
            break;
        }
        rest = chars.as_str();
    }
    let mark = if rest.len() < name.len() { "…" } else { "" };
    let text = format!("{mark}{rest}");
    let pad = room.saturating_sub(measure_text_width(&text));
    format!("{text}{}", " ".repeat(pad))
}

/// A bar: what has ended, what is running, and the rest.
fn bar_of(look: &Look, width: usize) -> String {
    let share = |calls: usize| (calls * width).checked_div(look.node.calls).unwrap_or_default();
    let ended = share(look.ended()).min(width);
    let running = share(look.ended() + look.node.running).min(width) - ended;
    let rest = width - ended - running;
    match width {
        0 => String::new(),
        _ => format!("{}{}{}  ", "█".repeat(ended), "▒".repeat(running), "░".repeat(rest)),
    }
}

fn rate_of(rate: f64) -> String {
    match rate {
        1e4.. => format!("{:.0}k/s", rate / 1e3),
        10.0.. => format!("{rate:.0}/s"),
        0.1.. => format!("{rate:.1}/s"),
        _ => format!("{:.1}/min", rate * 60.0),
    }
}

/// A time as on a clock: `0:07`, `1:02:03`.
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use console::measure_text_width;
    use dagger_core::NodeProgress;

    use super::{clock, fitted, padded, rate_of, whole};
    use crate::observers::progress::look::Look;

    /// A look at a node with these counts: calls, running, finished, failed, retried.
    pub(crate) fn look(address: &str, counts: (usize, usize, usize, usize, usize)) -> Look {
        let mut node = NodeProgress::new(address);
        (node.calls, node.running, node.finished, node.failed, node.retried) = counts;
        let (elapsed, left) = (Duration::from_secs(20), Some(Duration::from_secs(47)));
        Look { node, elapsed, rate: Some(49.9), left, running: Vec::new(), failed: Vec::new() }
    }

    pub(crate) fn named(look: Look, running: &[String], failed: &[&str]) -> Look {
        let failed = failed.iter().map(ToString::to_string).collect();
        Look { running: running.to_vec(), failed, ..look }
    }

    #[test]
    fn a_line_of_a_log_has_all_of_it() {
        let fetch = look("fetch", (12_345, 120, 10_000, 3, 17));
        assert_eq!(
            whole(&named(fetch, &["Oslo".to_owned()], &["Rome"])),
            "fetch: 10,003/12,345, 120 running, 3 failed, 17 retried, 50/s, 0:47 left; running: Oslo; \
             failed: Rome"
        );
        assert_eq!(whole(&look("load", (1, 1, 0, 0, 0))), "load: 0:20");
        assert_eq!(whole(&look("load", (1, 0, 1, 0, 0))), "load: done in 0:20");
        assert_eq!(whole(&look("map", (40, 0, 39, 1, 0))), "map: 40/40, 1 failed, done in 0:20");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let labels: Vec<_> = (0..20).map(|n| format!("日本\u{1b}[31m{n}")).collect();
        for address in ["a", "outer.inner.日本語の名前", &"long-".repeat(30)] {
            for counts in [(1, 1, 0, 0, 0), (1_000_000, 99, 999_000, 500, 7), (9, 0, 9, 0, 0)] {
                let look = named(look(address, counts), &labels, &["x\ny"]);
                for width in 0..150 {
                    let line = fitted(&look, width, width / 3);
                    assert!(measure_text_width(&line) <= width, "{width}: {line}");
                    assert!(!line.contains(char::is_control), "{line:?}");
                }
            }
        }
    }

    #[test]
    fn of_a_long_name_there_is_the_end() {
        assert_eq!(padded("outer.inner", 6), "…inner");
        assert_eq!(padded("outer", 7), "outer  ");
        assert_eq!(padded("日本語", 5), "…本語");
    }

    #[test]
    fn times_and_rates() {
        let times = [0, 59, 61, 3599, 3600, 90_061].map(|s| clock(Duration::from_secs(s)));
        assert_eq!(times, ["0:00", "0:59", "1:01", "59:59", "1:00:00", "25:01:01"]);
        let rates = [0.01, 0.5, 12.3, 123_456.0].map(rate_of);
        assert_eq!(rates, ["0.6/min", "0.5/s", "12/s", "123k/s"]);
    }
}
