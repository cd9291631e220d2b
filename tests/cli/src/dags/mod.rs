//! The dags, by theme.

pub mod basics;
pub mod by_hand;
pub mod cached;
pub mod examples;
pub mod fallible;
pub mod formats;
pub mod maps;
pub mod mistakes;
pub mod nested;
pub mod ownership;
pub mod values;
pub mod workflows;
