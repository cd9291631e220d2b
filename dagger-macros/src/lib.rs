//! The `#[task]` and `#[dag]` attributes of [dagger](https://docs.rs/dagger).
//!
//! Users come to this crate through the facade crate `dagger`, where the attributes are documented
//! with examples that run.

mod argo;
mod body;
mod codegen;
mod diagnostic;
mod expand;
mod function;
mod head;
mod options;
mod ownership;
mod rules;
#[cfg(test)]
mod tests;
mod text;

use proc_macro::TokenStream;

/// Marks a function as a task: a node of the dags that call it.
///
/// The function stays as it is and can be called as before. A `fn` is taken for computation and
/// runs on compute threads; an `async fn` runs on tokio. Both may return a `Result<T, E>`, for any
/// `E` that converts into a boxed error, `anyhow::Error` among them. Parameters may be borrowed
/// (`&T`, `&str`, `&[T]`): a dag shares the value then, and copies nothing.
///
/// # Options
///
/// | option | meaning |
/// | --- | --- |
/// | `concurrency = 4` | at most so many calls at a time, over all runs of the process |
/// | `retry(limit = 3)` | a call that returns an `Err`, panics or times out is made again, at most so often; the task is called with clones of what moves into it, as long as another attempt may follow |
/// | `retry(limit = 3, backoff = "100ms..10s")` | the same after a pause, which begins with the first time and doubles up to the second |
/// | `timeout = "30s"` | an attempt that takes longer fails; an async task is dropped, the late result of a computation is |
/// | `label = name` | names a call, in errors and events: any expression over the parameters whose value implements `Display`; not on generic tasks, nor on those that return `impl Trait` |
/// | `serializer = MessagePack` | how its outputs are written and read where they leave the process: a type that is a `Serializer` of what it returns, of the parts of that, or of its partitions; `Json` where nothing is said |
/// | `version = 2` | which version of the task this is: what a checkpoint or a cache has of another one is not used |
/// | `cache` | what it returns is kept in the cache of a runtime that has one, and taken from there |
/// | `argo(container = { … }, template = { … }, task = { … })` | fields of Argo's, as JSON: of the container, the template and the task, where it runs on Argo Workflows |
/// | `argo(batch = 100)` | how many partitions one pod works on there, at most, where it is mapped |
/// | `crate = path::to::dagger` | where the library is, if it has another name |
///
/// # Examples
///
/// ```ignore
/// #[task]
/// fn count_words(text: &str) -> usize {
///     text.split_whitespace().count()
/// }
///
/// #[task(concurrency = 2)]
/// async fn fetch(url: String) -> Result<String, std::io::Error> {
///     Ok(url)
/// }
/// ```
#[proc_macro_attribute]
pub fn task(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::task(options.into(), item.into()).into()
}

/// Marks a function as a dag: its body is read as a graph of the tasks and dags that it calls.
///
/// The function stays as it is: called, it runs one call after another. Beside it, in the type
/// namespace, stands a struct of the same name with the graph's side:
///
/// - `f::call(a, b)` is a call of the graph: `.await` it, or `.run_blocking()`;
/// - `f::builder()` sets parameters by name, and leaves out those with a `#[default(…)]`;
/// - `f::dag()` is the graph's description.
///
/// Nodes run as soon as their inputs are there, at the same time where no data connects them. A
/// `for` loop over the output of a node, with one call in its body, is a map: the call runs for all
/// partitions at the same time, and what is pushed comes in the order of the partitions.
///
/// What a body cannot contain is an error at the place in question, which says why and what to
/// write instead.
///
/// A parameter may have a `#[default(…)]` and, for the files of the command line, a
/// `#[serializer(…)]`.
///
/// # Options
///
/// | option | meaning |
/// | --- | --- |
/// | `crate = path::to::dagger` | where the library is, if it has another name |
///
/// # Examples
///
/// ```ignore
/// #[dag]
/// fn longest(folder: String, #[default(3)] depth: u32) -> usize {
///     let mut counts = Vec::new();
///     for text in read_texts(folder, depth) {
///         counts.push(count_words(&text));
///     }
///     maximum(counts)
/// }
/// ```
#[proc_macro_attribute]
pub fn dag(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::dag(options.into(), item.into()).into()
}
