//! A whole program: a few DAGs that call each other, and arguments for the last.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::catalog::{Catalog, Signature};
use super::draw::{self, Plan, Rules};
use super::kinds::{Kind, Tally};
use super::model::{Dag, Program};
use super::rng::Rng;
use super::types::{Fault, Ty};

/// Names of the DAGs that others call.
const PARTS: [&str; 3] = ["first_part", "second_part", "third_part"];
/// The name of the DAG that is run.
pub(crate) const WHOLE: &str = "whole";
/// How often a program is run, each time with other arguments.
const CASES: usize = 3;

/// How often to begin anew before giving up.
const ATTEMPTS: usize = 1000;

/// Draws the program of a seed, without some constructs.
///
/// Most of these are avoided step by step. Some show only in a whole program, which is then drawn anew.
///
/// # Panics
///
/// If there is no program without these constructs, as far as one can see.
pub(crate) fn draw(seed: u64, catalog: &Catalog, without: &BTreeSet<Kind>) -> Program {
    let mut rng = Rng::new(seed);
    let drawn = (0..ATTEMPTS).find_map(|_| attempt(seed, &mut rng, catalog, without));
    drawn.unwrap_or_else(|| panic!("no program without {without:?} in {ATTEMPTS} attempts"))
}

fn attempt(
    seed: u64,
    rng: &mut Rng,
    catalog: &Catalog,
    without: &BTreeSet<Kind>,
) -> Option<Program> {
    let is_async = rng.percent(50);
    let mut signatures = catalog.tasks.clone();
    let mut drawn: Vec<(Dag, Tally)> = Vec::new();
    let parts = rng.weighted([4, 4, 3, 1].into_iter());
    let plans = PARTS.iter().take(parts).map(|name| Some(*name));
    for part in plans.chain([None]) {
        let is_async = is_async && (part.is_none() || rng.percent(70));
        let plan = plan(rng, part);
        let fault = fault(rng);
        // A function that is not async can call neither tasks nor DAGs that are.
        let callable = signatures.iter().filter(|signature| is_async || !signature.is_async);
        let rules = Rules {
            seed,
            is_async,
            fault,
            without,
            signatures: &callable.cloned().collect::<Vec<_>>(),
        };
        let (dag, tally) = draw::dag(rng, rules, &plan)?;
        signatures.push(Rc::new(signature(&dag)));
        drawn.push((dag, tally));
    }
    let (dags, tally) = reachable(drawn);
    let cases = cases(rng, &dags.last()?.parameters);
    let program = Program { seed, dags, cases, tally };
    (!program.tally.has_any(without)).then_some(program)
}

fn fault(rng: &mut Rng) -> Option<Fault> {
    let fault = if rng.percent(70) { Fault::Failure } else { Fault::Boxed };
    rng.percent(60).then_some(fault)
}

/// What a DAG is to be like: a part with this name, or the whole.
fn plan(rng: &mut Rng, part: Option<&'static str>) -> Plan {
    let visibility = *rng.pick(&["", "", "pub(super) ", "pub(crate) "]);
    let Some(name) = part else {
        let statements = rng.between(2, 7);
        let parameters = parameters(rng, 4);
        return Plan { name: WHOLE, visibility, parameters, statements };
    };
    if rng.percent(6) {
        return Plan { name, visibility, parameters: Vec::new(), statements: 0 };
    }
    let most = rng.between(1, 3);
    let statements = rng.between(0, 3);
    Plan { name, visibility, parameters: parameters(rng, most), statements }
}

fn parameters(rng: &mut Rng, most: usize) -> Vec<Ty> {
    let types = [
        (8, Ty::Num),
        (5, Ty::Text),
        (3, Ty::Token),
        (1, Ty::Ticket),
        (3, Ty::pair()),
        (2, Ty::Batch),
        (2, Ty::Summary),
        (2, Ty::Point),
        (3, Ty::list(Ty::Num)),
        (1, Ty::list(Ty::Text)),
        (1, Ty::list(Ty::Token)),
        (1, Ty::Option(Box::new(Ty::Num))),
    ];
    let count = rng.between(1, most);
    let draw = |_| types[rng.weighted(types.iter().map(|(weight, _)| *weight))].1.clone();
    (0..count).map(draw).collect()
}

fn signature(dag: &Dag) -> Signature {
    let output = match dag.fault {
        Some(fault) => Ty::Result(Box::new(dag.output.clone()), fault),
        None => dag.output.clone(),
    };
    Signature {
        name: dag.name.clone(),
        is_async: dag.is_async,
        is_dag: true,
        parameters: dag.parameters.iter().map(|parameter| parameter.ty.clone()).collect(),
        output,
        swallowable: dag.swallowable,
        cost: dag.cost,
    }
}

/// The DAGs that the last one reaches: rustc would warn about others.
fn reachable(drawn: Vec<(Dag, Tally)>) -> (Vec<Dag>, Tally) {
    let mut wanted = BTreeSet::from([WHOLE.to_owned()]);
    let (mut dags, mut tally) = (Vec::new(), Tally::default());
    for (dag, part) in drawn.into_iter().rev() {
        if wanted.contains(&dag.name) {
            wanted.extend(dag.nested.iter().cloned());
            dags.push(dag);
            tally.extend(&part);
        }
    }
    dags.reverse();
    (dags, tally)
}

fn cases(rng: &mut Rng, parameters: &[super::model::Parameter]) -> Vec<Vec<String>> {
    let count = if parameters.is_empty() { 1 } else { CASES };
    let mut case = |_| parameters.iter().map(|parameter| literal(rng, &parameter.ty)).collect();
    (0..count).map(&mut case).collect()
}

/// A value of a type, written down.
fn literal(rng: &mut Rng, ty: &Ty) -> String {
    match ty {
        Ty::Num => rng.below(60).to_string(),
        Ty::Text => {
            format!("String::from({:?})", rng.pick(&["", "west", "a-b-c-d", "v5", "one two"]))
        }
        Ty::Token | Ty::Ticket => format!("{ty}::new({})", rng.below(60)),
        Ty::List(item) => {
            let items: Vec<String> = (0..rng.below(4)).map(|_| literal(rng, item)).collect();
            format!("vec![{}]", items.join(", "))
        }
        Ty::Option(value) if rng.percent(70) => format!("Some({})", literal(rng, value)),
        Ty::Option(_) => "None".to_owned(),
        Ty::Tuple(items) => {
            let items: Vec<String> = items.iter().map(|item| literal(rng, item)).collect();
            format!("({})", items.join(", "))
        }
        ty => {
            let fields = ty.fields();
            assert!(!fields.is_empty(), "no literal for parameters of type {ty}");
            let fields: Vec<String> =
                fields.iter().map(|(name, ty)| format!("{name}: {}", literal(rng, ty))).collect();
            format!("{ty} {{ {} }}", fields.join(", "))
        }
    }
}
