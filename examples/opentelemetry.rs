//! The spans of a run in OpenTelemetry: the run, its nodes, and each call with its partition and label.
//!
//! Here they go to memory, and are printed as a tree. Elsewhere, an exporter for OTLP stands in its place, and
//! what the rest of the program traces is in the same tree.
//!
//! ```text
//! cargo run --features tracing --example opentelemetry
//! ```

use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use dagger::{dag, task};
use opentelemetry::trace::{SpanId, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[task]
fn cities() -> Vec<String> {
    ["Oslo", "Rome", "São Paulo"].map(str::to_owned).to_vec()
}

#[task(label = city)]
fn measure(city: String) -> usize {
    thread::sleep(Duration::from_millis(5));
    city.chars().count()
}

#[task]
fn longest(lengths: Vec<usize>) -> usize {
    lengths.into_iter().max().unwrap_or_default()
}

#[dag]
fn longest_name() -> usize {
    let mut lengths = Vec::new();
    for city in cities() {
        lengths.push(measure(city));
    }
    longest(lengths)
}

/// Runs the dag within a request; gives the spans of it all.
fn traced() -> anyhow::Result<Vec<SpanData>> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("pipeline"));
    tracing_subscriber::registry().with(layer).try_init()?;
    let run = longest_name::call();
    assert_eq!(info_span!("request", id = 7).in_scope(|| run.run_blocking())?, 9);
    provider.force_flush()?;
    Ok(exporter.get_finished_spans()?)
}

/// The spans below one, with what tells calls apart.
fn write_tree(tree: &mut String, spans: &[SpanData], parent: SpanId, depth: usize) {
    for span in spans.iter().filter(|span| span.parent_span_id == parent) {
        let told = ["dag", "node", "partition", "label"].iter().filter_map(|key| {
            let attribute = span.attributes.iter().find(|known| known.key.as_str() == *key)?;
            Some(format!(" {key}={}", attribute.value))
        });
        let _ = writeln!(tree, "{}{}{}", "  ".repeat(depth), span.name, told.collect::<String>());
        write_tree(tree, spans, span.span_context.span_id(), depth + 1);
    }
}

/// The spans of a run, as a tree.
fn tree() -> anyhow::Result<String> {
    let mut spans = traced()?;
    spans.sort_by_key(|span| span.start_time);
    let mut tree = String::new();
    write_tree(&mut tree, &spans, SpanId::INVALID, 0);
    Ok(tree)
}

fn main() -> anyhow::Result<()> {
    print!("{}", tree()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_are_below_their_node_below_the_run_below_the_request() {
        let tree = super::tree().unwrap();
        let mut lines: Vec<_> = tree.lines().collect();
        assert_eq!(lines[..3], ["request", "  run dag=longest-name", "    node node=cities"]);
        assert_eq!(lines[3], "    node node=measure");
        assert_eq!(lines[7..], ["    node node=longest"]);
        // The calls are made at the same time.
        lines[4..7].sort_unstable();
        let call = |partition, label| format!("      call partition={partition} label={label}");
        assert_eq!(lines[4..7], [call(0, "Oslo"), call(1, "Rome"), call(2, "São Paulo")]);
    }
}
