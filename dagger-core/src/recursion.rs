//! A dag that calls itself through others has no graph: found when it is built.

use std::cell::RefCell;
use std::sync::OnceLock;

use crate::error::{BuildError, Violation};
use crate::graph::Dag;
use crate::name;

thread_local! {
    /// The dags that this thread is building, outermost first: the addresses of their cells, since
    /// two functions may have one name, and the functions.
    static BUILDING: RefCell<Vec<(usize, &'static str)>> = const { RefCell::new(Vec::new()) };
}

/// Builds the graph of `function` the first time it is asked for.
///
/// `build` runs outside of the cell's lock, since it builds the dags that this one calls: two
/// threads may build the same graph once each, and never wait for each other.
///
/// # Errors
///
/// If the graph cannot be built, as when a dag calls itself through others.
pub fn build_once(
    cell: &'static OnceLock<Result<Dag, BuildError>>,
    function: &'static str,
    build: impl FnOnce() -> Result<Dag, BuildError>,
) -> Result<Dag, BuildError> {
    if let Some(built) = cell.get() {
        return shared(built);
    }
    let address = std::ptr::from_ref(cell).addr();
    let again = BUILDING.with_borrow(|building| {
        let at = building.iter().position(|(known, _)| *known == address)?;
        let path = building[at..].iter().map(|(_, function)| name::of_function(function));
        Some(Violation::recursive(&path.collect::<Vec<_>>()))
    });
    if let Some(error) = again {
        return Err(error.into());
    }
    BUILDING.with_borrow_mut(|building| building.push((address, function)));
    let built = build();
    BUILDING.with_borrow_mut(Vec::pop);
    shared(cell.get_or_init(|| built))
}

fn shared(built: &'static Result<Dag, BuildError>) -> Result<Dag, BuildError> {
    built.as_ref().map(Dag::of_static).map_err(Clone::clone)
}
