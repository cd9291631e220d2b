//! The graph by hand: equal to the macro's, the same laws, and the same values when it runs.

#[path = "hand/support.rs"]
mod support;

#[path = "hand/equal.rs"]
mod equal;
#[path = "hand/inputs.rs"]
mod inputs;
#[path = "hand/random.rs"]
mod random;
#[path = "hand/run.rs"]
mod run;
#[path = "hand/violations.rs"]
mod violations;
