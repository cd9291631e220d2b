//! The manual, a book in `src/`.
//!
//! Each page is the documentation of a module here, so that `cargo test` compiles and runs its
//! programs; the modules exist for that alone. `tests/manual.rs` checks the rest: the list of pages,
//! the links, and what the pages on rejections take from the ui tests.

macro_rules! pages {
    ($($name:ident: $page:literal,)*) => {$(
        #[cfg(doctest)]
        #[doc = include_str!($page)]
        mod $name {}
    )*};
}

pages! {
    introduction: "src/introduction.md",
    first_pipeline: "src/first-pipeline.md",
    tasks: "src/tasks.md",
    dags: "src/dags.md",
    parameters: "src/parameters.md",
    composition: "src/composition.md",
    partitioning: "src/partitioning.md",
    map_reduce: "src/map-reduce.md",
    ownership: "src/ownership.md",
    errors: "src/errors.md",
    attempts: "src/attempts.md",
    running: "src/running.md",
    observing: "src/observing.md",
    seeing: "src/seeing.md",
    checkpoints: "src/checkpoints.md",
    command_line: "src/command-line.md",
    serializers: "src/serializers.md",
    argo: "src/argo.md",
    graph_by_hand: "src/graph-by-hand.md",
    build_and_run_time: "src/build-and-run-time.md",
    editor: "src/editor.md",
    limits: "src/limits.md",
    recipes: "src/recipes.md",
    rejections: "src/rejections.md",
    rejects_single_mapping_node: "src/rejections/single-mapping-node.md",
    rejects_map_over_parameter: "src/rejections/map-over-parameter.md",
    rejects_nested_map: "src/rejections/nested-map.md",
    rejects_partitioned_output: "src/rejections/partitioned-output.md",
    rejects_one_partitioned_input: "src/rejections/one-partitioned-input.md",
    rejects_map_over_mapped: "src/rejections/map-over-mapped.md",
    rejects_map_over_constant: "src/rejections/map-over-constant.md",
    rejects_map_source: "src/rejections/map-source.md",
    rejects_loop_carried: "src/rejections/loop-carried.md",
    rejects_empty_map: "src/rejections/empty-map.md",
    rejects_collector_misuse: "src/rejections/collector-misuse.md",
    rejects_control_flow: "src/rejections/control-flow.md",
    rejects_unknown_statement: "src/rejections/unknown-statement.md",
    rejects_binding_without_node: "src/rejections/binding-without-node.md",
    rejects_result_without_node: "src/rejections/result-without-node.md",
    rejects_recursive_dag: "src/rejections/recursive-dag.md",
    rejects_option_question_mark: "src/rejections/option-question-mark.md",
    rejects_signature: "src/rejections/signature.md",
}
