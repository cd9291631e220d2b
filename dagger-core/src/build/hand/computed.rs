//! Inputs that are computed: constants, expressions, and values that are gathered.

use std::borrow::Cow;
use std::fmt::Debug;

use super::function::{Function, MapFunction};
use super::handle::Handle;
use super::input::{Collection, Input, Item, MapInput, next};
use super::reads::{Reads, Shape};
use super::source::Same;
use super::tuple::{MapInputs, NodeInputs};
use crate::exec::signature::Type;
use crate::exec::value::{Boxed, IntoValues};

/// A hard-coded value, which every run clones. The description shows it as `Debug` prints it.
///
/// # Examples
///
/// ```
/// use dagger_core::{Dag, build::hand::{Task, constant}};
///
/// let mut dag = Dag::builder("square");
/// let n = dag.parameter::<u64>("n");
/// let raise = Task::new("raise", ["n", "exponent"], u64::pow);
/// let square = dag.node(raise, (n, constant(2_u32)));
/// dag.output("return_value", square);
/// assert!(dag.build().unwrap().to_string().contains("raise(n, exponent: `2`)"));
/// ```
pub fn constant<T: Clone + Debug + Send + Sync + 'static>(value: T) -> Constant<T> {
    Constant { value, text: None }
}

/// See [`constant`].
pub struct Constant<T> {
    value: T,
    text: Option<Cow<'static, str>>,
}

impl<T> Constant<T> {
    /// The text of the constant in the description.
    #[must_use]
    pub fn written(self, text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: Some(text.into()), ..self }
    }
}

impl<T: Clone + Debug> Constant<T> {
    pub(super) fn text(&self) -> Cow<'static, str> {
        self.text.clone().unwrap_or_else(|| format!("{:?}", self.value).into())
    }
}

impl<T> Constant<T> {
    pub(super) fn into_value(self) -> T {
        self.value
    }
}

impl<T: Clone + Debug + Send + Sync + 'static> Input for Constant<T> {
    type Held = ();
    type Argument<'a> = T;

    fn read(&self, reads: &mut Reads) {
        reads.shape(Shape::Constant(self.text()));
    }

    fn receive(&self, _: &mut IntoValues<'_>) {}

    fn argument<'a>(&'a self, (): &'a mut ()) -> T {
        self.value.clone()
    }

    fn boxed_type(&self) -> Type {
        Type::of::<T>()
    }

    fn boxed(&self, (): &mut ()) -> Boxed {
        Box::new(self.value.clone())
    }
}

impl<T: Clone + Debug + Send + Sync + 'static> MapInput for Constant<T> {
    type Source = Same;
    type Shared = ();
    type Argument<'a> = T;

    fn read(&self, reads: &mut Reads) {
        reads.shape(Shape::Constant(self.text()));
    }

    fn receive(&self, _: &mut IntoValues<'_>) -> (Option<()>, ()) {
        (None, ())
    }

    fn argument<'a>(&'a self, (): &'a (), _: Option<()>) -> T {
        self.value.clone()
    }

    fn boxed_type(&self) -> Option<Type> {
        Some(Type::of::<T>())
    }

    fn boxed<'a>(&'a self, (): &'a (), _: Option<()>) -> Boxed {
        Box::new(self.value.clone())
    }
}

/// An expression over other inputs, which is evaluated when its node runs; in a map, for every
/// partition.
///
/// `text` is the expression as the description shows it. The closure says the types of its
/// parameters. Without inputs, the expression is a constant.
///
/// # Examples
///
/// ```
/// use dagger_core::{Dag, build::hand::{Task, expression}};
///
/// let mut dag = Dag::builder("next");
/// let n = dag.parameter::<u64>("n");
/// let next = expression("n + 1", (n.copied(),), |n: u64| n + 1);
/// let square = dag.node(Task::new("square", ["n"], |n: u64| n * n), (next,));
/// dag.output("return_value", square);
/// assert!(dag.build().unwrap().to_string().contains("square(n: `n + 1`)"));
/// ```
pub fn expression<I, F>(
    text: impl Into<Cow<'static, str>>,
    inputs: I,
    value: F,
) -> Expression<I, F> {
    Expression { text: text.into(), inputs, value }
}

/// See [`expression`].
pub struct Expression<I, F> {
    text: Cow<'static, str>,
    inputs: I,
    value: F,
}

impl<I, F> Expression<I, F> {
    fn shape(&self, length: usize) -> Shape {
        match length {
            0 => Shape::Constant(self.text.clone()),
            _ => Shape::Expression(self.text.clone()),
        }
    }
}

impl<I: NodeInputs, F: Function<I>> Input for Expression<I, F> {
    type Held = I::Held;
    type Argument<'a> = F::Output;

    fn read(&self, reads: &mut Reads) {
        reads.shaped(self.shape(I::LENGTH), |reads| self.inputs.read(reads));
    }

    fn receive(&self, values: &mut IntoValues<'_>) -> I::Held {
        self.inputs.receive(values)
    }

    fn argument<'a>(&'a self, held: &'a mut I::Held) -> F::Output {
        self.value.call(&self.inputs, held)
    }

    fn boxed_type(&self) -> Type {
        Type::of::<F::Output>()
    }

    fn boxed(&self, held: &mut I::Held) -> Boxed {
        Box::new(self.value.call(&self.inputs, held))
    }
}

impl<I: MapInputs, F: MapFunction<I>> MapInput for Expression<I, F> {
    type Source = I::Source;
    type Shared = I::Shared;
    type Argument<'a> = F::Output;

    fn read(&self, reads: &mut Reads) {
        reads.shaped(self.shape(I::LENGTH), |reads| self.inputs.read(reads));
    }

    fn receive(&self, values: &mut IntoValues<'_>) -> (Option<Collection<Self>>, I::Shared) {
        self.inputs.receive(values)
    }

    fn argument<'a>(&'a self, shared: &'a I::Shared, item: Option<Item<'a, Self>>) -> F::Output {
        self.value.call_each(&self.inputs, shared, item)
    }

    fn boxed_type(&self) -> Option<Type> {
        Some(Type::of::<F::Output>())
    }

    fn boxed<'a>(&'a self, shared: &'a I::Shared, item: Option<Item<'a, Self>>) -> Boxed {
        Box::new(self.value.call_each(&self.inputs, shared, item))
    }
}

/// A `Vec` of the values behind several handles, which all move: `vec![a, b]` in a body.
///
/// # Examples
///
/// ```
/// use dagger_core::{Dag, build::hand::{Task, gather}};
///
/// let mut dag = Dag::builder("sum-of-powers");
/// let power = |n: u64| Task::new("power", [""; 0], move || n.pow(2));
/// let powers: Vec<_> = (1..=3).map(|n| dag.node(power(n), ())).collect();
/// let sum = Task::new("sum", ["numbers"], |numbers: Vec<u64>| numbers.iter().sum::<u64>());
/// let sum = dag.node(sum, (gather(powers),));
/// dag.output("return_value", sum);
/// let dag = dag.build().unwrap();
/// assert_eq!(dag.node("sum").unwrap().dependencies(), ["power-1", "power-2", "power-3"]);
/// ```
pub fn gather<T>(handles: impl IntoIterator<Item = Handle<T>>) -> Gather<T> {
    Gather { handles: handles.into_iter().collect(), text: Cow::Borrowed("vec![…]") }
}

/// See [`gather`].
pub struct Gather<T> {
    handles: Vec<Handle<T>>,
    text: Cow<'static, str>,
}

impl<T> Gather<T> {
    /// The text of the gathering in the description, `vec![…]` where nothing else is said.
    #[must_use]
    pub fn written(self, text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), ..self }
    }
}

impl<T: Send + 'static> Input for Gather<T> {
    type Held = Vec<T>;
    type Argument<'a> = Vec<T>;

    fn read(&self, reads: &mut Reads) {
        reads.shaped(Shape::Expression(self.text.clone()), |reads| {
            self.handles.iter().for_each(|handle| Input::read(handle, reads));
        });
    }

    fn receive(&self, values: &mut IntoValues<'_>) -> Vec<T> {
        self.handles.iter().map(|_| next(values).into_owned()).collect()
    }

    fn argument<'a>(&'a self, held: &'a mut Vec<T>) -> Vec<T> {
        std::mem::take(held)
    }

    fn boxed_type(&self) -> Type {
        Type::of::<Vec<T>>()
    }

    fn boxed(&self, held: &mut Vec<T>) -> Boxed {
        Box::new(std::mem::take(held))
    }
}
