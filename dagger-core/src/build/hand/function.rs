//! Functions as the tasks of nodes: called with what their inputs read.

use std::future::Future;

use super::input::{Input, MapInput};
use super::tuple::{Item, MapInputs, NodeInputs};

/// A function, or a closure, whose parameters are what these inputs read.
#[diagnostic::on_unimplemented(
    message = "the inputs `{I}` are not what this task takes",
    label = "a task of these inputs is expected",
    note = "each input is one parameter, in order: a handle `x` is a `T`, `x.by_ref()` a `&T`, \
            `x.each()` a partition"
)]
pub trait Function<I: NodeInputs>: Send + Sync + 'static {
    /// What it returns.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn call(&self, inputs: &I, held: &mut I::Held) -> Self::Output;
}

/// An `async fn`, or a closure that returns a future, whose parameters are what these inputs read.
#[diagnostic::on_unimplemented(
    message = "the inputs `{I}` are not what this async task takes",
    label = "an async task of these inputs, whose future can be sent, is expected",
    note = "each input is one parameter, in order: a handle `x` is a `T`, `x.by_ref()` a `&T`, \
            `x.each()` a partition"
)]
pub trait AsyncFunction<I: NodeInputs>: Send + Sync + 'static {
    /// What its future returns.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn call<'a>(
        &'a self,
        inputs: &'a I,
        held: &'a mut I::Held,
    ) -> impl Future<Output = Self::Output> + Send + 'a;
}

/// A function, or a closure, whose parameters are what these inputs of a map read.
#[diagnostic::on_unimplemented(
    message = "the inputs `{I}` are not what this task takes",
    label = "a task of these inputs is expected",
    note = "each input is one parameter, in order: a handle `x` is a `T`, `x.by_ref()` a `&T`, \
            `x.each()` a partition"
)]
pub trait MapFunction<I: MapInputs>: Send + Sync + 'static {
    /// What it returns.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn call_each<'a>(
        &self,
        inputs: &'a I,
        shared: &'a I::Shared,
        item: Option<Item<'a, I>>,
    ) -> Self::Output;
}

/// An `async fn`, or a closure that returns a future, whose parameters are what these inputs of a
/// map read.
#[diagnostic::on_unimplemented(
    message = "the inputs `{I}` are not what this async task takes",
    label = "an async task of these inputs, whose future can be sent, is expected",
    note = "each input is one parameter, in order: a handle `x` is a `T`, `x.by_ref()` a `&T`, \
            `x.each()` a partition"
)]
pub trait AsyncMapFunction<I: MapInputs>: Send + Sync + 'static {
    /// What its future returns.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn call_each<'a>(
        &'a self,
        inputs: &'a I,
        shared: &'a I::Shared,
        item: Option<Item<'a, I>>,
    ) -> impl Future<Output = Self::Output> + Send + 'a;
}

macro_rules! functions {
    ($($start:ident: $($input:ident $argument:ident)*;)*) => {$(
        /// A function that returns a future, for one lifetime of its arguments.
        pub trait $start<$($argument),*> {
            type Output;
            type Future: Future<Output = Self::Output> + Send;

            fn start(&self, $($argument: $argument),*) -> Self::Future;
        }

        impl<Fun, Fut $(, $argument)*> $start<$($argument),*> for Fun
        where
            Fun: Fn($($argument),*) -> Fut,
            Fut: Future + Send,
        {
            type Output = Fut::Output;
            type Future = Fut;

            #[inline]
            fn start(&self, $($argument: $argument),*) -> Fut {
                self($($argument),*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<Fun, R $(, $input)*> Function<($($input,)*)> for Fun
        where
            Fun: for<'a> Fn($($input::Argument<'a>),*) -> R + Send + Sync + 'static,
            R: Send + 'static,
            $($input: Input),*
        {
            type Output = R;

            #[inline]
            fn call(
                &self,
                inputs: &($($input,)*),
                held: &mut <($($input,)*) as NodeInputs>::Held,
            ) -> R {
                let ($($argument,)*) = NodeInputs::arguments(inputs, held);
                self($($argument),*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<Fun, R $(, $input)*> AsyncFunction<($($input,)*)> for Fun
        where
            Fun: for<'a> $start<$($input::Argument<'a>,)* Output = R> + Send + Sync + 'static,
            R: Send + 'static,
            $($input: Input),*
        {
            type Output = R;

            fn call<'a>(
                &'a self,
                inputs: &'a ($($input,)*),
                held: &'a mut <($($input,)*) as NodeInputs>::Held,
            ) -> impl Future<Output = R> + Send + 'a {
                let ($($argument,)*) = NodeInputs::arguments(inputs, held);
                self.start($($argument),*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<Fun, R $(, $input)*> MapFunction<($($input,)*)> for Fun
        where
            Fun: for<'a> Fn($($input::Argument<'a>),*) -> R + Send + Sync + 'static,
            R: Send + 'static,
            $($input: MapInput),*
        {
            type Output = R;

            #[inline]
            fn call_each<'a>(
                &self,
                inputs: &'a ($($input,)*),
                shared: &'a <($($input,)*) as MapInputs>::Shared,
                item: Option<Item<'a, ($($input,)*)>>,
            ) -> R {
                let ($($argument,)*) = MapInputs::arguments(inputs, shared, item);
                self($($argument),*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<Fun, R $(, $input)*> AsyncMapFunction<($($input,)*)> for Fun
        where
            Fun: for<'a> $start<$($input::Argument<'a>,)* Output = R> + Send + Sync + 'static,
            R: Send + 'static,
            $($input: MapInput),*
        {
            type Output = R;

            fn call_each<'a>(
                &'a self,
                inputs: &'a ($($input,)*),
                shared: &'a <($($input,)*) as MapInputs>::Shared,
                item: Option<Item<'a, ($($input,)*)>>,
            ) -> impl Future<Output = R> + Send + 'a {
                let ($($argument,)*) = MapInputs::arguments(inputs, shared, item);
                self.start($($argument),*)
            }
        }
    )*};
}

/// One way for each number of parameters; their names are types and variables at once.
#[allow(
    non_snake_case,
    non_camel_case_types,
    missing_docs,
    unreachable_pub,
    clippy::too_many_arguments,
    reason = "one name for a type and a variable of it"
)]
mod arities {
    use super::{
        AsyncFunction, AsyncMapFunction, Function, Future, Input, Item, MapFunction, MapInput,
        MapInputs, NodeInputs,
    };

    functions! {
        Start0: ;
        Start1: A a;
        Start2: A a B b;
        Start3: A a B b C c;
        Start4: A a B b C c D d;
        Start5: A a B b C c D d E e;
        Start6: A a B b C c D d E e G g;
        Start7: A a B b C c D d E e G g H h;
        Start8: A a B b C c D d E e G g H h J j;
    }
}
