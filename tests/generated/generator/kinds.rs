//! The constructs of the language, as a list: what can occur, what did, and what is not to.

use std::collections::{BTreeMap, BTreeSet};

/// Constructs that are not drawn at all: `f(x.len(), g(x))` is refused, since the argument is
/// evaluated when `f` runs, after `g` took `x` along.
pub(crate) const SWITCHED_OFF: &[Kind] = &[Kind::MoveAfterRead];

/// How often each construct occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<Kind, usize>);

impl Tally {
    /// Counts one more.
    pub(crate) fn add(&mut self, kind: Kind) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// Counts those of another body, too.
    pub(crate) fn extend(&mut self, other: &Tally) {
        for (kind, count) in &other.0 {
            *self.0.entry(*kind).or_default() += count;
        }
    }

    /// Whether any of these occurs.
    pub(crate) fn has_any(&self, kinds: &BTreeSet<Kind>) -> bool {
        kinds.iter().any(|kind| self.0.contains_key(kind))
    }

    /// The constructs that occur.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.0.keys().copied()
    }
}

/// Defines the enumeration, and the list of all of its values.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident)*) => {
        /// A construct.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every construct, in the order of their declaration.
            pub(crate) const ALL: &[Kind] = &[$(Kind::$kind),*];
        }
    };
}

kinds! {
    // DAGs
    /// `fn`
    SyncDag
    /// `async fn`
    AsyncDag
    /// `-> Result<…, Failure>`
    FallibleDag
    /// `-> Result<…, dagger::BoxError>`, to which `?` converts
    BoxErrorDag
    /// A body without nodes
    EmptyDag
    /// `#[default(…)]`
    DefaultParameter
    /// A node that needs five others or more before it
    Chain
    /// Two inputs of a node that depend on a third
    Diamond

    // Calls
    /// `f(g(x))`
    NestedCall
    /// `f(&g(x))`
    BorrowOfCall
    /// `f(g(x) + 1)`
    CallInExpression
    /// `f(vec![g(x), y])`, also in tuples, structs and `Some(…)`
    CallInGather
    /// A DAG as one node
    NestedDag
    /// A sync task in an async DAG
    SyncInAsync
    /// `tasks::f(x)`
    PathCall
    /// A generic task
    Generic
    /// `f::<u64>(x)`
    Turbofish
    /// `identity(x)` of the library
    Identity
    /// `f()`
    NodeWithoutInputs
    /// `after(done, n)`, where `done` is a `()`
    OrderByUnit
    /// `f(x);`
    UnusedOutput
    /// `let _ = f(x);`, of a `Result`
    LetUnderscore

    // Bindings
    /// `let (a, b) = f(x);`
    TupleBinding
    /// `let (a, _) = f(x);`, or the same in a map
    Wildcard
    /// `let x: u64 = f(y);`
    Annotation
    /// `let x = f(x);`
    Shadowing
    /// The same, with a parameter
    ShadowedParameter

    // Ownership
    /// A `Copy` value by value
    Copy
    /// `x.clone()`
    Clone
    /// A value that could be cloned is moved
    Move
    /// A value that cannot be cloned is moved
    MoveUncloneable
    /// A value that is not `Sync` is moved
    MoveUnshareable
    /// `&x`, or `x` where it is a reference
    Borrow
    /// A value is moved that another node has borrowed
    BorrowThenMove
    /// `f(x.len() as u64, g(x))`, where `x` is read for a node that runs after the one it moves to
    MoveAfterRead
    /// `batch.items`, moved out
    PartialMove
    /// `batch.size`, copied
    FieldCopy
    /// `&batch.label`
    FieldBorrow

    // Expressions
    /// `3`, `"text"`, `None`
    Literal
    /// `LIMIT`
    Constant
    /// `x + 1`
    Arithmetic
    /// `xs.len() as u64`, `x.to_string()`, `s.as_str()`
    MethodCall
    /// `s.into_bytes()`
    MovingMethod
    /// `s + "!"`
    MovingOperator
    /// `Duration::from_millis(x)`
    AssociatedCall
    /// `registry["low"]`
    KeyIndex
    /// `&xs[..]`
    SliceIndex
    /// `format!(…)`
    Format
    /// `format!("{x}")`
    FormatInline
    /// `Some(x)`
    SomeArgument
    /// `Ok(x)`
    OkArgument
    /// `vec![x, y]`
    VecGather
    /// `&[x, y]`, `BTreeSet::from([x, y])`
    ArrayGather
    /// `(x, y)`
    TupleGather
    /// `Summary { total: x, label: y }`
    StructGather
    /// `Point { x: y, ..point }`
    StructUpdate

    // Loops
    /// `for x in xs`
    ForOwned
    /// `for x in &xs`
    ForBorrowed
    /// `for x in xs.iter()`
    ForIter
    /// `for (a, b) in pairs`
    ForTuplePattern
    /// A loop that pushes
    ForPush
    /// A loop that only calls
    ForWithoutPush
    /// `?` in a loop
    QuestionMarkInLoop
    /// `Vec::new()`
    CollectorNew
    /// `let mut xs: Vec<u64> = Vec::new();`
    CollectorAnnotated
    /// `vec![]`
    CollectorMacro
    /// `Vec::with_capacity(4)`
    CollectorCapacity
    /// A statement between the collector and its loop
    CollectorEarly

    // Maps
    /// `xs.into_iter()`
    IntoIter
    /// `xs.iter()`
    Iter
    /// `xs.iter().copied()`
    IterCopied
    /// `xs.iter().cloned()`
    IterCloned
    /// `.map(|x| f(x, y))`
    MapClosure
    /// `.map(f)`
    MapPath
    /// `.map(|(a, b)| f(a, b))`
    ClosureTuplePattern
    /// `reduce(….collect())`
    MapInArgument
    /// `.collect()`
    CollectInferred
    /// `let xs: Vec<u64> = ….collect();`
    CollectTyped
    /// `.collect::<Vec<_>>()`
    CollectVec
    /// Into a `BTreeSet`
    CollectSet
    /// Into a `VecDeque`
    CollectDeque
    /// Into a `BTreeMap`
    CollectTable
    /// Into a `String`
    CollectString
    /// `.collect::<Result<Vec<_>, _>>()?`
    CollectResult
    /// The same into another collection: `.collect::<Result<BTreeSet<_>, _>>()?`
    CollectResultOther
    /// `join_all(…).await`
    JoinAll
    /// `try_join_all(…).await?`
    TryJoinAll

    // What is mapped, with what
    /// A fan-out that is called where it is mapped
    MapOverCall
    /// A part of a tuple output
    MapOverTupleElement
    /// A field of an output
    MapOverField
    /// An iterator
    LazySource
    /// An iterator that is bound first
    LazyBound
    /// A DAG per item
    MapOfDag
    /// A local that every item gets
    LocalInMap
    /// A collection of results
    MapOfResults
    /// A collection that two nodes get
    CollectedUsedTwice
    /// A collection in an expression, after its loop: `collected.len() as u64`, `&collected[..]`
    CollectedInExpression

    // Failure
    /// `f(x)?`
    QuestionMark
    /// The `Result` of a task that flows on
    ResultAsValue
    /// The `Result` of a DAG that flows on
    DagResultAsValue
    /// The same with `dagger::BoxError`
    BoxedResultAsValue

    // Results
    /// `x`
    ResultSingle
    /// `f(x)`
    ResultCall
    /// `(x, y)`
    ResultTuple
    /// `Summary { total: x, label: y }`
    ResultStruct
    /// `(x, x)`
    ResultRepeated
    /// `batch.items`
    ResultField
    /// `()`
    ResultUnit
    /// `Ok(…)`
    ResultOk
    /// `f(x)`, whose `Result` is that of the DAG
    ResultTail
}
