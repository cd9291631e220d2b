//! Average delivery times from a CSV file of a million orders, read in chunks in parallel.
//!
//! The file is cut into byte ranges that end at line ends. Each range is read, checked and summed
//! up on its own, so only the chunks in flight are in memory, and what reaches the reducing node
//! is one small table per chunk. Rows that make no sense are counted, not lost.
//!
//! ```text
//! split_at_lines ──▶ sum_up × 64 ──▶ average ──▶ Summary
//! ```
//!
//! The sums are whole seconds, so the averages do not depend on where the file was cut. The file
//! is generated on first use, always with the same content.
//!
//! ```text
//! cargo run --release --example delivery_times
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fmt};

use anyhow::{Context, ensure};
use dagger::{dag, task};
use serde::{Deserialize, Serialize};

const HEADER: &str = "order_id,order_type,ordered_at,delivered_at\n";

/// The bytes from `start` to `end` of a file: whole lines, without the header.
#[derive(Serialize, Deserialize)]
struct Chunk {
    path: Arc<Path>,
    start: u64,
    end: u64,
}

/// What one chunk contributes: by order type, how many were delivered and the time they all took.
#[derive(Default, Serialize, Deserialize)]
struct Partial {
    rows: usize,
    rejected: usize,
    totals: BTreeMap<String, (u32, Duration)>,
}

/// What the whole file says: by order type, the average delivery time.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Summary {
    rows: usize,
    rejected: usize,
    averages: BTreeMap<String, Duration>,
}

#[task]
fn split_at_lines(path: PathBuf, chunks: u64) -> Result<Vec<Chunk>, anyhow::Error> {
    let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let path = Arc::<Path>::from(path);
    let length = file.metadata()?.len();
    let mut reader = BufReader::new(file);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    ensure!(line == HEADER, "the header of {} is {line:?}", path.display());

    let mut start = HEADER.len() as u64;
    let mut parts = Vec::new();
    for chunk in 1..=chunks {
        // The ideal cut, moved on to the end of the line that holds the byte before it.
        let last = (length * chunk / chunks).max(start) - 1;
        reader.seek(SeekFrom::Start(last))?;
        let end = last + reader.skip_until(b'\n')? as u64;
        if start < end {
            let path = Arc::clone(&path);
            parts.push(Chunk { path, start, end });
        }
        start = end;
    }
    Ok(parts)
}

#[task]
fn sum_up(chunk: Chunk) -> Result<Partial, anyhow::Error> {
    let mut file = File::open(chunk.path)?;
    file.seek(SeekFrom::Start(chunk.start))?;
    let mut bytes = Vec::new();
    file.take(chunk.end - chunk.start).read_to_end(&mut bytes)?;

    // No field of this file holds a line break, so a line is a row. They are counted here because
    // the reader passes over blank ones without a word.
    let mut partial = Partial::default();
    partial.rows = bytes.split_inclusive(|&byte| byte == b'\n').count();
    partial.rejected = partial.rows;
    let mut options = csv::ReaderBuilder::new();
    options.has_headers(false).flexible(true).quoting(false);
    for record in options.from_reader(&*bytes).byte_records() {
        if let Some((order_type, time)) = parse_delivery(&record?) {
            partial.rejected -= 1;
            let total = partial.totals.entry(order_type.to_owned()).or_default();
            *total = (total.0 + 1, total.1 + time);
        }
    }
    Ok(partial)
}

#[task]
fn average(partials: Vec<Partial>) -> Summary {
    let mut whole = Partial::default();
    for partial in partials {
        whole.rows += partial.rows;
        whole.rejected += partial.rejected;
        for (order_type, (orders, time)) in partial.totals {
            let total = whole.totals.entry(order_type).or_default();
            *total = (total.0 + orders, total.1 + time);
        }
    }
    let average = |(order_type, (orders, time))| (order_type, time / orders);
    Summary {
        rows: whole.rows,
        rejected: whole.rejected,
        averages: whole.totals.into_iter().map(average).collect(),
    }
}

#[dag]
fn delivery_times(path: PathBuf, #[default(64)] chunks: u64) -> Result<Summary, anyhow::Error> {
    let mut partials = Vec::new();
    for chunk in split_at_lines(path, chunks)? {
        partials.push(sum_up(chunk)?);
    }
    Ok(average(partials))
}

/// The order type and the time until it was delivered, if the row makes sense.
fn parse_delivery(row: &csv::ByteRecord) -> Option<(&str, Duration)> {
    let fields = row.deserialize::<(u64, &str, u64, u64)>(None).ok();
    let (_, order_type, ordered, delivered) = fields.filter(|_| row.len() == 4)?;
    let seconds = delivered.checked_sub(ordered)?;
    (!order_type.is_empty()).then_some((order_type, Duration::from_secs(seconds)))
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rows, {} of them rejected", self.rows, self.rejected)?;
        for (order_type, time) in &self.averages {
            writeln!(f, "{order_type:<10} {:>6.1} minutes", time.as_secs_f64() / 60.0)?;
        }
        Ok(())
    }
}

/// Where the file of so many orders is. If it is not there yet, it appears whole or not at all.
fn orders_file(directory: &Path, rows: u64) -> io::Result<PathBuf> {
    let path = directory.join(format!("orders-{rows}.csv"));
    if !path.exists() {
        fs::create_dir_all(directory)?;
        let file = tempfile::NamedTempFile::new_in(directory)?;
        write_orders(BufWriter::new(&file), rows)?;
        file.persist(&path)?;
    }
    Ok(path)
}

fn write_orders(mut out: impl Write, rows: u64) -> io::Result<()> {
    // SplitMix64: small, and the same everywhere.
    let mut state = 0_u64;
    let mut random = |bound| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    };
    out.write_all(HEADER.as_bytes())?;
    for id in 1..=rows {
        let (kind, typical_minutes) = match random(10) {
            0 => ("flowers", 120),
            1 => ("pharmacy", 45),
            2..5 => ("groceries", 70),
            _ => ("restaurant", 30),
        };
        let ordered = 1_735_689_600 + 30 * id;
        let delivered = ordered + typical_minutes * (30 + random(60));
        match random(1_000) {
            0 => writeln!(out)?,
            1 => writeln!(out, "{id},{kind},{ordered},")?,
            2 => writeln!(out, "{id},,{ordered},{delivered}")?,
            3 => writeln!(out, "{id},{kind},{delivered},{ordered}")?,
            4 => writeln!(out, "{id},{kind},yesterday")?,
            _ => writeln!(out, "{id},{kind},{ordered},{delivered}")?,
        }
    }
    out.flush()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    println!("{}", delivery_times::dag());
    let path = orders_file(&env::temp_dir().join("dagger-delivery-times"), 1_000_000)?;
    let start = Instant::now();
    let summary = delivery_times::call(path, 64).await?;
    println!("{summary}in {:.1?}", start.elapsed());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same in one go: no chunks, no CSV reader, no tasks.
    fn straightforward(path: &Path) -> Summary {
        let text = fs::read_to_string(path).unwrap();
        let mut times = BTreeMap::<_, Vec<u64>>::new();
        for line in text.lines().skip(1) {
            let fields: Vec<_> = line.split(',').collect();
            if let [_, kind, ordered, delivered] = fields[..]
                && let (Ok(ordered), Ok(delivered)) = (ordered.parse::<u64>(), delivered.parse())
                && !kind.is_empty()
                && ordered <= delivered
            {
                let times = times.entry(kind.to_owned()).or_default();
                times.push(delivered - ordered);
            }
        }
        let rows = text.lines().count() - 1;
        let rejected = rows - times.values().map(Vec::len).sum::<usize>();
        let average = |times: Vec<u64>| {
            Duration::from_secs(times.iter().sum()) / u32::try_from(times.len()).unwrap()
        };
        let averages = times.into_iter().map(|(kind, times)| (kind, average(times)));
        Summary { rows, rejected, averages: averages.collect() }
    }

    #[test]
    fn no_cut_changes_the_result() {
        let directory = tempfile::tempdir().unwrap();
        let generated = orders_file(directory.path(), 20_000).unwrap();
        // A line longer than many chunks, a blank one, and no line end at the end.
        let odd = directory.path().join("odd.csv");
        let long = "x".repeat(500);
        fs::write(&odd, format!("{HEADER}1,{long},0,60\n\n2,tea,0,120")).unwrap();

        for (path, rows, types) in [(generated, 20_000, 4), (odd, 3, 2)] {
            let expected = straightforward(&path);
            assert_eq!((expected.rows, expected.averages.len()), (rows, types));
            assert!(expected.rejected > 0);
            for chunks in [1, 2, 7, 64] {
                let plain = delivery_times(path.clone(), chunks).unwrap();
                let graph = delivery_times::call(path.clone(), chunks).run_blocking();
                assert_eq!(plain, expected);
                assert_eq!(graph.unwrap(), plain);
            }
        }
    }

    #[test]
    fn a_missing_file_fails_both_readings() {
        let path = PathBuf::from("no-such-file.csv");
        let plain = delivery_times(path.clone(), 4).unwrap_err();
        let graph = delivery_times::call(path, 4).run_blocking().unwrap_err();
        assert_eq!(plain.to_string(), "cannot open no-such-file.csv");
        assert!(
            format!("{:#}", anyhow::Error::from(graph)).contains("cannot open no-such-file.csv")
        );
    }
}
