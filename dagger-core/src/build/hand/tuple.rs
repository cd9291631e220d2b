//! The inputs of a node, as a tuple.

use super::input::{Input, MapInput};
use super::reads::Reads;
use super::source::{Same, Source};
use crate::exec::signature::Type;
use crate::exec::value::{Boxed, IntoValues};

/// The inputs of a node that runs once: a tuple of up to 8 [`Input`]s, in the order of the task's
/// parameters.
///
/// One input is a tuple as well, with a comma: `(numbers,)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the inputs of a node",
    label = "takes a tuple of up to 8 inputs: `()`, `(a,)`, `(a, b)`…",
    note = "an input is a handle, `x.by_ref()`, `x.copied()`, `constant(2)` and the like; \
            `x.each()` is one of a map: `dag.map(…)`"
)]
pub trait NodeInputs: Send + Sync + 'static {
    #[doc(hidden)]
    const LENGTH: usize;
    #[doc(hidden)]
    type Held: Send + 'static;
    #[doc(hidden)]
    type Arguments<'a>;

    #[doc(hidden)]
    fn read(&self, reads: &mut Reads);
    #[doc(hidden)]
    fn receive(&self, values: &mut IntoValues<'_>) -> Self::Held;
    #[doc(hidden)]
    fn arguments<'a>(&'a self, held: &'a mut Self::Held) -> Self::Arguments<'a>;
    #[doc(hidden)]
    fn boxed_types(&self) -> Vec<Option<Type>>;
    #[doc(hidden)]
    fn boxed(&self, held: &mut Self::Held) -> Vec<Boxed>;
}

/// The inputs of a map: a tuple of up to 8 [`MapInput`]s, exactly one of which is, or has in it, a
/// partition, in the order of the task's parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the inputs of a map",
    label = "takes a tuple of up to 8 inputs, one of them a partition: `(x.each(), y.by_ref())`…",
    note = "a map runs its task for every partition, so that none of them can take a value along: \
            `y.by_ref()`, `y.copied()` or `y.cloned()`"
)]
pub trait MapInputs: Send + Sync + 'static {
    #[doc(hidden)]
    const LENGTH: usize;
    #[doc(hidden)]
    type Source: Source;
    #[doc(hidden)]
    type Shared: Clone + Send + Sync + 'static;
    #[doc(hidden)]
    type Arguments<'a>;

    #[doc(hidden)]
    fn read(&self, reads: &mut Reads);
    #[doc(hidden)]
    fn receive(&self, values: &mut IntoValues<'_>) -> (Option<Collection<Self>>, Self::Shared);
    #[doc(hidden)]
    fn arguments<'a>(
        &'a self,
        shared: &'a Self::Shared,
        item: Option<Item<'a, Self>>,
    ) -> Self::Arguments<'a>;
    #[doc(hidden)]
    fn boxed_types(&self) -> Vec<Option<Type>>;
    #[doc(hidden)]
    fn boxed<'a>(&'a self, shared: &'a Self::Shared, item: Option<Item<'a, Self>>) -> Vec<Boxed>;
}

type Collection<I> = <<I as MapInputs>::Source as Source>::Collection;
pub(super) type Item<'a, I> = <<I as MapInputs>::Source as Source>::Item<'a>;

/// The first source of several inputs.
macro_rules! first_of {
    () => { Same };
    ($first:ident $($rest:ident)*) => {
        <$first::Source as Source>::Or<first_of!($($rest)*)>
    };
}

/// The items of several inputs, as nested pairs.
macro_rules! items_of {
    ($item:ident;) => { let _ = $item; };
    ($item:ident; $first:ident $($rest:ident)*) => {
        #[allow(non_snake_case, reason = "a variable of the name of its type")]
        let ($first, $item) = <$first::Source as Source>::item::<first_of!($($rest)*)>($item);
        items_of!($item; $($rest)*);
    };
}

/// The collection of the first of several inputs that has one.
macro_rules! collection_of {
    () => { None };
    ($first:ident $($rest:ident)*) => {
        <$first::Source as Source>::first::<first_of!($($rest)*)>(
            $first.0,
            collection_of!($($rest)*),
        )
    };
}

macro_rules! tuples {
    ($($length:literal: $($input:ident $index:tt)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        #[allow(unused_variables, clippy::unused_unit, clippy::let_unit_value)]
        impl<$($input: Input),*> NodeInputs for ($($input,)*) {
            const LENGTH: usize = $length;
            type Held = ($($input::Held,)*);
            type Arguments<'a> = ($($input::Argument<'a>,)*);

            fn read(&self, reads: &mut Reads) {
                $(self.$index.read(reads);)*
            }

            fn receive(&self, values: &mut IntoValues<'_>) -> Self::Held {
                ($(self.$index.receive(values),)*)
            }

            fn arguments<'a>(&'a self, held: &'a mut Self::Held) -> Self::Arguments<'a> {
                ($(self.$index.argument(&mut held.$index),)*)
            }

            fn boxed_types(&self) -> Vec<Option<Type>> {
                vec![$(Some(self.$index.boxed_type())),*]
            }

            fn boxed(&self, held: &mut Self::Held) -> Vec<Boxed> {
                vec![$(self.$index.boxed(&mut held.$index)),*]
            }
        }

        #[diagnostic::do_not_recommend]
        #[allow(unused_variables, non_snake_case, clippy::unused_unit, clippy::let_unit_value)]
        impl<$($input: MapInput),*> MapInputs for ($($input,)*) {
            const LENGTH: usize = $length;
            type Source = first_of!($($input)*);
            type Shared = ($($input::Shared,)*);
            type Arguments<'a> = ($($input::Argument<'a>,)*);

            fn read(&self, reads: &mut Reads) {
                $(self.$index.read(reads);)*
            }

            fn receive(
                &self,
                values: &mut IntoValues<'_>,
            ) -> (Option<Collection<Self>>, Self::Shared) {
                $(let $input = self.$index.receive(values);)*
                (collection_of!($($input)*), ($($input.1,)*))
            }

            fn arguments<'a>(
                &'a self,
                shared: &'a Self::Shared,
                item: Option<Item<'a, Self>>,
            ) -> Self::Arguments<'a> {
                items_of!(item; $($input)*);
                ($(self.$index.argument(&shared.$index, $input),)*)
            }

            fn boxed_types(&self) -> Vec<Option<Type>> {
                vec![$(self.$index.boxed_type()),*]
            }

            fn boxed<'a>(
                &'a self,
                shared: &'a Self::Shared,
                item: Option<Item<'a, Self>>,
            ) -> Vec<Boxed> {
                items_of!(item; $($input)*);
                vec![$(self.$index.boxed(&shared.$index, $input)),*]
            }
        }
    )*};
}

tuples! {
    0: ;
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 G 5;
    7: A 0 B 1 C 2 D 3 E 4 G 5 H 6;
    8: A 0 B 1 C 2 D 3 E 4 G 5 H 6 J 7;
}
