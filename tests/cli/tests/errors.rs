//! What is given wrongly is one clear line, with the right status, and writes nothing.

mod support;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use dagger_cli_tests::dags::mistakes;
use dagger_core::remote::obstacles;
use support::Program;
use support::place::Place;

#[test]
fn commands_and_options() {
    let place = Place::new();
    let fails = |command: &str, line: &str| place.fails("map_of_1", command, 2, line);
    let commands = "the commands are `run`, `node`, `graph`, `params`, `explain` and `argo`";
    fails("", &format!("no command is given; {commands}"));
    fails("runn", &format!("there is no command `runn`; {commands}"));
    fails(
        "run --cuont 1",
        "`run` has no option `--cuont`; it takes `--count`, `--by`, `--checkpoint`, `--cache`, \
         `--cache-mib`, `--cache-days`, `--input`, `--output`, `--max-concurrency`, `--progress`, `--report` and \
         `--trace`; did you mean `--count`?",
    );
    fails("run --count", "`--count <VALUE>` lacks its value");
    fails("run --count 1 --count 2", "`--count <VALUE>` is given twice");
    fails("run", "no value is given for `--count` (u64)");
    fails(
        "run --count 1 --max-concurrency 0",
        "`0` is no value of `--max-concurrency <N>`; it takes a whole number, 1 at least",
    );
    fails(
        "graph --format png",
        "`png` is no value of `--format <FORMAT>`; it takes `mermaid`, `dot`, `svg`, `json`",
    );
    fails("params more", "`params` has no argument `more`; it takes nothing");
    fails("run --input count", "`--input <NAME> <FILE>` takes a name and a file");
}

#[test]
fn values() {
    let place = Place::new();
    let count = |value: &str, line: &str| {
        let line = format!("`{value}` is no value of `--count`, a `u64`: {line}");
        place.fails("map_of_1", &format!("run --count {value}"), 2, &line);
    };
    count("abc", "invalid type: string \"abc\", expected u64");
    count("-1", "invalid value: integer `-1`, expected u64");
    count(
        "18446744073709551616",
        "invalid type: floating point `1.8446744073709552e+19`, expected u64",
    );
    let mode = |value: &str, line: &str| {
        let line = format!("`{value}` is no value of `--mode`, a `Mode`: {line}");
        place.fails("failing", &format!("run --n 1 --mode {value}"), 2, &line);
    };
    mode("Quick", "unknown variant `Quick`, expected `Fast` or `Named`");
    mode("{\"Named\":{}}", "missing field `name`");
}

#[test]
fn input_files() {
    let place = Place::new();
    let fails = |command: &str, line: &str| place.fails("map_of_1", command, 2, line);
    let run = |file: &str, line: &str| {
        fails(&format!("run --input count @/{file}"), &line.replace('^', "`--input count @/"));
    };
    run("none", "^none` cannot be read: No such file or directory");
    run("directory", "^directory`: it is a directory, and this value is one file");
    run(
        "text.json",
        "^text.json` is not a `u64`: invalid type: string \"five\", expected u64 at line 1 column 6",
    );
    run("empty", "^empty` is not a `u64`: EOF while parsing a value at line 1 column 0");
    run("more.json", "^more.json` is not a `u64`: trailing characters at line 1 column 3");
    run("bytes", "^bytes` is not a `u64`: expected value at line 1 column 1");
    fails(
        "run --input cuont @/five.json",
        "the dag has no parameter `cuont`; it takes `count` and `by`",
    );
    fails(
        "run --count 1 --input count @/five.json",
        "`count` is given twice: by `--count` and by `--input`",
    );
    fails(
        "run --input count @/five.json --input count @/five.json",
        "`--input count` is given twice",
    );
}

#[test]
fn a_file_that_is_too_deep() {
    let place = Place::new();
    let deep = |levels: usize| r#"{"Node":["#.repeat(levels / 2) + &"]}".repeat(levels / 2);
    let file = |levels: usize| fs::write(place.at("deep.json"), deep(levels)).unwrap();
    let node = "node higher --input tree @/deep.json --output return_value @/out";
    file(128);
    let line = "`--input tree @/deep.json` is not a `Tree`: recursion limit exceeded at line 1 column 576; \
                JSON is read to a depth of 127";
    place.fails("deep", node, 2, line);
    file(126);
    assert_eq!(Program::of("deep").succeed(&place.words(node)), "");
    assert_eq!(fs::read_to_string(place.at("out")).unwrap(), deep(128));
}

#[test]
fn nodes() {
    let place = Place::new();
    let fails = |command: &str, line: &str| place.fails("map_of_1", command, 2, line);
    fails("node", "`node` takes the address of a node; there are `numbers`, `scale` and `joined`");
    fails(
        "node scael",
        "there is no node `scael` in the dag `map-reduce`; its nodes are `numbers`, `scale`, `joined`",
    );
    fails("node scale.x", "`scale` is a task, and has no node `x`");
    fails("node scale", "node `scale` lacks `--input n` (one u64)");
    fails("node joined", "node `joined` lacks `--input numbers` (a directory of u64)");
    fails(
        "node scale --input m @/five.json",
        "node `scale` has no input `m`; it takes `n` and `by`",
    );
    fails(
        "node scale --input n @/five.json --output value @/out",
        "node `scale` has no output `value`; it has `return_value`",
    );
    fails(
        "node scale --parameter n @/out",
        "node `scale` takes no `--parameter n`: it is a task, and calls no dag",
    );
    fails("node scale --whole", "node `scale` takes no `--whole`: it is a task, and calls no dag");
}

#[test]
fn a_node_that_hands_on_what_its_dag_fails_with() {
    let place = Place::new();
    let fails = |command: &str, line: &str| {
        let only = "its dag runs here, as an error of it is a value for the nodes behind it";
        place.fails("nested_results_as_values", command, 2, &format!("{line}: {only}"));
    };
    fails("node inner-2 --parameter text @/out", "node `inner-2` takes no `--parameter text`");
    fails(
        "node inner-2 --result return_value @/out",
        "node `inner-2` takes no `--result return_value`",
    );
}

#[test]
fn nodes_that_call_a_dag() {
    let place = Place::new();
    let fails = |command: &str, line: &str| place.fails("outer", command, 2, line);
    fails(
        "node inner.x",
        "there is no node `x` in the nested dag `inner`; its nodes are `double`, `add`",
    );
    fails(
        "node inner --input n @/five.json --output return_value @/out",
        "node `inner` lacks `--result return_value` (u64), or `--whole`, which runs the dag here",
    );
    fails(
        "node inner --input n @/five.json --parameter m @/out",
        "node `inner` passes no parameter `m`; its dag takes `n` and `by`",
    );
    fails(
        "node inner --input n @/five.json --parameter n @/out --output return_value @/out",
        "node `inner` takes no `--output return_value`: the dag does not run where `--parameter` is \
         given",
    );
    place.fails(
        "several_outputs",
        "node .",
        2,
        "the end of the dag lacks `--result property_0` (u64) and `--result property_1` (u64)",
    );
    let whole = "node inner --whole --input n @/five.json --output return_value @/out";
    Program::of("outer").succeed(&place.words(whole));
    assert_eq!(fs::read_to_string(place.at("out")).unwrap(), "16");
}

#[test]
fn directories() {
    let place = Place::new();
    let fails = |directory: &str, line: &str| {
        let command =
            format!("node joined --input numbers @/{directory} --output return_value @/out");
        place.fails("map_of_1", &command, 2, &line.replace('^', "`--input numbers @/"));
    };
    fails("five.json", "^five.json`: it is a file, and a partitioned value is a directory");
    fails("gap", "^gap` lacks the partition `1`");
    fails("short", "^short` lacks the partition `1`");
    fails("long", "^long` has a partition `1` that `partitions.json` does not list");
    fails(
        "foreign",
        "^foreign` has a file `00`, and takes `0`, `1` and so on, and `partitions.json`",
    );
    fails(
        "wrong",
        "^wrong/0` is not a `u64`: invalid type: string \"x\", expected u64 at line 1 column 3",
    );
    fails(
        "unlisted",
        "^unlisted/partitions.json` is not a list of names: invalid type: map, expected a sequence at \
         line 1 column 0",
    );
    // One that is not there is empty, and so is one without files.
    for directory in ["none", "directory"] {
        let command =
            format!("node joined --input numbers @/{directory} --output return_value @/out");
        Program::of("map_of_1").succeed(&place.words(&command));
        assert_eq!(fs::read_to_string(place.at("out")).unwrap(), "\"\"");
    }
}

#[test]
fn output_files() {
    let place = Place::new();
    let fails = |to: &str, status, line: &str| {
        let command = format!("run --count 1 --output return_value {to}");
        let line = format!("`--output return_value {to}` cannot be written: {line}");
        place.fails("map_of_1", &command, status, &line);
    };
    fails("@/none/out", 2, "there is no `@/none`");
    fails("@/five.json/out", 2, "Not a directory");
    fails("@/directory", 2, "it is a directory, and this value is one file");
    if Path::new("/dev/full").exists() {
        fails("/dev/full", 1, "No space left on device");
    }
    let line = "the dag has no output `value`; it has `return_value`";
    place.fails("map_of_1", "run --count 1 --output value @/out", 2, line);
    let fan_out = |to: &str, line: &str| {
        let command = format!("node numbers --input count @/five.json --output return_value {to}");
        let line = format!("`--output return_value {to}` cannot be written: {line}");
        place.fails("map_of_1", &command, 2, &line);
    };
    fan_out("@/five.json", "it is a file, and a partitioned value is a directory");
    fan_out("@/gap", "it has files, but no `partitions.json`");
}

#[test]
fn outputs_replace_what_was_there() {
    let place = Place::new();
    let fan_out = |count: &str, to: &str| {
        fs::write(place.at("five.json"), count).unwrap();
        let command =
            format!("node numbers --input count @/five.json --output return_value @/{to}");
        Program::of("map_of_1").succeed(&place.words(&command));
        let entries = fs::read_dir(place.at(to)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    assert_eq!(fan_out("3", "numbers"), ["0", "1", "2", "partitions.json"]);
    assert_eq!(fan_out("1", "numbers"), ["0", "partitions.json"]);
    assert_eq!(fan_out("0", "directory"), ["partitions.json"]);
    assert_eq!(fs::read_to_string(place.at("directory/partitions.json")).unwrap(), "[]");
    let run = "run --count 2 --output return_value @/text.json";
    assert_eq!(Program::of("map_of_1").succeed(&place.words(run)), "");
    assert_eq!(fs::read_to_string(place.at("text.json")).unwrap(), "\"0,3\"");
    assert!(place.files().iter().all(|name| !name.starts_with('.')));
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_a_pipe_is_written_through() {
    let place = Place::new();
    std::os::unix::fs::symlink(place.at("zero.json"), place.at("link")).unwrap();
    let run = "run --count 2 --output return_value @/link";
    Program::of("map_of_1").succeed(&place.words(run));
    assert!(place.at("link").is_symlink());
    assert_eq!(fs::read_to_string(place.at("zero.json")).unwrap(), "\"0,3\"");
    let run = "run --count 2 --output return_value /dev/stdout";
    assert_eq!(Program::of("map_of_1").succeed(&place.words(run)), "\"0,3\"");
}

#[test]
fn failures_of_tasks() {
    let place = Place::new();
    place.fails(
        "failing",
        "run --n 0",
        1,
        "dag `failing`, node `fail` failed: reading; the second line: an error occurred when \
         formatting an argument",
    );
    let panicked = Program::of("failing").output(&place.words("run --n 1"));
    let said = String::from_utf8(panicked.stderr).unwrap();
    let line = "error: dag `failing`, node `panicking` panicked: one is; not enough, at ";
    assert!(said.starts_with(line), "{said}");
    assert_eq!((said.lines().count(), panicked.status.code()), (1, Some(1)));
    // A parameter that has the name of an option.
    let arguments = place.words("run --n 2 --parameter-input 40");
    assert_eq!(Program::of("failing").succeed(&arguments), "41\n");
    // The partitions are made while they are written.
    place.fails(
        "failing",
        "node lazily --input n @/five.json --output return_value @/out",
        1,
        "panicked: there is no third",
    );
}

/// Also where the map collects into a `Result`, which the first of them ends.
#[test]
fn a_partition_of_a_batch_that_fails() {
    let place = Place::new();
    fs::write(place.at("gap/1"), "\"x\"").unwrap();
    fs::write(place.at("gap/0"), "\"0\"").unwrap();
    fs::write(place.at("gap/2"), "\"2\"").unwrap();
    let fails = |case, node: &str, line: &str| {
        let command = format!("node {node} --input text @/gap --output return_value @/out");
        let error = "failed: x: invalid digit found in string";
        place.fails(case, &command, 1, &format!("{line} {error}"));
    };
    for case in ["map_with_question", "collected_result"] {
        let dag = case.replace('_', "-");
        let line = format!("dag `{dag}`, node `parse-owned`, partition 1");
        fails(case, "parse-owned", &line);
    }
    let line = "dag `nested-and-collected`, node `inner`, partition 1, node `parse-owned`";
    fails("nested_and_collected", "inner", line);
}

#[test]
fn values_that_cannot_leave_their_process() {
    let place = Place::new();
    let run = ["run", "--n", "5"].map(OsString::from);
    assert_eq!(Program::of("opaque").succeed(&run), "11\n");
    let why = "`Opaque` cannot cross from process to process: `Json` takes what is `Serialize` and \
               `DeserializeOwned`, with serde's `derive`";
    let fails = |case, command: &str, status, line: &str| {
        place.fails(case, command, status, &format!("{line}: {why}"));
    };
    fails(
        "opaque",
        "node hide --input n @/five.json --output return_value @/out",
        1,
        "node `hide`, output `return_value`",
    );
    fails("opaque", "node show --input value @/five.json", 1, "node `show`, input `value`");
    fails("opaque_parameter", "run --value 1 --n 1", 2, "`value` cannot be given as text");
    fails("opaque_result", "run --n 1", 1, "output `return_value`");
    let dag = mistakes::dag_of("opaque").unwrap();
    let found = obstacles(&dag).unwrap();
    let found: Vec<_> =
        found.iter().map(|obstacle| (&*obstacle.address, &*obstacle.name)).collect();
    assert_eq!(found, [("hide", "return_value"), ("words", "return_value")]);
    assert_eq!(
        obstacles(&dag).unwrap()[0].to_string(),
        format!("node `hide`, output `return_value`: {why}")
    );
}

#[test]
fn options_that_write_to_one_file() {
    let place = Place::new();
    let fails = |command: &str, line: &str| place.fails("map_of_1", command, 2, line);
    fails("run --count 1 --report @/x --trace @/x", "`--report` and `--trace` are one file, `@/x`");
    fails(
        "run --count 1 --trace @/directory/../five.json --output return_value @/five.json",
        "`--output return_value` and `--trace` are one file, `@/directory/../five.json`",
    );
    fails(
        "run --count 1 --checkpoint @/x --report @/./x",
        "`--checkpoint` and `--report` are one file, `@/./x`",
    );
    let place = Place::new();
    place.fails(
        "over_a_part",
        "node load --json count @/five.json --output return_value @/x --output more @/x",
        2,
        "`--output return_value` and `--output more` are one file, `@/x`",
    );
    // What is written to a device is not lost.
    let place = place.words("run --count 1 --report /dev/null --trace /dev/null");
    Program::of("map_of_1").succeed(&place);
}
