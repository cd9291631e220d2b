//! The builder of a graph that is written by hand.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::callee::{Callee, DagNode, MapCallee};
use super::check::{Problem, Reader, Words};
use super::coding::HandEdges;
use super::computed::Constant;
use super::handle::{Handle, Label};
use super::input::Input;
use super::parts::PartsOf;
use super::reads::Reads;
use super::wiring::Known;
use super::work::{AsItIs, Finish, Try};
use crate::build::assembly::{Assembly, Reading};
use crate::build::describe::From;
use crate::build::draft::{Drafts, Origin, narrow};
use crate::build::names::check_values;
use crate::callee::Fallible;
use crate::error::{BuildError, Violation};
use crate::exec::plan::{Body, Mode, Parts};
use crate::exec::signature::{Results, Signature, Type};
use crate::exec::value::{Boxed, Value};
use crate::graph::{Dag, Graph, Parameter};
use crate::lend::{Lent, Share};
use crate::owners::Owned;

/// Builds a graph by hand, one node after another: see [`Dag::builder`].
pub struct DagBuilder {
    /// Tells the handles of builders apart.
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) signature: Signature,
    pub(super) drafts: Drafts,
    pub(super) assembly: Assembly,
    pub(super) values: Vec<Known>,
    /// The slots and types of the outputs.
    pub(super) outputs: Vec<(usize, Type)>,
    pub(super) problems: Vec<Problem>,
    pub(super) violations: Vec<Violation>,
    /// What the node at hand reads; kept for its memory.
    pub(super) reads: Reads,
    pub(super) readings: Vec<Reading>,
    /// What is known of the values outside of the process.
    pub(super) edges: HandEdges,
}

impl Dag {
    /// Builds a graph by hand: what a body of a `#[dag]` says, as calls.
    ///
    /// The graph of a `#[dag]` equals (`==`) the one that is written by hand, and obeys the same
    /// laws, which [`build`](DagBuilder::build) checks. `Runtime::run_dag` runs it.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::{Task, constant}};
    ///
    /// # fn main() -> Result<(), dagger_core::BuildError> {
    /// let mut dag = Dag::builder("sum-of-powers");
    /// let count = dag.parameter::<u64>("count");
    /// let exponent = dag.parameter_or("exponent", constant(2_u32));
    ///
    /// let generate = Task::new("generate-numbers", ["count"], |count: u64| 1..=count);
    /// let numbers = dag.node(generate, (count,));
    /// let raise = Task::new("raise-number", ["n", "exponent"], u64::pow);
    /// let raised = dag.map(raise, (numbers.each(), exponent.copied()));
    /// let sum = Task::new("sum-numbers", ["numbers"], |n: Vec<u64>| n.iter().sum::<u64>());
    /// let total = dag.node(sum, (raised,));
    /// dag.output("return_value", total);
    /// let dag = dag.build()?;
    ///
    /// assert_eq!(
    ///     dag.to_string(),
    ///     "dag sum-of-powers(count: u64, exponent: u32 = 2)\n  \
    ///      generate-numbers(count)\n  \
    ///      raise-number(n: each of generate-numbers, exponent)\n  \
    ///      sum-numbers(numbers: raise-number)\n  \
    ///      -> sum-numbers"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder(name: impl Into<String>) -> DagBuilder {
        static BUILDERS: AtomicU32 = AtomicU32::new(0);
        DagBuilder {
            id: BUILDERS.fetch_add(1, Ordering::Relaxed),
            name: name.into(),
            parameters: Vec::new(),
            signature: Signature::default(),
            drafts: Drafts::default(),
            assembly: Assembly::new(),
            values: Vec::new(),
            outputs: Vec::new(),
            problems: Vec::new(),
            violations: Vec::new(),
            reads: Reads::default(),
            readings: Vec::new(),
            edges: HandEdges::default(),
        }
    }

    /// The dag as a node of another one, where it is known as a value only.
    ///
    /// `T` is the type of its output: `()` where it has none; a dag that returns a tuple or a struct
    /// of outputs returns the whole; one built by hand has one output at most here. `T` and the
    /// types of the inputs are checked when the outer dag is built. An error of the dag ends the
    /// outer one.
    ///
    /// For a `#[dag]` function, `node!(f)` is the better way: it is checked by rustc, and its
    /// `Result` may flow on as a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// # fn main() -> Result<(), dagger_core::BuildError> {
    /// let mut inner = Dag::builder("square");
    /// let n = inner.parameter::<u64>("n");
    /// let square = inner.node(Task::new("square", ["n"], |n: u64| n * n), (n,));
    /// inner.output("return_value", square);
    /// let inner = inner.build()?;
    ///
    /// let mut outer = Dag::builder("squares");
    /// let split = Task::new("split", [""; 0], || vec![1_u64, 2, 3]);
    /// let numbers = outer.node(split, ());
    /// outer.map(inner.returning::<u64>(), (numbers.each(),));
    /// assert!(outer.build()?.to_string().contains("square(n: each of split): dag square(n: u64)"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn returning<T: Send + 'static>(&self) -> DagNode<T> {
        DagNode::new(self.clone())
    }
}

impl DagBuilder {
    /// The next parameter: a value that callers pass.
    ///
    /// The description shows the type as it is usually written, without modules; see
    /// [`write_type`](Self::write_type).
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("lengths");
    /// let names = dag.parameter::<Vec<std::ffi::OsString>>("names");
    /// dag.node(Task::new("count", ["names"], |names: Vec<std::ffi::OsString>| names.len()), (names,));
    /// assert_eq!(dag.build().unwrap().parameters()[0].ty, "Vec<OsString>");
    /// ```
    pub fn parameter<T: Send + 'static>(&mut self, name: &str) -> Handle<T> {
        self.add_parameter::<T>(name, &Type::of::<T>().to_string(), None)
    }

    /// The next parameter, which callers may leave out.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::constant};
    ///
    /// let mut dag = Dag::builder("wait");
    /// let second = constant(std::time::Duration::from_secs(1)).written("Duration::from_secs(1)");
    /// dag.parameter_or("pause", second);
    /// let text = dag.build().unwrap().to_string();
    /// assert_eq!(text, "dag wait(pause: Duration = Duration::from_secs(1))");
    /// ```
    pub fn parameter_or<T>(&mut self, name: &str, default: Constant<T>) -> Handle<T>
    where
        T: Clone + Debug + Send + Sync + 'static,
    {
        let text = default.text();
        let value = default.into_value();
        let handle = self.add_parameter::<T>(name, &Type::of::<T>().to_string(), Some(&text));
        self.default(move || Box::new(value.clone()));
        handle
    }

    /// The next parameter, by reference: `&T` in a signature. Nothing is copied.
    ///
    /// Callers pass what owns a `T` and can be shared, such as a `T`, an `Arc<T>`, or a `String` for
    /// a `str`. Tasks get it with `by_ref()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("count-words");
    /// let text = dag.parameter_ref::<str>("text");
    /// let count = Task::new("count", ["text"], |text: &str| text.split(' ').count());
    /// let count = dag.node(count, (text.by_ref(),));
    /// dag.output("return_value", count);
    /// assert!(dag.build().unwrap().to_string().starts_with("dag count-words(text: &str)"));
    /// ```
    pub fn parameter_ref<T: Owned + ?Sized + 'static>(&mut self, name: &str) -> Handle<Lent<T>> {
        let text = format!("&{}", Type::of::<T>());
        let handle = self.add_parameter::<Lent<T>>(name, &text, None);
        self.signature.takes_owners_of::<T>();
        handle
    }

    /// The next parameter, by reference, which callers may leave out.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::constant};
    ///
    /// let mut dag = Dag::builder("greet");
    /// dag.parameter_ref_or::<str, _>("name", constant("world"));
    /// assert_eq!(dag.build().unwrap().to_string(), "dag greet(name: &str = \"world\")");
    /// ```
    pub fn parameter_ref_or<T, V>(&mut self, name: &str, default: Constant<V>) -> Handle<Lent<T>>
    where
        T: Owned + ?Sized + 'static,
        V: Share<T> + Clone + Debug + Send + Sync + 'static,
    {
        let type_text = format!("&{}", Type::of::<T>());
        let text = default.text();
        let value = default.into_value();
        let handle = self.add_parameter::<Lent<T>>(name, &type_text, Some(&text));
        self.signature.takes_owners_of::<T>();
        self.default(move || Box::new(Share::<T>::share(value.clone())));
        handle
    }

    fn add_parameter<T: Send + 'static>(
        &mut self,
        name: &str,
        ty: &str,
        default: Option<&str>,
    ) -> Handle<T> {
        let origin = Origin::Parameter(narrow(self.parameters.len()));
        self.parameters.push(Parameter::new(name, ty, default));
        self.signature.push::<T>(None);
        self.values.push(Known::new(origin, false));
        Handle::new(self.id, narrow(self.assembly.open_parameter()))
    }

    fn default(&mut self, value: impl Fn() -> Boxed + Send + Sync + 'static) {
        if let Some(parameter) = self.signature.parameters.last_mut() {
            parameter.default = Some(Box::new(value));
        }
    }

    /// What the description shows as the type of a parameter, where it is not what
    /// [`type_name`](std::any::type_name) says without modules: `std::path::PathBuf`, or an alias.
    /// Of a handle that is not a parameter, the description shows no type.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::Dag;
    ///
    /// let mut dag = Dag::builder("sizes");
    /// let files = dag.parameter::<Vec<std::path::PathBuf>>("files");
    /// dag.write_type(files, "Vec<path::PathBuf>");
    /// assert_eq!(dag.build().unwrap().to_string(), "dag sizes(files: Vec<path::PathBuf>)");
    /// ```
    pub fn write_type<T>(&mut self, parameter: Handle<T>, text: &str) {
        if parameter.raw.builder == self.id
            && let Origin::Parameter(index) = self.values[parameter.raw.slot as usize].origin
        {
            text.clone_into(&mut self.parameters[index as usize].ty);
        }
    }

    /// A node: one call of a task or of a dag, whose value is its output.
    ///
    /// Where the callee returns a `Result`, that is the value; see [`try_node`](Self::try_node).
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("join");
    /// let a = dag.parameter::<String>("a");
    /// let b = dag.parameter::<String>("b");
    /// let join = Task::new("join", ["a", "b"], |a: String, b: &str| a + b);
    /// let joined = dag.node(join, (a, b.by_ref()));
    /// dag.output("return_value", joined);
    /// assert!(dag.build().is_ok());
    /// ```
    pub fn node<C, I>(&mut self, callee: C, inputs: I) -> Handle<C::Output>
    where
        C: Callee<I>,
    {
        self.add_node::<AsItIs, C, I>(callee, inputs)
    }

    /// A node whose callee returns a `Result`: an error ends the dag, as `?` does in a body.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("parse");
    /// let text = dag.parameter::<String>("text");
    /// let parse = Task::new("parse", ["text"], |text: &str| text.parse::<u64>());
    /// let number = dag.try_node(parse, (text.by_ref(),));
    /// let next = dag.node(Task::new("next", ["n"], |n: u64| n + 1), (number,));
    /// dag.output("return_value", next);
    /// assert!(dag.build().is_ok());
    /// ```
    pub fn try_node<C, I, R>(&mut self, callee: C, inputs: I) -> Handle<R::Value>
    where
        C: Callee<I, Output = R>,
        R: Fallible,
    {
        self.add_node::<Try, C, I>(callee, inputs)
    }

    /// A map: one call for each partition, and an output that is the `Vec` of all results, in the
    /// order of the partitions.
    ///
    /// Exactly one input is a partition: `x.each()` or `x.each_ref()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("lengths");
    /// let split = Task::new("split", [""; 0], || vec!["one", "two", "three"]);
    /// let words = dag.node(split, ());
    /// let lengths = dag.map(Task::new("count", ["word"], str::len), (words.each(),));
    /// let sum = Task::new("sum", ["lengths"], |lengths: Vec<usize>| lengths.iter().sum::<usize>());
    /// let sum = dag.node(sum, (lengths,));
    /// dag.output("return_value", sum);
    /// assert!(dag.build().is_ok());
    /// ```
    pub fn map<C, I>(&mut self, callee: C, inputs: I) -> Handle<Vec<C::Output>>
    where
        C: MapCallee<I>,
    {
        self.add_map::<AsItIs, Vec<C::Output>, C, I>(callee, inputs)
    }

    /// A map whose results are collected into something other than a `Vec`, by the type of the
    /// handle: `let scores: Handle<BTreeMap<String, f64>> = dag.map_into(…)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// # use dagger_core::build::hand::Handle;
    /// # use std::collections::BTreeSet;
    /// let mut dag = Dag::builder("lengths");
    /// let split = Task::new("split", [""; 0], || vec!["one", "two", "three"]);
    /// let words = dag.node(split, ());
    /// let lengths: Handle<BTreeSet<usize>> =
    ///     dag.map_into(Task::new("count", ["word"], str::len), (words.each(),));
    /// let count = Task::new("count-all", ["lengths"], |lengths: BTreeSet<usize>| lengths.len());
    /// dag.node(count, (lengths,));
    /// assert!(dag.build().is_ok());
    /// ```
    pub fn map_into<K, C, I>(&mut self, callee: C, inputs: I) -> Handle<K>
    where
        K: FromIterator<C::Output> + Send + 'static,
        C: MapCallee<I>,
    {
        self.add_map::<AsItIs, K, C, I>(callee, inputs)
    }

    /// A map whose callee returns a `Result`: the first error ends the dag, as `?` does in a body.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("parse");
    /// let split = Task::new("split", [""; 0], || vec!["1", "2", "3"]);
    /// let words = dag.node(split, ());
    /// let parse = Task::new("parse", ["word"], |word: &'static str| word.parse::<u64>());
    /// let numbers = dag.try_map(parse, (words.each(),));
    /// let sum = Task::new("sum", ["numbers"], |numbers: Vec<u64>| numbers.iter().sum::<u64>());
    /// dag.node(sum, (numbers,));
    /// assert!(dag.build().is_ok());
    /// ```
    pub fn try_map<C, I, R>(&mut self, callee: C, inputs: I) -> Handle<Vec<R::Value>>
    where
        C: MapCallee<I, Output = R>,
        R: Fallible,
    {
        self.add_map::<Try, Vec<R::Value>, C, I>(callee, inputs)
    }

    /// Moves parts of a value to handles of their own: the outputs `property_<name>` of its node,
    /// in the order of the tuple that `parts` makes.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("evens-and-odds");
    /// let part = Task::new("part", [""; 0], || (1..10).partition::<Vec<u64>, _>(|n| n % 2 == 0));
    /// let both = dag.node(part, ());
    /// let (evens, odds) = dag.split(both, ["0", "1"], |both| both);
    /// dag.output("evens", evens);
    /// dag.output("odds", odds);
    /// let text = dag.build().unwrap().to_string();
    /// assert!(text.ends_with("-> evens: part.property_0\n  -> odds: part.property_1"));
    /// ```
    pub fn split<T, P, const N: usize>(
        &mut self,
        value: Handle<T>,
        names: [&'static str; N],
        parts: fn(T) -> P,
    ) -> P::Handles
    where
        T: Send + 'static,
        P: PartsOf<N> + 'static,
    {
        self.reads.clear();
        Input::read(&value, &mut self.reads);
        self.wire(Reader::Split);
        let body = Body::Glue(Arc::new(move |values| {
            let value = values.into_iter().next().map(Value::into_owned);
            Parts::Several(value.map(|value| parts(value).into_parts()).unwrap_or_default())
        }));
        self.push_step(body);
        let mut names = names.into_iter();
        let is_own = value.raw.builder == self.id;
        let known = is_own.then(|| self.values[value.raw.slot as usize]);
        P::handles(self.id, &mut || {
            let label = Label::Field(Cow::Borrowed(names.next().unwrap_or_default()));
            let part = known.map(|known| known.part(&label, &mut self.drafts));
            self.open(part.unwrap_or(Origin::Partition), known.is_some_and(|known| known.mapped))
        })
    }

    /// An output of the dag, which moves there.
    ///
    /// A dag with one output calls it `return_value`. A macro names the outputs of a tuple or a
    /// struct `property_<field>`.
    pub fn output<T: Send + 'static>(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: Handle<T>,
    ) {
        let output = narrow(self.drafts.outputs.len());
        if value.raw.builder != self.id {
            self.drafts.outputs.push((name.into(), Origin::Partition));
            self.problems.push(Problem::Foreign { by: Reader::Output(output) });
            return;
        }
        let known = &self.values[value.raw.slot as usize];
        self.drafts.outputs.push((name.into(), known.origin));
        match known.origin {
            Origin::Parameter(parameter) => {
                self.problems.push(Problem::OutputOfParameter { output, parameter });
                return;
            }
            Origin::Output(mapped) if known.mapped => {
                self.problems.push(Problem::OutputOfMap { output, mapped });
                return;
            }
            _ => {}
        }
        self.outputs.push((value.raw.slot as usize, Type::of::<T>()));
        self.reads.clear();
        Input::read(&value, &mut self.reads);
        self.wire(Reader::Output(output));
    }

    /// The graph, if it obeys all laws.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, at once: names that are not legal or not unique; a node with more
    /// or fewer inputs than its task has parameters; a handle of another builder; a value that is
    /// moved twice, or read after it was moved; a map over a parameter, over the results of another
    /// map, over nothing or over two values; an output that is a parameter or the results of a map;
    /// types that do not fit where a dag is called as a value; and what is wrong with nested dags.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("doubles");
    /// let numbers = dag.parameter::<Vec<u64>>("numbers");
    /// let doubled = dag.map(Task::new("double", ["n"], |n: u64| 2 * n), (numbers.each(),));
    /// dag.output("return value", doubled);
    /// let error = dag.build().unwrap_err();
    /// let rules: Vec<_> = error.violations().iter().map(|violation| violation.rule()).collect();
    /// assert_eq!(rules, ["name", "map-over-parameter", "partitioned-output"]);
    /// ```
    pub fn build(mut self) -> Result<Dag, BuildError> {
        let mut violations = Vec::new();
        self.drafts.check_names(&self.name, &self.parameters, &mut violations);
        let outputs = self.drafts.outputs.iter().map(|(name, _)| &**name);
        check_values("output", outputs, &mut violations);
        violations.append(&mut self.violations);
        if !self.problems.is_empty() {
            let (parameters, drafts) = (&self.parameters, &self.drafts);
            let words = Words { names: drafts.names(), parameters, drafts };
            violations.extend(self.problems.iter().map(|problem| words.violation(problem)));
        }
        if !violations.is_empty() {
            return Err(BuildError::new(violations));
        }
        let (slots, types): (Vec<_>, _) = self.outputs.iter().copied().unzip();
        self.signature.each = slots.iter().map(|slot| self.edges.outside(*slot)).collect();
        for (parameter, slot) in
            self.signature.parameters.iter_mut().zip(&self.assembly.plan.parameters)
        {
            parameter.outside = self.edges.outside(*slot);
        }
        for (slot, known) in self.values.iter().enumerate() {
            if let (Origin::Part(_), From::Output(_, name)) =
                (known.origin, self.drafts.from(known.origin))
            {
                self.edges.part(slot, name);
            }
        }
        let readings: Vec<_> = slots.iter().map(|slot| (*slot, Mode::Take, None)).collect();
        let result = Body::Glue(Arc::new(|values| {
            let outputs = values.into_iter().map(Value::into_boxed);
            Parts::One(Box::new(outputs.collect::<Vec<Boxed>>()))
        }));
        self.assembly.push(result, &readings);
        self.signature.results = Results::Each(types);
        let plan = self.assembly.end();
        let edges = Box::new(self.edges.of_plan(&plan));
        let Self { name, parameters, drafts, signature, .. } = self;
        Ok(Dag::from_graph(Graph::new(name, parameters, drafts, plan, signature, Some(edges))))
    }

    fn add_node<Q, C, I>(&mut self, callee: C, inputs: I) -> Handle<Q::Value>
    where
        Q: Finish<C::Output>,
        C: Callee<I>,
    {
        self.reads.clear();
        let prepared = callee.prepare::<Q>(inputs, &mut self.reads);
        let slot = self.push_node(prepared, false);
        self.edges.leave::<Q::Value>(slot);
        Handle::new(self.id, slot)
    }

    fn add_map<Q, K, C, I>(&mut self, callee: C, inputs: I) -> Handle<K>
    where
        Q: Finish<C::Output>,
        K: FromIterator<Q::Value> + Send + 'static,
        C: MapCallee<I>,
    {
        self.reads.clear();
        let prepared = callee.prepare::<Q, Q::Value, K>(inputs, &mut self.reads);
        let slot = self.push_node(prepared, true);
        self.edges.leave::<Q::Value>(slot);
        Handle::new(self.id, slot)
    }
}
