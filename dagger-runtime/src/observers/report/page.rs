//! The page: one file, which loads nothing.
//!
//! What is known of the run is JSON in it, and a script of ours draws it, with text as text. So nothing of the
//! user's is markup or code, wherever it stands.

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use dagger_core::{Dag, Event, EventKind, NodeKind};
use serde::Serialize;

use super::bars::Bar;
use super::critical::{self, Span};
use super::record::{Node, Noted, Record, calls};
use crate::observers::calls::Kind;

/// The most nodes that are drawn.
const MOST_DRAWN: usize = 2_000;

/// The most characters of a value.
const MOST_TEXT: usize = 200;

/// What is known of a run besides what has happened.
#[derive(Default)]
pub(super) struct Known {
    pub(super) parameters: Vec<(String, String)>,
    pub(super) facts: Vec<(String, String)>,
    /// Errors with all that caused them.
    pub(super) errors: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct Data<'a> {
    run: Run<'a>,
    nodes: Vec<NodeData<'a>>,
    critical: Vec<usize>,
    composed: Vec<Vec<BarData<'a>>>,
    lanes: Vec<Vec<BarData<'a>>>,
    failures: Events<'a>,
    retries: Events<'a>,
}

#[derive(Serialize)]
struct Run<'a> {
    number: u64,
    outcome: &'a str,
    /// In milliseconds, since 1970.
    began: u64,
    elapsed: u64,
    parameters: Vec<(&'a str, String)>,
    facts: Vec<(&'a str, String)>,
    errors: Vec<Vec<&'a str>>,
}

/// All times are in microseconds, since the run began.
#[derive(Serialize)]
struct NodeData<'a> {
    address: &'a str,
    kind: &'a str,
    state: &'a str,
    critical: bool,
    calls: u64,
    failed: u64,
    cancelled: u64,
    retried: u64,
    recalled: u64,
    ready: Option<u64>,
    begin: Option<u64>,
    end: Option<u64>,
    busy: u64,
    median: u64,
    most: u64,
    longest: u64,
    buckets: Vec<(f64, u64)>,
    slowest: Vec<(u64, &'a str)>,
}

/// The node, its beginning, how long it took, how it ended, and how many calls it stands for; of one, the
/// partition, the label, and the partitions around it.
type BarData<'a> =
    (Option<usize>, u64, u64, &'a str, usize, Option<usize>, Option<&'a str>, Option<&'a str>);

/// When, the node, the calls on the way to it, the attempt, the error.
type EventData<'a> = (u64, usize, String, u32, Option<&'a str>);

#[derive(Serialize)]
struct Events<'a> {
    first: Vec<EventData<'a>>,
    number: usize,
}

/// Writes the page of a run.
pub(super) fn write(record: &Record, known: &Known, to: &mut impl Write) -> io::Result<()> {
    let data = serde_json::to_string(&data(record, known))?;
    let graph = match size(&record.dag) {
        0..=MOST_DRAWN => record.dag.to_svg(),
        nodes => format!("<p>{nodes} nodes are too many to be drawn.</p>"),
    };
    let title = escape(record.dag.name());
    // JSON has this character in strings only, and there it may be spelled so.
    let data = data.replace('<', "\\u003c");
    let parts = [
        ("title", title.as_str()),
        ("style", include_str!("page.css")),
        ("graph", &graph),
        ("data", &data),
        ("script", include_str!("page.js")),
    ];
    let mut rest = include_str!("page.html");
    while let Some((before, after)) = rest.split_once('{') {
        to.write_all(before.as_bytes())?;
        let part = after.split_once('}').and_then(|(name, after)| {
            let part = parts.iter().find(|(known, _)| *known == name)?;
            Some((part.1, after))
        });
        let (part, after) = part.unwrap_or(("{", after));
        to.write_all(part.as_bytes())?;
        rest = after;
    }
    to.write_all(rest.as_bytes())
}

/// How many nodes a dag has, with those of nested ones.
fn size(dag: &Dag) -> usize {
    let nested = dag.nodes().iter().map(|node| match &node.kind {
        NodeKind::Task => 1,
        NodeKind::Dag(nested) => 1 + size(nested),
    });
    nested.sum()
}

fn data<'a>(record: &'a Record, known: &'a Known) -> Data<'a> {
    let critical = critical_path(record);
    let nodes = record.nodes.iter().enumerate();
    let nodes = nodes.map(|(at, node)| node_data(record, at, node, critical.contains(&at)));
    let lanes = |lanes: &'a [Vec<Bar>]| -> Vec<Vec<BarData<'a>>> {
        lanes.iter().map(|lane| lane.iter().map(bar_data).collect()).collect()
    };
    Data {
        run: run(record, known),
        nodes: nodes.collect(),
        composed: lanes(&record.bars.composed),
        lanes: lanes(&record.bars.calls),
        failures: events(record, &record.failures),
        retries: events(record, &record.retries),
        critical,
    }
}

fn run<'a>(record: &'a Record, known: &'a Known) -> Run<'a> {
    let began = record.began.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut errors: Vec<Vec<_>> =
        known.errors.iter().map(|chain| chain.iter().map(String::as_str).collect()).collect();
    if errors.is_empty() {
        errors.extend(record.error.iter().map(|error| vec![error.as_str()]));
    }
    let shortened = |pairs: &'a [(String, String)]| -> Vec<(&'a str, String)> {
        pairs.iter().map(|(name, text)| (name.as_str(), short(text))).collect()
    };
    Run {
        number: record.number,
        outcome: record.outcome.map_or("running", |outcome| outcome.name()),
        began: u64::try_from(began.as_millis()).unwrap_or(u64::MAX),
        elapsed: micros(record.elapsed),
        parameters: shortened(&known.parameters),
        facts: shortened(&known.facts),
        errors,
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn critical_path(record: &Record) -> Vec<usize> {
    let places = record.addresses.all.iter().enumerate();
    let places: HashMap<&str, usize> = places.map(|(at, address)| (&**address, at)).collect();
    let span = |node: &Node| Some(Span { begin: node.begin?, end: node.end? });
    let spans = record.addresses.all.iter().zip(&record.nodes);
    let spans = spans.filter_map(|(address, node)| Some((&**address, span(node)?))).collect();
    let path = critical::path(&record.dag, &spans);
    path.iter().filter_map(|address| places.get(address.as_str()).copied()).collect()
}

fn node_data<'a>(record: &'a Record, at: usize, node: &'a Node, critical: bool) -> NodeData<'a> {
    let durations = &node.durations;
    NodeData {
        address: record.address(at),
        kind: node.kind.map_or("", Kind::name),
        state: node.state(),
        critical,
        calls: node.finished + node.failed + node.cancelled,
        failed: node.failed,
        cancelled: node.cancelled,
        retried: node.retried,
        recalled: node.recalled,
        ready: node.ready.map(micros),
        begin: node.begin.map(micros),
        end: node.end.map(micros),
        busy: micros(durations.sum),
        median: micros(durations.quantile(0.5)),
        most: micros(durations.quantile(0.95)),
        longest: micros(durations.longest),
        buckets: durations.buckets().map(|(end, count)| (end.as_secs_f64() * 1e6, count)).collect(),
        slowest: durations
            .slowest()
            .into_iter()
            .map(|slow| (micros(slow.took), slow.name.as_str()))
            .collect(),
    }
}

fn bar_data(bar: &Bar) -> BarData<'_> {
    let took = micros(bar.end) - micros(bar.begin);
    let (label, outcome) = (bar.label.as_deref(), bar.outcome.name());
    let within = bar.within.as_deref();
    (bar.node, micros(bar.begin), took, outcome, bar.calls, bar.partition, label, within)
}

fn events<'a>(record: &Record, noted: &'a Noted) -> Events<'a> {
    let node = |event| record.addresses.known(event).unwrap_or_default();
    let first = noted.first.iter().map(|event| event_data(event, node(event))).collect();
    Events { first, number: noted.number }
}

fn event_data(event: &Event, node: usize) -> EventData<'_> {
    let error = match &event.kind {
        EventKind::Failed { error } => error.as_deref(),
        EventKind::Retried { error, .. } => Some(error.as_str()),
        _ => None,
    };
    (micros(event.at), node, calls(event), event.attempt, error)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The text of an element.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
