//! The rejections: one file a rule, with its message, its reason and what to write instead.
//!
//! A rule's function is given what the user wrote and returns the [`Rejection`]; the decision that
//! the rule applies is made where the body is lowered.

pub(crate) mod binding_without_node;
pub(crate) mod collector_misuse;
pub(crate) mod control_flow;
pub(crate) mod empty_map;
pub(crate) mod loop_carried;
pub(crate) mod map_over_constant;
pub(crate) mod map_over_mapped;
pub(crate) mod map_over_parameter;
pub(crate) mod map_source;
pub(crate) mod nested_map;
pub(crate) mod one_partitioned_input;
pub(crate) mod option_question_mark;
pub(crate) mod partitioned_output;
pub(crate) mod recursive_dag;
pub(crate) mod result_without_node;
pub(crate) mod signature;
pub(crate) mod single_mapping_node;
pub(crate) mod unknown_statement;
