//! Sharing, moving, cloning and copying what nodes give.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use dagger::{dag, task};

use crate::support::record;

#[task]
fn count_up(end: u64) -> Vec<u64> {
    record!("count_up", end);
    (1..=end).collect()
}

#[task]
fn total(numbers: &[u64]) -> u64 {
    record!("total", numbers);
    numbers.iter().sum()
}

#[task]
fn largest(numbers: &[u64]) -> u64 {
    record!("largest", numbers);
    numbers.iter().copied().max().unwrap_or_default()
}

#[task]
fn consume(numbers: Vec<u64>, total: u64, largest: u64) -> String {
    record!("consume", numbers, total, largest);
    format!("{numbers:?} {total} {largest}")
}

#[task]
fn add(left: u64, right: u64) -> u64 {
    record!("add", left, right);
    left + right
}

#[dag]
fn borrowed_then_moved(end: u64) -> String {
    let numbers = count_up(end);
    let sum = total(&numbers);
    let most = largest(&numbers);
    consume(numbers, sum, most)
}

/// The last node moves what it does not share with the borrowers by data: it only comes after them in the body.
#[dag]
fn moved_without_waiting_for_data(end: u64) -> String {
    let numbers = count_up(end);
    total(&numbers);
    largest(&numbers);
    consume(numbers, 0, 0)
}

/// Neither `Clone` nor `Copy`.
#[derive(Debug)]
struct Model {
    name: String,
    weights: Vec<i64>,
}

#[task]
fn train(seed: i64) -> Model {
    record!("train", seed);
    Model { name: format!("model {seed}"), weights: vec![seed, -seed, 2 * seed] }
}

#[task]
fn evaluate(model: &Model) -> i64 {
    record!("evaluate", model);
    model.weights.iter().sum()
}

#[task]
fn describe(model: &Model) -> String {
    record!("describe", model);
    format!("{} with {} weights", model.name, model.weights.len())
}

#[task]
fn publish(model: Model, score: i64, description: &str) -> String {
    record!("publish", model, score, description);
    format!("{}: {score}, {description}", model.name)
}

#[dag]
fn neither_clone_nor_copy(seed: i64) -> String {
    let model = train(seed);
    let score = evaluate(&model);
    let description = describe(&model);
    publish(model, score, &description)
}

#[dag]
fn only_borrowed(seed: i64) -> i64 {
    let model = train(seed);
    describe(&model);
    evaluate(&model)
}

/// Moved from node to node without a name.
#[dag]
fn moved_straight(seed: i64) -> String {
    publish(train(seed), seed, "fresh")
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[task]
fn locate(x: i32, y: i32) -> Point {
    record!("locate", x, y);
    Point { x, y }
}

#[task]
fn mirror(point: Point) -> Point {
    record!("mirror", point);
    Point { x: point.y, y: point.x }
}

#[task]
fn shift(point: &Point, by: Point) -> Point {
    record!("shift", point, by);
    Point { x: point.x + by.x, y: point.y + by.y }
}

#[dag]
fn copied_many_times(x: i32, y: i32) -> Point {
    let point = locate(x, y);
    let mirrored = mirror(point);
    let shifted = shift(&point, point);
    let again = shift(&mirrored, point);
    let corner = locate(again.x, shifted.y + y);
    let moved = shift(&corner, mirrored);
    shift(&point, moved)
}

#[task]
fn compose(title: String, lines: usize) -> String {
    record!("compose", title, lines);
    vec![title; lines].join("\n")
}

#[task]
fn archive(text: String) -> usize {
    record!("archive", text);
    text.len()
}

#[task]
fn print(text: String, copies: usize) -> String {
    record!("print", text, copies);
    text.repeat(copies)
}

#[dag]
fn cloned_then_moved(title: String, lines: usize) -> String {
    let text = compose(title.clone(), lines);
    let kept = archive(text.clone());
    let headed = print(title, kept);
    archive(headed);
    print(text, 2)
}

#[dag]
fn parameter_borrowed_then_moved(title: String) -> String {
    let words = title_words(&title);
    print(title, words)
}

#[task]
fn title_words(title: &str) -> usize {
    record!("title_words", title);
    title.split(' ').count()
}

#[derive(Debug)]
struct Data {
    training: Vec<u64>,
    test: Vec<u64>,
    name: String,
    seed: u64,
}

#[task]
fn load(seed: u64) -> Data {
    record!("load", seed);
    Data {
        training: vec![seed, seed + 1],
        test: vec![seed + 2],
        name: format!("data {seed}"),
        seed,
    }
}

#[task]
fn fit(training: Vec<u64>, seed: u64) -> u64 {
    record!("fit", training, seed);
    training.into_iter().sum::<u64>() * seed
}

#[task]
fn score(model: u64, test: Vec<u64>) -> u64 {
    record!("score", model, test);
    test.into_iter().map(|n| n % model.max(1)).sum()
}

#[dag]
fn partial_moves(seed: u64) -> u64 {
    let data = load(seed);
    let model = fit(data.training, data.seed);
    score(model, data.test)
}

/// One field is moved, one borrowed, one copied, and one left alone.
#[dag]
fn moved_beside_borrowed(seed: u64) -> u64 {
    let data = load(seed);
    let model = fit(data.training, data.seed);
    let words = title_words(&data.name);
    add(model + data.seed, words as u64)
}

#[dag]
fn fields_borrowed_then_all_moved(seed: u64) -> String {
    let data = load(seed);
    let sum = total(&data.training);
    let most = largest(&data.test);
    let words = title_words(&data.name);
    report(data, sum + most, words)
}

#[task]
fn report(data: Data, figure: u64, words: usize) -> String {
    record!("report", data, figure, words);
    format!("{} {figure} {words}", data.name)
}

#[derive(Debug)]
struct Project {
    data: Data,
    owner: String,
}

#[task]
fn open(seed: u64, owner: String) -> Project {
    record!("open", seed, owner);
    let data = Data { training: vec![seed], test: vec![seed; 2], name: owner.clone(), seed };
    Project { data, owner }
}

#[dag]
fn fields_of_fields(seed: u64, owner: String) -> String {
    let project = open(seed, owner);
    let model = fit(project.data.training, project.data.seed);
    let scored = score(model, project.data.test);
    let named = print(project.data.name, 2);
    print(format!("{named} {scored} {}", project.owner), 1)
}

#[task]
fn split(numbers: Vec<u64>) -> (Vec<u64>, Vec<u64>) {
    record!("split", numbers);
    numbers.into_iter().partition(|n| n % 3 == 0)
}

#[dag]
fn tuple_binding(end: u64) -> u64 {
    let (train, test) = split(count_up(end));
    let sum = total(&test);
    let model = fit(train, sum);
    score(model, test)
}

#[dag]
fn tuple_fields(end: u64) -> u64 {
    let numbers = count_up(end);
    let pair = split(numbers);
    let model = fit(pair.0, end);
    let sum = total(&pair.1);
    add(model, sum)
}

#[task]
fn start(n: u64) -> Cell<u64> {
    record!("start", n);
    Cell::new(n)
}

#[task]
fn advance(cell: Cell<u64>, by: u64) -> Cell<u64> {
    record!("advance", cell, by);
    cell.set(cell.get() + by);
    cell
}

#[task]
fn stop(cell: Cell<u64>) -> u64 {
    record!("stop", cell);
    cell.into_inner()
}

/// `Send`, not `Sync`.
#[dag]
fn not_sync(n: u64) -> u64 {
    let cell = start(n);
    let cell = advance(cell, 2);
    stop(advance(cell, 3))
}

#[task]
fn send_all(numbers: Vec<u64>) -> Receiver<u64> {
    record!("send_all", numbers);
    let (sender, receiver) = mpsc::channel();
    for n in numbers {
        sender.send(n).expect("the receiver is still here");
    }
    receiver
}

#[task]
fn receive_all(receiver: Receiver<u64>, limit: usize) -> Vec<u64> {
    record!("receive_all", limit);
    receiver.into_iter().take(limit).collect()
}

#[dag]
fn moved_receiver(end: u64) -> Vec<u64> {
    let receiver = send_all(count_up(end));
    receive_all(receiver, 4)
}

struct Workshop {
    counter: Cell<u64>,
    tool: Box<dyn Fn(u64) -> u64 + Send>,
}

#[task]
fn equip(factor: u64) -> Workshop {
    record!("equip", factor);
    Workshop { counter: Cell::new(factor), tool: Box::new(move |n| n * factor) }
}

#[task]
fn use_tool(tool: Box<dyn Fn(u64) -> u64 + Send>, n: u64) -> u64 {
    record!("use_tool", n);
    tool(n)
}

/// Neither of the fields that are moved out is `Sync`.
#[dag]
fn partial_moves_not_sync(factor: u64) -> u64 {
    let workshop = equip(factor);
    let count = stop(workshop.counter);
    use_tool(workshop.tool, count + 1)
}

#[task]
fn share(text: String) -> Arc<str> {
    record!("share", text);
    text.into()
}

#[task]
fn hold(text: Arc<str>, times: usize) -> usize {
    record!("hold", text, times);
    text.len() * times
}

/// `Arc::clone` is an expression: the segment before `clone` is capitalised.
#[dag]
fn counted_references(text: String) -> usize {
    let text = share(text);
    let once = hold(Arc::clone(&text), 1);
    let twice = hold(text.clone(), once);
    hold(text, twice)
}

#[task]
fn unit_name(short: bool) -> &'static str {
    record!("unit_name", short);
    if short { "m" } else { "metre" }
}

#[dag]
fn static_output(short: bool) -> usize {
    let name = unit_name(short);
    let words = title_words(name);
    archive(name.repeat(words + 2))
}

#[task]
fn boxed(text: &str) -> Box<str> {
    record!("boxed", text);
    text.into()
}

/// `&String`, `&Box<str>` and `&Vec<u64>` become what the parameter asks for.
#[dag]
fn coerced_borrows(title: String, end: u64) -> u64 {
    let short = boxed(&title);
    let words = title_words(&short);
    let numbers = count_up(end);
    let sum = total(&numbers);
    add(sum, words as u64)
}

#[task]
fn maybe(text: String) -> Option<String> {
    record!("maybe", text);
    (!text.is_empty()).then_some(text)
}

#[task]
fn show(text: Option<&str>, found: bool) -> String {
    record!("show", text, found);
    text.unwrap_or("nothing").to_owned()
}

#[dag]
fn borrowing_methods(text: String) -> String {
    let text = maybe(text);
    let shown = show(text.as_deref(), text.is_some());
    print(text.unwrap_or(shown), 2)
}

mod law {
    use crate::support::oracle;

    oracle!(super::borrowed_then_moved, (5));
    oracle!(super::moved_without_waiting_for_data, (5));
    oracle!(super::neither_clone_nor_copy, (7));
    oracle!(super::only_borrowed, (7));
    oracle!(super::moved_straight, (7));
    oracle!(super::copied_many_times, (1, 2));
    oracle!(super::cloned_then_moved, ("title".to_owned(), 3));
    oracle!(super::parameter_borrowed_then_moved, ("a b c".to_owned()));
    oracle!(super::partial_moves, (4));
    oracle!(super::moved_beside_borrowed, (4));
    oracle!(super::fields_borrowed_then_all_moved, (4));
    oracle!(super::fields_of_fields, (4, "ada".to_owned()));
    oracle!(super::tuple_binding, (10));
    oracle!(super::tuple_fields, (10));
    oracle!(super::not_sync, (1));
    oracle!(super::moved_receiver, (9), (2));
    oracle!(super::partial_moves_not_sync, (3));
    oracle!(super::counted_references, ("abc".to_owned()));
    oracle!(super::static_output, (true), (false));
    oracle!(super::coerced_borrows, ("a b".to_owned(), 3));
    oracle!(super::borrowing_methods, ("x".to_owned()), (String::new()));
}
