//! One forecasting pipeline per country, all in parallel, joined into one readable report.
//!
//! Each country's censuses go through a DAG of their own: the latest one is held out, and a linear
//! and an exponential trend, fitted to the earlier ones, must predict it. That DAG is a node of
//! the outer one, which runs it once per country.
//!
//! ```text
//! country_report:    census_tables ──▶ forecast_country × 12 ──▶ write_report
//!
//! forecast_country:  load_history ─┬─▶ extrapolate (linear) ──────┬─▶ evaluate
//!                                  └─▶ extrapolate (exponential) ─┘
//! ```
//!
//! A country that cannot be forecast must not cost the others their report. So the outer DAG
//! calls the inner one without `?`: its `Result` is a value, and the report lists the failures.
//!
//! ```text
//! cargo run --release --example country_report
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dagger::{dag, task};
use serde::{Deserialize, Serialize};

/// Real census figures; the head of the file names their sources.
const CENSUSES: &str = include_str!("data/census.csv");

/// The rows of one country, not parsed yet.
#[derive(Clone, Serialize, Deserialize)]
struct CensusTable {
    country: String,
    rows: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Census {
    year: u16,
    millions: f64,
}

/// What a trend may know, and what it has to predict.
#[derive(Serialize, Deserialize)]
struct History {
    country: String,
    known: Vec<Census>,
    held_out: Census,
}

#[derive(Clone, Copy)]
enum Growth {
    /// The same number of people more every year.
    Linear,
    /// The same share of people more every year.
    Exponential,
}

/// How far off both trends were; errors in percent of the people counted.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Forecast {
    country: String,
    counted: Census,
    linear_error: f64,
    exponential_error: f64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
enum CountryError {
    #[error("{0}: `{1}` is not a year and a number of millions")]
    MalformedRow(String, String),
    #[error("{country}: {found} censuses, at least {needed} needed")]
    TooFewCensuses { country: String, found: usize, needed: usize },
}

#[task]
fn census_tables() -> Vec<CensusTable> {
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    let lines = CENSUSES.lines().filter(|line| !line.starts_with('#'));
    for (country, row) in lines.skip(1).filter_map(|line| line.split_once(',')) {
        let rows = tables.entry(country.to_owned()).or_default();
        rows.push(row.to_owned());
    }
    let table = |(country, rows)| CensusTable { country, rows };
    tables.into_iter().map(table).collect()
}

#[task]
fn load_history(table: CensusTable, needed: usize) -> Result<History, CountryError> {
    let CensusTable { country, rows } = table;
    let mut known = Vec::new();
    for row in rows {
        match parse_census(&row) {
            Some(census) => known.push(census),
            None => return Err(CountryError::MalformedRow(country, row)),
        }
    }
    known.sort_by_key(|census| census.year);
    match (known.len(), known.pop()) {
        (found, Some(held_out)) if found >= needed => Ok(History { country, known, held_out }),
        (found, _) => Err(CountryError::TooFewCensuses { country, found, needed }),
    }
}

/// The millions expected in `year`: a line through the known ones or through their logarithms,
/// fitted by least squares.
#[task]
fn extrapolate(growth: Growth, known: &[Census], year: u16) -> f64 {
    let scale = |millions: f64| match growth {
        Growth::Linear => millions,
        Growth::Exponential => millions.ln(),
    };
    let points = || known.iter().map(|c| (f64::from(c.year), scale(c.millions)));
    let mean_x = mean(points().map(|(x, _)| x));
    let mean_y = mean(points().map(|(_, y)| y));
    let covariance = mean(points().map(|(x, y)| (x - mean_x) * (y - mean_y)));
    let variance = mean(points().map(|(x, _)| (x - mean_x).powi(2)));
    let expected = mean_y + covariance / variance * (f64::from(year) - mean_x);
    match growth {
        Growth::Linear => expected,
        Growth::Exponential => expected.exp(),
    }
}

#[task]
fn evaluate(country: String, counted: Census, linear: f64, exponential: f64) -> Forecast {
    let error = |expected| 100.0 * (expected / counted.millions - 1.0);
    Forecast {
        country,
        counted,
        linear_error: error(linear),
        exponential_error: error(exponential),
    }
}

/// The countries that were predicted best come first, those that failed last.
#[task]
fn write_report(countries: Vec<Result<Forecast, CountryError>>) -> String {
    let (mut forecasts, mut failures) = (Vec::new(), Vec::new());
    for country in countries {
        match country {
            Ok(forecast) => forecasts.push(forecast),
            Err(error) => failures.push(error),
        }
    }
    let best = |f: &Forecast| f.linear_error.abs().min(f.exponential_error.abs());
    forecasts.sort_by(|a, b| best(a).total_cmp(&best(b)));

    let mut report = String::from("country        census  millions  linear  exponential\n");
    for forecast in forecasts {
        let Census { year, millions } = forecast.counted;
        let _ = writeln!(
            report,
            "{:<13}  {year:>6}  {millions:>8.1}  {:>+5.1}%  {:>+10.1}%",
            forecast.country, forecast.linear_error, forecast.exponential_error,
        );
    }
    for error in failures {
        let _ = writeln!(report, "not forecast: {error}");
    }
    report
}

#[dag]
fn forecast_country(table: CensusTable, needed: usize) -> Result<Forecast, CountryError> {
    let history = load_history(table, needed)?;
    let linear = extrapolate(Growth::Linear, &history.known, history.held_out.year);
    let exponential = extrapolate(Growth::Exponential, &history.known, history.held_out.year);
    Ok(evaluate(history.country, history.held_out, linear, exponential))
}

#[dag]
fn country_report(#[default(4)] needed: usize) -> String {
    let mut countries = Vec::new();
    for table in census_tables() {
        countries.push(forecast_country(table, needed));
    }
    write_report(countries)
}

fn parse_census(row: &str) -> Option<Census> {
    let (year, millions) = row.split_once(',')?;
    Some(Census { year: year.parse().ok()?, millions: millions.parse().ok()? })
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    println!("{}", country_report::dag());
    println!("{}", country_report::call(4).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utopia(rows: impl Iterator<Item = String>) -> CensusTable {
        CensusTable { country: "Utopia".to_owned(), rows: rows.collect() }
    }

    #[test]
    fn the_report_lists_every_country() {
        let plain = country_report(4);
        let graph = country_report::call(4).run_blocking().unwrap();
        assert_eq!(plain, graph);
        let lines: Vec<_> = plain.lines().collect();
        assert_eq!(lines.len(), 1 + census_tables().len());
        assert!(lines[1].starts_with("South Africa     2022      62.0"));
        assert_eq!(lines[12], "not forecast: Nigeria: 2 censuses, at least 4 needed");
    }

    #[test]
    fn a_country_is_a_pipeline_of_its_own() {
        // 1 % more every year: the exponential trend is exact, the linear one too low.
        let row = |age| format!("{},{}", 1900 + age, 50.0 * 1.01_f64.powi(age));
        let table = utopia((0..50).step_by(10).map(row));
        let plain = forecast_country(table.clone(), 4).unwrap();
        let graph = forecast_country::call(table, 4).run_blocking().unwrap();
        assert_eq!(plain, graph);
        assert!(plain.exponential_error.abs() < 1e-6, "{plain:?}");
        assert!(plain.linear_error < -1.0, "{plain:?}");
    }

    #[test]
    fn a_malformed_row_ends_its_country() {
        let table = utopia(["1900,many".to_owned()].into_iter());
        let plain = forecast_country(table.clone(), 4).unwrap_err();
        assert!(matches!(plain, CountryError::MalformedRow(..)));
        // The run's error names the node that failed; the task's own error is in its chain.
        let graph = forecast_country::call(table, 4).run_blocking().unwrap_err();
        assert!(format!("{:#}", anyhow::Error::from(graph)).contains(&plain.to_string()));
    }
}
