//! What the attributes cost a build: `cargo check` after an edit, of bodies of 10, 100 and 500 node
//! calls, with the attributes and without, in turn.
//!
//! ```text
//! cargo bench --bench expansion
//! ```
//!
//! Each figure is the median of several checks, incremental as `cargo check` is, of a package whose
//! dependencies are built; both packages depend on the library. `expansion` is the time that rustc's own passes report for expanding the
//! whole file, by macros built without optimization, as they are in a debug build.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const CALLS: [u32; 3] = [10, 100, 500];
const RUNS: usize = 11;
const TASKS: u32 = 10;

fn main() {
    // `cargo test --benches` only asks whether it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expansion");
    println!("| body | calls | plain | attributes | ratio | a call | expansion |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (shape, body) in [("calls", calls as Body), ("calls and maps", maps), ("async", awaits)] {
        for calls in CALLS {
            let plain = Package::new(&folder, "plain");
            let attributed = Package::new(&folder, "attributed");
            let write = |edit| {
                plain.write(&file(body, calls, edit, false));
                attributed.write(&file(body, calls, edit, true));
            };
            write(0);
            plain.check();
            attributed.check();
            let (mut without, mut with) = (Vec::new(), Vec::new());
            for edit in 1..=RUNS {
                write(edit);
                without.push(plain.check());
                with.push(attributed.check());
            }
            let (without, with) = (median(without), median(with));
            let expansion = attributed.expansion();
            println!(
                "| {shape} | {calls} | {:.0} ms | {:.0} ms | {:.2} | {:.2} ms | {:.0} ms |",
                millis(without),
                millis(with),
                with.as_secs_f64() / without.as_secs_f64(),
                millis(with.saturating_sub(without)) / f64::from(calls),
                millis(expansion),
            );
        }
    }
}

/// Writes a body of so many node calls, less those that the file has anyway.
type Body = fn(u32) -> String;

/// Calls that each move or copy one value and borrow another.
fn calls(count: u32) -> String {
    let mut body = String::from("    let x0 = task0(seed, &seed);\n");
    for call in 1..count - 1 {
        let (task, moved, borrowed) = (call % TASKS, call / 2, call - 1);
        let _ = writeln!(body, "    let x{call} = task{task}(x{moved}, &x{borrowed});");
    }
    let _ = writeln!(body, "    task0(x{}, &seed)", count - 2);
    body
}

/// The same, but of every ten calls three are a fan-out, a map and a fan-in.
fn maps(count: u32) -> String {
    let mut body = String::from("    let x0 = task0(seed, &seed);\n");
    let mut call = 1;
    while call < count - 1 {
        let before = call - 1;
        if call % 10 == 5 && call + 2 < count - 1 {
            let _ = write!(
                body,
                "    let mut y{call} = Vec::new();\n    for n in split(x{before}) {{\n        \
                 y{call}.push(task1(n, &seed));\n    }}\n    let x{} = sum(y{call});\n",
                call + 2
            );
            call += 3;
            continue;
        }
        let _ = writeln!(body, "    let x{call} = task{}(x{before}, &seed);", call % TASKS);
        call += 1;
    }
    let _ = writeln!(body, "    task0(x{}, &seed)", count - 2);
    body
}

/// Calls of async tasks.
fn awaits(count: u32) -> String {
    let mut body = String::from("    let x0 = fetch(seed, &seed).await;\n");
    for call in 1..count - 1 {
        let before = call - 1;
        let _ = writeln!(body, "    let x{call} = fetch(x{before}, &seed).await;");
    }
    let _ = writeln!(body, "    fetch(x{}, &seed).await", count - 2);
    body
}

fn file(body: Body, calls: u32, edit: usize, attributes: bool) -> String {
    let (task, dag) = if attributes { ("#[dagger::task]\n", "#[dagger::dag]\n") } else { ("", "") };
    let mut file = String::new();
    for number in 0..TASKS {
        let _ = writeln!(
            file,
            "{task}pub fn task{number}(a: u64, b: &u64) -> u64 {{\n    a + *b + {edit}\n}}\n"
        );
    }
    let body = body(calls);
    let keyword = if body.contains(".await") { "async fn" } else { "fn" };
    let _ = write!(
        file,
        "{task}pub async fn fetch(a: u64, b: &u64) -> u64 {{\n    a + *b\n}}\n\n\
         {task}pub fn split(n: u64) -> Vec<u64> {{\n    vec![n]\n}}\n\n\
         {task}pub fn sum(numbers: Vec<u64>) -> u64 {{\n    numbers.len() as u64\n}}\n\n\
         {dag}pub {keyword} pipeline(seed: u64) -> u64 {{\n{body}}}\n"
    );
    file
}

/// A package of one file, which is checked again and again.
struct Package(PathBuf);

impl Package {
    fn new(folder: &Path, name: &str) -> Self {
        let package = folder.join(name);
        fs::create_dir_all(package.join("src")).expect("a folder");
        let library = env!("CARGO_MANIFEST_DIR");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\ndagger = {{ path = {library:?} }}\n"
        );
        // The same versions, which are at hand.
        let lock = Path::new(library).join("Cargo.lock");
        fs::copy(lock, package.join("Cargo.lock")).expect("the lock file");
        fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
        Self(package)
    }

    fn write(&self, file: &str) {
        fs::write(self.0.join("src/lib.rs"), file).expect("a file");
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&self.0);
        command.env("CARGO_TARGET_DIR", self.0.join("target"));
        command.env_remove("RUSTFLAGS");
        command
    }

    fn check(&self) -> Duration {
        let start = Instant::now();
        let output = self.cargo(&["check", "--quiet"]).output().expect("cargo");
        let time = start.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        time
    }

    /// What the passes of rustc say of expansion, which no stable option prints.
    fn expansion(&self) -> Duration {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            // Written again, or there would be nothing to do.
            let file = self.0.join("src/lib.rs");
            let text = fs::read_to_string(&file).expect("the file");
            fs::write(&file, text).expect("the file");
            let mut command = self.cargo(&["rustc", "--quiet", "--profile", "check"]);
            command.args(["--", "-Ztime-passes"]);
            command.env("CARGO_INCREMENTAL", "0").env("RUSTC_BOOTSTRAP", "1");
            let output = command.output().expect("cargo");
            let passes = String::from_utf8_lossy(&output.stderr);
            let line = passes.lines().find(|line| line.ends_with("macro_expand_crate"));
            let seconds = line.and_then(|line| {
                line.split("time:").nth(1)?.split(';').next()?.trim().parse::<f64>().ok()
            });
            times.extend(seconds.map(Duration::from_secs_f64));
        }
        median(times)
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
