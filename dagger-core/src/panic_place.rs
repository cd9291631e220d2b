//! What a task panicked with, and where, which only the panic hook is told.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{set_hook, take_hook};
use std::sync::Once;
use std::thread;

thread_local! {
    /// The message and the place of the last panic of this thread.
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// From now on, keeps the place of a panic for the error of its run; the process's panic hook is
/// called as before. A hook that the process sets later, and that does not call the one it replaces,
/// ends this.
pub fn watch() {
    static WATCH: Once = Once::new();
    // The hook cannot be changed by a thread that is panicking.
    if WATCH.is_completed() || thread::panicking() {
        return;
    }
    WATCH.call_once(|| {
        let hook = take_hook();
        set_hook(Box::new(move |panic| {
            let message = panic.payload_as_str().unwrap_or_default();
            let place = panic.location().map(ToString::to_string);
            let last = place.map(|place| (message.to_owned(), place));
            // A thread that ends has no such place any more.
            let _ = LAST.try_with(|cell| cell.replace(last));
            hook(panic);
        }));
    });
}

/// The message of a panic, if it is a string.
#[must_use]
pub fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

/// The place of the panic with this message, if it was the last one of this thread. A panic that was
/// resumed from another thread has none here.
pub(crate) fn take(message: &str) -> Option<String> {
    let last = LAST.take();
    last.filter(|(last, _)| last == message).map(|(_, place)| place)
}
