//! What the macros accept: each program in `pass` compiles and runs, and its `main` asserts what
//! it gives.
//!
//! They are modules of one test, since a program of its own takes a second to link. `ui.rs` has
//! what is rejected.
#![allow(
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    reason = "the programs are a user's, who may like other lints"
)]

use std::fs;
use std::path::Path;

/// Declares the programs as modules, and a test for each; lists them for [`all_are_listed`].
macro_rules! programs {
    ($($category:ident { $($name:ident)* })*) => {
        #[path = "../pass"]
        mod programs {
            $(mod $category {
                $(
                    mod $name;

                    #[test]
                    fn $name() {
                        $name::main();
                    }
                )*
            })*
        }

        const LISTED: &[(&str, &[&str])] =
            &[$((stringify!($category), &[$(stringify!($name)),*])),*];
    };
}

programs! {
    attributes {
        argo_as_text
        cache_with_a_value
        default_on_a_task
        label_moves_a_parameter
        label_of_a_text
        label_on_a_generic_task
        label_on_impl_trait
        label_without_display
        label_without_value
        option_unknown
        retry_as_a_number
        retry_backoff_backwards
        retry_limit_zero
        retry_misspelt
        retry_without_limit
        serializer_as_text
        serializer_on_a_task
        serializer_without_type
        timeout_as_a_number
        timeout_not_a_time
        version_as_text
    }
    bodies {
        binding_without_node
        binding_without_node_calls
        binding_without_node_field
        binding_without_node_method
        binding_without_node_pattern
        binding_without_node_tuple
        control_flow
        control_flow_if_in_a_loop
        control_flow_if_let
        control_flow_let_else
        control_flow_loop
        control_flow_match
        control_flow_return
        control_flow_while
        function_passed_on
        option_question_mark
        recursive_dag
        result_without_node
        result_without_node_expression
        result_without_node_for_each
        result_without_node_in_a_tuple
        result_without_node_method
        result_without_node_of_an_option
        result_without_node_update
        unknown_statement
        unknown_statement_assert
        unknown_statement_assignment
        unknown_statement_closure
        unknown_statement_closure_in_argument
        unknown_statement_item
        unknown_statement_late_await
        unknown_statement_question_mark
        unknown_statement_question_mark_behind_method
        unknown_statement_question_mark_on_a_parameter
        unknown_statement_question_mark_on_an_option
        unknown_statement_sort
    }
    callees {
        function
    }
    hygiene {
        callee_of_a_macro
        keyword_in_a_format_string
        names_of_generated_code
        partition_named_like_its_source
        raw_identifiers
        shadowed_prelude
    }
    maps {
        collector_misuse
        collector_misuse_extend
        collector_misuse_of_output
        collector_misuse_push_outside
        collector_misuse_set
        empty_map
        empty_map_iterator
        filter_behind_a_map
        loop_carried
        loop_carried_from_zero
        loop_carried_sum
        map_over_constant
        map_over_constant_array
        map_over_constant_iterator
        map_over_mapped
        map_over_mapped_iterator
        map_over_parameter
        map_over_parameter_by_reference
        map_over_parameter_iterator
        map_over_parameter_of_a_set
        map_source
        map_source_iterator
        map_source_slice
        nested_map
        nested_map_in_a_loop
        nested_map_iterator
        one_partitioned_input
        one_partitioned_input_iterator
        partitioned_output
        partitioned_output_in_ok
        partitioned_output_in_tuple
        partitioned_output_iterator
        single_mapping_node
        single_mapping_node_async
        single_mapping_node_iterator
        single_mapping_node_nested
        single_mapping_node_side_by_side
        two_maps_in_a_chain
    }
    places {
        attributes_and_docs
        body_from_a_macro
        borrowed_parameters
        cfg
        deprecated
        function_bodies
        macro_by_caller
        macro_by_macro
        modules
        parameter_named_like_the_dag
        part_beside_its_whole
        renamed_library
        same_name_in_two_modules
        unused
        used_as_a_graph_only
    }
    signatures {
        borrowed_output
        borrowed_parameter_of_borrows
        generic_dag
        impl_trait_output_of_a_dag
        impl_trait_parameter
        method
        name_of_a_primitive_type
        parameter_named_call
        pattern_parameter
        signature
    }
    types {
        collect_into_result
        lent_local
        lent_method
        lent_partition
        lent_partition_in_a_borrowing_loop
        lent_partition_iterator
        lent_partition_path
        lent_temporary
        moved_in_an_inner_call
        output_borrowed
        retried_argument
        retried_error
        retried_partition
        retried_partition_async
    }
}

#[test]
fn all_are_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pass");
    for category in fs::read_dir(folder).unwrap() {
        let category = category.unwrap();
        let listed = LISTED.iter().find(|(name, _)| category.file_name() == *name);
        for program in fs::read_dir(category.path()).unwrap() {
            let program = program.unwrap().path();
            let is_listed = listed.is_some_and(|(_, names)| {
                names.iter().any(|name| program.ends_with(format!("{name}.rs")))
            });
            assert!(is_listed, "`{}` is not in the list", program.display());
        }
    }
}
