//! The reports of runs: what is in them, and that it is all in one file.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::Program;
use support::place::Place;

/// What would end a script, or begin one.
const MARKUP: &str = "</script><script>document.title='x'</script><!--&amp;\"";

/// The page that a command leaves, which ends with this status.
fn page(case: &'static str, options: &[&str], status: i32) -> String {
    let place = Place::new();
    let mut words = place.words("run --report @/report.html");
    words.extend(options.iter().map(Into::into));
    let output = Program::of(case).output(&words);
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(place.files().iter().all(|name| !name.starts_with('.')));
    fs::read_to_string(place.at("report.html")).unwrap()
}

/// What the page has for its script.
fn data(page: &str) -> Value {
    let (_, data) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

fn node<'d>(data: &'d Value, address: &str) -> &'d Value {
    let nodes = data["nodes"].as_array().unwrap();
    nodes.iter().find(|node| node["address"] == address).unwrap_or_else(|| panic!("no {address}"))
}

fn addresses(data: &Value, of: &str) -> Vec<String> {
    let places = data[of].as_array().unwrap().iter();
    let address = |place: &Value| {
        let place = usize::try_from(place.as_u64().unwrap()).unwrap();
        data["nodes"][place]["address"].as_str().unwrap().to_owned()
    };
    places.map(address).collect()
}

#[test]
fn a_run_that_succeeds() {
    let data = data(&page("map_of_10", &["--count", "10", "--by", "2"], 0));
    let run = &data["run"];
    assert_eq!(run["outcome"], "finished");
    assert_eq!(run["parameters"], json!([["count", "10"], ["by", "2"]]));
    assert_eq!(run["facts"], json!([["output return_value", "26 bytes"]]));
    assert_eq!(run["errors"], json!([]));
    let scale = node(&data, "scale");
    assert_eq!((&scale["calls"], &scale["state"]), (&json!(10), &json!("finished")));
    assert_eq!(scale["slowest"].as_array().unwrap().len(), 10);
    let counted =
        scale["buckets"].as_array().unwrap().iter().map(|bucket| bucket[1].as_u64().unwrap());
    assert_eq!(counted.sum::<u64>(), 10);
    assert_eq!(addresses(&data, "critical"), ["numbers", "scale", "joined"]);
    let bars = |lanes: &str| {
        let lanes = data[lanes].as_array().unwrap().iter();
        lanes.map(|lane| lane.as_array().unwrap().len()).sum::<usize>()
    };
    assert_eq!((bars("composed"), bars("lanes")), (1, 12));
}

#[test]
fn a_run_that_fails_has_the_chain_of_its_error() {
    let data = data(&page("failing", &["--n", "0"], 1));
    assert_eq!(
        data["run"]["errors"],
        json!([[
            "dag `failing`, node `fail` failed",
            "reading\nthe second line",
            "an error occurred when formatting an argument"
        ]])
    );
    assert_eq!(data["run"]["outcome"], "failed");
    assert_eq!(node(&data, "fail")["state"], "failed");
    assert_eq!(node(&data, "panicking")["state"], "skipped");
    assert_eq!(data["failures"]["number"], 1);
}

#[test]
fn what_an_earlier_run_has_kept_is_recalled() {
    let place = Place::new();
    let run = "run --count 10 --checkpoint @/kept";
    Program::of("map_of_10").succeed(&place.words(run));
    let checkpoint = place.at("kept").display().to_string();
    let data = data(&page("map_of_10", &["--count", "10", "--checkpoint", &checkpoint], 0));
    for address in ["numbers", "scale", "joined"] {
        let node = node(&data, address);
        assert_eq!((&node["state"], &node["calls"]), (&json!("recalled"), &json!(0)), "{address}");
    }
    assert_eq!(data["critical"], json!([]));
}

#[test]
fn retries_have_their_errors() {
    let data = data(&page("retried_once", &["--text", "a"], 0));
    let retry = &data["retries"]["first"][0];
    assert_eq!((&retry[2], &retry[3], &retry[4]), (&json!("a"), &json!(1), &json!("not yet")));
    assert_eq!(node(&data, "stumble")["retried"], 1);
}

#[test]
fn failures_in_nested_dags_have_the_way_to_them() {
    let data = data(&page("nested_result", &["--text", "1 x"], 1));
    // The nested dag and the map fail with it.
    assert_eq!(data["failures"]["number"], 1);
    let failure = &data["failures"]["first"][0];
    assert_eq!(failure[2], "inner: partition 1");
    let at = usize::try_from(failure[1].as_u64().unwrap()).unwrap();
    assert_eq!(data["nodes"][at]["address"], "inner.parse-owned");
    let mut bars =
        data["lanes"].as_array().unwrap().iter().flat_map(|lane| lane.as_array().unwrap());
    let bar = bars.find(|bar| bar[0] == at && bar[3] == "failed").expect("it has a bar");
    assert_eq!(bar[7], "inner: partition 1");
}

#[test]
fn nothing_of_the_users_is_markup() {
    let page = page("refusing", &["--text", MARKUP], 1);
    let data = data(&page);
    let label = format!("{MARKUP} 2");
    assert_eq!(data["run"]["parameters"], json!([["text", MARKUP]]));
    assert_eq!(data["failures"]["first"][0][2], format!("partition 2, {label}"));
    assert!(data["run"]["errors"][0][0].as_str().unwrap().contains(&label));
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(!page.contains("<!--"));
}

#[test]
fn nothing_is_loaded() {
    let page = page("map_of_10", &["--count", "10"], 0);
    for loads in ["src=", "href=", "url(http", "@import", "fetch(", "import("] {
        assert!(!page.contains(loads), "{loads}");
    }
    // The names of SVG, which are not addresses.
    let addresses = page.match_indices("http").map(|(at, _)| &page[at..at + 26]);
    let names: Vec<_> =
        addresses.filter(|address| *address != "http://www.w3.org/2000/svg").collect();
    assert_eq!(names, ["http-equiv=\"Content-Security"[..26].to_owned()]);
}

#[test]
fn a_page_does_not_grow_with_the_number_of_partitions() {
    let page = page("map_of_1000", &["--count", "100000"], 0);
    assert!(page.len() < 4_000_000, "{}", page.len());
    let data = data(&page);
    assert_eq!(node(&data, "scale")["calls"], 100_000);
    let bars = data["lanes"].as_array().unwrap().iter().flat_map(|lane| lane.as_array().unwrap());
    let calls: u64 = bars.map(|bar| bar[4].as_u64().unwrap()).sum();
    assert_eq!(calls, 100_002);
}

#[test]
fn what_cannot_be_written_is_said_before_anything_runs() {
    let place = Place::new();
    let line = "`--report @/none/x.html` cannot be written: there is no `@/none`";
    place.fails("failing", "run --n 1 --report @/none/x.html", 2, line);
    let line =
        "`--report @/directory` cannot be written: it is a directory, and this value is one file";
    place.fails("failing", "run --n 1 --report @/directory", 2, line);
}

/// Draws a page with Chromium, where that is at hand. The page as it is then.
fn drawn(page: &str) -> Option<String> {
    let place = Place::new();
    fs::write(place.at("report.html"), page).unwrap();
    let mut chromium = Command::new("chromium");
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--dump-dom"]);
    chromium.args(["--disable-background-networking", "--disable-component-update"]);
    chromium.args(["--disable-sync", "--virtual-time-budget=2000"]);
    chromium.arg(format!("--user-data-dir={}", place.at("chromium").display()));
    let output =
        chromium.arg(format!("file://{}", place.at("report.html").display())).output().ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_timeline_is_used() {
    if !Path::new("/usr/bin/chromium").exists() {
        return;
    }
    let used = format!("<script>{}</script></body>", include_str!("support/timeline.js"));
    let page = page("map_of_10", &["--count", "10"], 0).replace("</body>", &used);
    let page = drawn(&page).expect("it starts");
    let (_, wrong) = page.split_once("data-wrong=\"").expect("it was used");
    assert_eq!(wrong.split_once('"').unwrap().0, "");
}

#[test]
fn a_browser_draws_it() {
    if !Path::new("/usr/bin/chromium").exists() {
        return;
    }
    for (case, options, status, words) in [
        ("map_of_10", &["--count", "10"][..], 0, &["finished", "on the critical path"][..]),
        ("country_report", &[], 0, &["forecast-country: partition 7"]),
        ("failing", &["--n", "0"], 1, &["reading\nthe second line", "skipped"]),
        ("refusing", &["--text", MARKUP], 1, &["is refused", "&lt;/script&gt;&lt;script&gt;"]),
        ("nothing", &["--n", "1"], 0, &["forget"]),
    ] {
        let page = drawn(&page(case, options, status)).expect("it starts");
        assert!(page.contains("data-ready=\"true\""), "{case}: a script failed");
        let lacks: Vec<_> = words.iter().filter(|word| !page.contains(**word)).collect();
        assert!(lacks.is_empty(), "{case}: {lacks:?}");
        assert!(page.contains("<title>"), "{case}");
        assert!(!page.contains("<title>x</title>"), "{case}");
    }
}
