//! Trains many variants of one model in parallel and keeps the one that predicts best.
//!
//! The data are the 442 patients of the diabetes study by Efron et al. (2004): ten measurements
//! each, from which a linear model predicts how far the disease has progressed a year later. A
//! grid of elastic nets is trained on 60 % of them. The variants compete on the next 20 %, and the
//! winner is graded on the last 20 %, which no choice has seen.
//!
//! ```text
//! variants ──────────────────────────────────▶ train × 12 ──▶ pick_best ──▶ Selection
//! load_and_split ─┬─ training, validation ─────────┘              │
//!                 └─ test ────────────────────────────────────────┘
//! ```
//!
//! The data set is loaded once and never copied: all variants borrow the same samples.
//!
//! ```text
//! cargo run --release --example pick_best_model
//! ```

use std::fmt;

use dagger::{dag, task};
use linfa::prelude::*;
use linfa_elasticnet::{ElasticNet, ElasticNetError};
use ndarray::{Array1, Array2, Ix1};
use rand_xoshiro::{Xoshiro256Plus, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

/// Patients: a row of measurements each, and how far the disease has progressed.
#[derive(Debug, Serialize, Deserialize)]
struct Samples {
    records: Array2<f64>,
    targets: Array1<f64>,
}

/// A data set in three parts, so that what picks the winner is not what grades it.
#[derive(Debug, Serialize, Deserialize)]
struct Split {
    training: Samples,
    validation: Samples,
    test: Samples,
}

/// The hyperparameters of one elastic net.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Variant {
    /// How strongly large weights are punished.
    penalty: f64,
    /// From 0 (ridge: small weights) to 1 (lasso: few weights).
    l1_ratio: f64,
}

/// A trained variant and its R² on the validation samples: 1 is perfect, 0 no better than the mean.
#[derive(Debug, Serialize, Deserialize)]
struct Candidate {
    variant: Variant,
    model: ElasticNet<f64>,
    score: f64,
}

/// All candidates, the best one first.
#[derive(Debug, Serialize, Deserialize)]
struct Selection {
    winner: Candidate,
    others: Vec<Candidate>,
    /// R² of the winner on samples that played no part in training or choosing it.
    test_score: f64,
}

#[task]
fn load_and_split(seed: u64) -> Split {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let samples = linfa_datasets::diabetes().shuffle(&mut rng);
    let (training, rest) = samples.split_with_ratio(0.6);
    let (validation, test) = rest.split_with_ratio(0.5);
    Split { training: training.into(), validation: validation.into(), test: test.into() }
}

#[task]
fn variants() -> Vec<Variant> {
    let mut variants = Vec::new();
    for penalty in [0.001, 0.01, 0.1, 1.0] {
        for l1_ratio in [0.5, 0.9, 1.0] {
            variants.push(Variant { penalty, l1_ratio });
        }
    }
    variants
}

#[task]
fn train(
    variant: Variant,
    training: &Samples,
    validation: &Samples,
) -> Result<Candidate, ElasticNetError> {
    let params = ElasticNet::params().penalty(variant.penalty).l1_ratio(variant.l1_ratio);
    let model = params.fit(&training.view())?;
    let score = model.predict(&validation.records).r2(&validation.targets)?;
    Ok(Candidate { variant, model, score })
}

#[task]
fn pick_best(mut candidates: Vec<Candidate>, test: Samples) -> Result<Selection, ElasticNetError> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut ranking = candidates.into_iter();
    let winner = ranking.next().ok_or(Error::NotEnoughSamples)?;
    let test_score = winner.model.predict(&test.records).r2(&test.targets)?;
    Ok(Selection { winner, others: ranking.collect(), test_score })
}

#[dag]
fn pick_best_model(seed: u64) -> Result<Selection, ElasticNetError> {
    let data = load_and_split(seed);
    let mut candidates = Vec::new();
    for variant in variants() {
        candidates.push(train(variant, &data.training, &data.validation)?);
    }
    pick_best(candidates, data.test)
}

impl Samples {
    fn view(&self) -> DatasetView<'_, f64, f64, Ix1> {
        DatasetView::new(self.records.view(), self.targets.view())
    }
}

impl From<Dataset<f64, f64, Ix1>> for Samples {
    fn from(samples: Dataset<f64, f64, Ix1>) -> Self {
        Self { records: samples.records, targets: samples.targets }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "penalty  l1 ratio  features used  R² (validation)")?;
        write_row(f, &self.winner, "  <- best")?;
        for candidate in &self.others {
            write_row(f, candidate, "")?;
        }
        write!(f, "\nR² of the best on the test samples: {:.4}", self.test_score)
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, candidate: &Candidate, mark: &str) -> fmt::Result {
    let Candidate { variant: Variant { penalty, l1_ratio }, model, score } = candidate;
    let used = model.hyperplane().iter().filter(|&&weight| weight != 0.0).count();
    writeln!(f, "{penalty:>7}  {l1_ratio:>8.1}  {used:>13}  {score:>15.4}{mark}")
}

fn main() -> anyhow::Result<()> {
    println!("{}", pick_best_model::dag());
    let selection = pick_best_model::call(2004).run_blocking()?;
    println!("{selection}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_best_variant() {
        let plain = pick_best_model(2004).unwrap();
        assert_eq!(plain.others.len() + 1, variants().len());
        assert!(plain.others.iter().all(|other| other.score <= plain.winner.score));
        // Far better than always answering the mean, as the literature has it.
        assert!(plain.test_score > 0.4, "{}", plain.test_score);
    }

    #[test]
    fn the_graph_gives_what_the_function_gives() {
        let plain = pick_best_model(2004).unwrap();
        let graph = pick_best_model::call(2004).run_blocking().unwrap();
        // `Debug` writes every digit of a float, so equal text is equal to the last bit.
        assert_eq!(format!("{plain:?}"), format!("{graph:?}"));
    }
}
