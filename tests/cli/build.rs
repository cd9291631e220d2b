//! Makes modules of the examples, so that their dags can be run as programs.

use std::path::{Path, PathBuf};
use std::{env, error, fs};

const EXAMPLES: [&str; 5] = [
    "country_report.rs",
    "delivery_times.rs",
    "opentelemetry.rs",
    "pick_best_model.rs",
    "sum_of_powers/main.rs",
];

fn main() -> Result<(), Box<dyn error::Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let examples = Path::new(&root).join("../../examples").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for example in EXAMPLES {
        let path = examples.join(example);
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path)?;
        // The text of a module in another file begins behind its documentation, and is elsewhere.
        // Its tests, which come last, are its own.
        let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
        let lines = lines.filter(|line| !line.starts_with("//!"));
        let directory = path.parent().unwrap_or(&examples).display();
        let included = format!("include_str!(\"{directory}/");
        let text: String =
            lines.map(|line| line.replace("include_str!(\"", &included) + "\n").collect();
        fs::write(out.join(example.replace('/', "_")), text)?;
    }
    Ok(())
}
