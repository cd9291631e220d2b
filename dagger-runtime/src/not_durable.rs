//! In place of `durable`, where nothing is kept: what would be is never there.

use std::future::Ready;
use std::sync::Arc;

use dagger_core::exec::context::Context;
use dagger_core::exec::plan::{Body, BoxFuture, Ended, Start};
use dagger_core::exec::run::{Attached, Run};
use dagger_core::exec::value::{Boxed, Values};
use dagger_core::{Dag, Error};

/// Keeps nothing.
#[derive(Clone, Default)]
pub(crate) struct Durable(());

/// There is none.
pub(crate) enum Scope {}

pub(crate) type Begin = fn(&Context, &Start, bool, &mut Values) -> Result<Ended, BoxFuture<Ended>>;

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as where something is kept")]
impl Durable {
    pub(crate) fn open(&self, _: &Dag, _: &[Boxed]) -> Result<Option<Arc<Scope>>, Error> {
        Ok(None)
    }
}

impl Scope {
    #[inline]
    pub(crate) fn of(_: &Run) -> Option<Arc<Self>> {
        None
    }

    pub(crate) fn nested(&self, _: usize, _: usize) -> Option<Attached> {
        match *self {}
    }

    pub(crate) fn tell(&self, _: &Run) {
        match *self {}
    }

    pub(crate) fn finish(&self, _: &str) -> Ready<Result<(), Error>> {
        match *self {}
    }
}

pub(crate) fn start(
    scope: &Arc<Scope>,
    _: &Context,
    _: &Body,
    _: &mut Values,
    _: Begin,
) -> BoxFuture<Ended> {
    match **scope {}
}
