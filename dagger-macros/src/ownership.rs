//! What each mention of a value does to it: Rust's rules, applied to nodes that run at any time.
//!
//! In the function, statements run one after another. In the graph, a value is *shared* by the nodes
//! that borrow it and *taken* by the one that moves it, which is the last to mention it. A mention
//! by value before the last one can only be a copy, as rustc has proven on the function.
//!
//! A field that is moved out, while others are still used later, splits the value: from there on,
//! its parts are values of their own.

use std::collections::{BTreeMap, HashMap, HashSet};

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Member};

use crate::body::places::{self, How, Mention};
use crate::body::{Model, Origin, Region, Step, ValueId, value_ident};
use crate::codegen::lend::lends;

/// How a step reads a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Take,
    Borrow,
}

/// A value that a step reads.
#[derive(Clone, Copy)]
pub(crate) struct Input {
    pub(crate) value: ValueId,
    pub(crate) mode: Mode,
    /// Where it is mentioned first.
    pub(crate) span: Span,
    /// Whether it is held: see [`places::held`].
    pub(crate) held: bool,
    /// Whether a mention by value must be a copy although the function may move it: what comes
    /// later in the graph comes before it in the function, as `x` in `f(x.len(), g(x))`.
    pub(crate) only_copied: bool,
}

/// The inputs of a step: those that are read once, and those that all workers of a map share.
#[derive(Default)]
pub(crate) struct Inputs {
    pub(crate) once: Vec<Input>,
    pub(crate) item: Vec<Input>,
}

/// A value that is taken apart before a step.
pub(crate) struct Split {
    pub(crate) value: ValueId,
    /// The parts: which fields lead there, and the value it becomes.
    pub(crate) parts: Vec<(Vec<Member>, ValueId)>,
    pub(crate) span: Span,
}

/// The decisions for a model; steps are numbered as there, the result comes after the last.
#[derive(Default)]
pub(crate) struct Ownership {
    inputs: HashMap<usize, Inputs>,
    splits: HashMap<usize, Vec<Split>>,
}

impl Ownership {
    pub(crate) fn inputs(&mut self, step: usize) -> Inputs {
        self.inputs.remove(&step).unwrap_or_default()
    }

    /// The values that steps read.
    pub(crate) fn read(&self) -> HashSet<ValueId> {
        let inputs = self.inputs.values().flat_map(|inputs| inputs.once.iter().chain(&inputs.item));
        let splits = self.splits.values().flatten().map(|split| split.value);
        inputs.map(|input| input.value).chain(splits).collect()
    }

    pub(crate) fn splits(&mut self, step: usize) -> Vec<Split> {
        self.splits.remove(&step).unwrap_or_default()
    }
}

#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
struct Use {
    step: usize,
    region: Region,
    path: Vec<Member>,
    how: How,
    span: Span,
    held: bool,
    /// Whether the value is shared even if the step is the only one to borrow it: it is lent while
    /// it is borrowed, by a call that is awaited or by several arguments.
    shared: bool,
    /// Whether the value is a number, by its type in the signature: it is copied, never moved.
    number: bool,
    /// Whether it is a part that its step cannot move, since the same step reads the whole.
    stays: bool,
}

/// Decides all mentions of a model, and renames those of split values.
pub(crate) fn decide(model: &mut Model) -> Ownership {
    let mut uses: BTreeMap<ValueId, Vec<Use>> = BTreeMap::new();
    let result = model.steps.len();
    let (references, numbers) = (model.references.clone(), model.numbers.clone());
    for step in 0..=result {
        let lent_twice = model.steps.get(step).map(|step| lent_twice(step, &references));
        let lent_twice = lent_twice.unwrap_or_default();
        let awaits = matches!(
            model.steps.get(step),
            Some(Step::Node(node)) if node.call.awaited.is_some()
        );
        for (expr, region) in expressions(model, step) {
            places::visit(expr, &mut |place, Mention { value, path, how }| {
                let (span, held) = (place.span(), places::held(place));
                // A reference is copied, whatever is done with it.
                let (how, path) = match references.contains(&value) {
                    true => (How::Borrow, Vec::new()),
                    false => (how, path),
                };
                let number = numbers.contains(&value);
                let shared = awaits || lent_twice.contains(&value);
                uses.entry(value).or_default().push(Use {
                    step,
                    region,
                    path,
                    how,
                    span,
                    held,
                    shared,
                    number,
                    stays: false,
                });
            });
        }
    }
    let mut ownership = Ownership::default();
    while let Some((value, mut uses_of_value)) = uses.pop_first() {
        if let Some(at) = first_split(&mut uses_of_value) {
            let (parts, uses_of_parts) = split(model, value, at, &uses_of_value);
            uses_of_value.retain(|used| used.step < at);
            let taken = Use {
                step: at,
                region: Region::Source,
                path: Vec::new(),
                how: How::Value,
                span: parts.span,
                held: false,
                shared: false,
                number: false,
                stays: false,
            };
            ownership.splits.entry(at).or_default().push(parts);
            uses.extend(uses_of_parts);
            record(&mut ownership, value, &uses_of_value, Some(&taken));
        } else {
            record(&mut ownership, value, &uses_of_value, None);
        }
    }
    ownership
}

/// The values that several arguments of a call borrow.
fn lent_twice(step: &Step, references: &[ValueId]) -> Vec<ValueId> {
    let Step::Node(node) = step else { return Vec::new() };
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    for argument in node.call.arguments.iter().filter(|argument| lends(argument, references)) {
        let mut lent = Vec::new();
        places::visit(&mut argument.expr.clone(), &mut |_, mention| lent.push(mention.value));
        lent.sort_unstable();
        lent.dedup();
        twice.extend(lent.iter().filter(|value| once.contains(*value)).copied());
        once.extend(lent);
    }
    twice
}

fn expressions(model: &mut Model, step: usize) -> Vec<(&mut Expr, Region)> {
    match model.steps.get_mut(step) {
        Some(step) => Step::expressions(step),
        None => model.result.iter_mut().map(|result| (result, Region::Once)).collect(),
    }
}

/// Whether `b` comes after `a` in the body, at another time of the run.
fn is_later(a: &Use, b: &Use) -> bool {
    b.step > a.step || (b.step == a.step && a.region == Region::Source && b.region == Region::Item)
}

/// Whether one of the paths leads to a part of what the other leads to.
fn overlap(a: &[Member], b: &[Member]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// Whether a mention moves what it mentions.
fn moves(used: &Use, all: &[Use]) -> bool {
    let later = |other: &Use| is_later(used, other) && overlap(&used.path, &other.path);
    used.how != How::Borrow
        && used.region != Region::Item
        && !used.stays
        && !all.iter().any(later)
        && !copies(used, all)
}

/// Whether a mention copies what it mentions, although it is the last one: it is mentioned by value
/// before, or in a loop, which is for copies only. A copy waits for nobody.
fn copies(used: &Use, all: &[Use]) -> bool {
    let by_value = |other: &&Use| {
        other.how == How::Value
            && (other.region == Region::Item || is_later(other, used))
            && used.path.starts_with(&other.path)
    };
    (used.number && all.len() > 1) || all.iter().any(|other| by_value(&other))
}

/// Whether a mention by value is the last one in the function, but not in the graph: an argument
/// is evaluated when its node runs, after the nodes that are called in the same list.
fn is_inverted(used: &Use, all: &[Use]) -> bool {
    let at = |used: &Use| (used.span.start().line, used.span.start().column);
    let mut later =
        all.iter().filter(|other| is_later(used, other) && overlap(&used.path, &other.path));
    let Some(first) = later.next() else { return false };
    used.how != How::Borrow
        && used.region == Region::Once
        && std::iter::once(first).chain(later).all(|other| at(other) < at(used))
}

/// The first step that moves a part of a value of which other parts are used later.
fn first_split(all: &mut [Use]) -> Option<usize> {
    loop {
        let splits = |used: &Use| moves(used, all) && all.iter().any(|other| is_later(used, other));
        let index = all.iter().position(splits)?;
        let at = all[index].step;
        if !all.iter().any(|used| used.step >= at && used.path.is_empty()) {
            return Some(at);
        }
        // The step needs the whole, too: `f(&data, data.size)`.
        all[index].stays = true;
    }
}

/// Takes `value` apart before the step `at`.
fn split(
    model: &mut Model,
    value: ValueId,
    at: usize,
    uses: &[Use],
) -> (Split, BTreeMap<ValueId, Vec<Use>>) {
    let from_there: Vec<_> = uses.iter().filter(|used| used.step >= at).collect();
    let mut paths: Vec<Vec<Member>> = Vec::new();
    for used in &from_there {
        if !paths.iter().any(|path| used.path.starts_with(path)) {
            paths.retain(|path| !path.starts_with(&used.path));
            paths.push(used.path.clone());
        }
    }
    let mut parts = Vec::new();
    for path in paths {
        let name = path.first().map(|member| member.to_token_stream().to_string());
        let origin = match name {
            Some(name) => part_of(&model.values[value], &format!("property_{name}")),
            None => model.values[value].clone(),
        };
        model.values.push(origin);
        model.names.push(None);
        parts.push((path, model.values.len() - 1));
    }
    let find = |path: &[Member]| parts.iter().find(|(prefix, _)| path.starts_with(prefix));
    let mut of_parts: BTreeMap<ValueId, Vec<Use>> = BTreeMap::new();
    for used in &from_there {
        if let Some((prefix, part)) = find(&used.path) {
            let path = used.path[prefix.len()..].to_vec();
            of_parts.entry(*part).or_default().push(Use { path, held: false, ..(*used).clone() });
        }
    }
    let mut steps: Vec<_> = from_there.iter().map(|used| used.step).collect();
    steps.dedup();
    for step in steps {
        for (expr, _) in expressions(model, step) {
            places::visit(expr, &mut |place, mention| {
                if mention.value == value
                    && let Some((prefix, part)) = find(&mention.path)
                {
                    replace_prefix(place, mention.path.len() - prefix.len(), *part);
                }
            });
        }
    }
    let span = from_there.first().map_or_else(Span::call_site, |used| used.span);
    (Split { value, parts, span }, of_parts)
}

/// Replaces a place, less its last `fields` fields, by a value.
fn replace_prefix(place: &mut Expr, fields: usize, value: ValueId) {
    match place {
        Expr::Field(field) if fields > 0 => replace_prefix(&mut field.base, fields - 1, value),
        Expr::Group(group) => replace_prefix(&mut group.expr, fields, value),
        Expr::Paren(paren) => replace_prefix(&mut paren.expr, fields, value),
        other => {
            let ident = value_ident(value, other.span());
            *other = syn::parse_quote!(#ident);
        }
    }
}

/// Decides how the steps read a value that is not split, or not any more.
fn record(ownership: &mut Ownership, value: ValueId, uses: &[Use], split: Option<&Use>) {
    let mut all = uses.to_vec();
    all.extend(split.cloned());
    let alone = |used: &Use| {
        used.region == Region::Once
            && !used.shared
            && all.iter().all(|other| other.step == used.step)
    };
    for (index, used) in uses.iter().enumerate() {
        let takes = moves(used, &all) || alone(used);
        let mode = if takes { Mode::Take } else { Mode::Borrow };
        let inputs = ownership.inputs.entry(used.step).or_default();
        let list = match used.region {
            Region::Once | Region::Source => &mut inputs.once,
            Region::Item => &mut inputs.item,
        };
        // A part could be moved once the whole has been read: `f(data.len(), data.rows)`.
        let reads_whole = |other: &Use| other.step == used.step && other.path.is_empty();
        let is_behind_whole = used.stays && uses[..index].iter().any(reads_whole);
        let only_copied = !takes && (is_behind_whole || is_inverted(used, &all));
        match list.iter_mut().find(|input| input.value == value) {
            Some(input) if takes => input.mode = Mode::Take,
            Some(input) => input.only_copied |= only_copied,
            None => {
                let (span, held) = (used.span, used.held);
                list.push(Input { value, mode, span, held, only_copied });
            }
        }
    }
}

/// The origin of a part of a value; `name` is that of the output it reads from its node.
pub(crate) fn part_of(origin: &Origin, name: &str) -> Origin {
    match origin {
        Origin::Output { node, output, mapped: false } if output == crate::body::RETURN_VALUE => {
            Origin::Output { node: *node, output: name.to_owned(), mapped: false }
        }
        other => other.clone(),
    }
}
