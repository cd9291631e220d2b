//! Manifests for [Argo Workflows](https://argo-workflows.readthedocs.io/): a dag as a workflow in which
//! every task is a pod that runs `node`, and the values are artifacts.
//!
//! The fields are those of Argo's [field reference](https://argo-workflows.readthedocs.io/en/release-4.1/fields/)
//! of version 4.1, which version 3.7 reads as well.
//!
//! - **Values** are artifacts under a key that says where they come from:
//!   `<prefix><workflow.uid>/nodes/<node>/<output>`. A template does not know its keys; the task that
//!   calls it passes them. What the dag returns is at `<prefix><workflow.uid>/outputs/<output>`.
//! - **A fan-out** is `withParam` over the names of the partitions, the content of `partitions.json`. A
//!   mapped pod reads the file of its partition; the fan-in reads the directory of the results.
//! - **A nested dag** is a DAG template of its own, once for all who call it. A pod in front of it evaluates its
//!   arguments, and one behind it makes what it returns: only where they are more than a value as it is.
//!
//! 1. `settings.rs` is what is asked for, `parameters.rs` the values of parameters.
//! 2. `dags.rs` makes the templates of dags, `calls.rs` what stands around nested ones, `pods.rs` the templates of
//!    pods; `inside.rs` and `paths.rs` know where values are.
//! 3. `options.rs` merges what the user says about them.
//! 4. `manifest.rs` puts all of it together, `limits.rs` checks it, `text.rs` writes it.

mod calls;
mod dags;
mod error;
mod inside;
mod limits;
mod manifest;
mod names;
mod options;
mod parameters;
mod paths;
mod pods;
mod settings;
mod text;

pub use error::ManifestError;
pub use manifest::Manifest;
pub use settings::{Kind, ManifestBuilder};
