//! The events of runs, as a stream.

use std::pin::Pin;
use std::task::{Context, Poll};

use dagger_core::{Event, Observer};
use futures_util::Stream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// An observer, and the stream of the events that it is told of, in the order in which it is told.
///
/// The events wait in memory until they are read; those of a stream that was dropped go nowhere.
///
/// # Examples
///
/// ```
/// use dagger_core::{Dag, EventKind, Inputs, build::hand::Task};
/// use dagger_runtime::{Runtime, events};
/// # use futures_util::StreamExt;
///
/// # futures_lite::future::block_on(async {
/// let mut dag = Dag::builder("square");
/// let n = dag.parameter::<u64>("n");
/// let square = dag.node(Task::new("square", ["n"], |n: u64| n * n), (n,));
/// dag.output("return_value", square);
/// let dag = dag.build()?;
///
/// let (observer, events) = events();
/// let runtime = Runtime::builder().observer(observer).build();
/// runtime.run_dag(&dag, Inputs::new().with("n", 3_u64)).await?;
/// drop(runtime);
///
/// let log: Vec<String> = events.map(|event| event.to_string()).collect().await;
/// assert_eq!(log, [
///     "dag `square`: started",
///     "node `square`: will start",
///     "node `square`: started",
///     "node `square`: finished",
///     "dag `square`: finished",
/// ]);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use]
pub fn events() -> (EventSender, Events) {
    let (sender, receiver) = unbounded_channel();
    (EventSender(sender), Events(receiver))
}

/// The observer behind an [`Events`].
#[derive(Debug, Clone)]
pub struct EventSender(UnboundedSender<Event>);

impl Observer for EventSender {
    fn observe(&self, event: &Event) {
        // Nobody may listen any more.
        let _ = self.0.send(event.clone());
    }
}

/// The events of all runs of the runtimes that have the observer. It ends when these are gone.
#[derive(Debug)]
pub struct Events(UnboundedReceiver<Event>);

impl Events {
    /// The next event; `None` when there will be no more.
    ///
    /// # Cancel safety
    ///
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }

    /// The next event, if there is one now.
    pub fn try_next(&mut self) -> Option<Event> {
        self.0.try_recv().ok()
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(task)
    }
}
