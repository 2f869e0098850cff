//! Turns a panic into a failure. A panic that left an exported function would end the user's shell.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::sync::Once;
use std::task::Poll;

use spe_client::{Failure, FailureKind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs the body of an exported method.
pub(crate) fn guard_sync<T>(body: impl FnOnce() -> T) -> Result<T, Failure> {
    watch_panics();
    let outer = GUARDED.replace(true);
    // Unwind safety: what a panicking call leaves behind is locks, which do not poison here, and a call that ends as
    // failed.
    let outcome = catch_unwind(AssertUnwindSafe(body));
    GUARDED.set(outer);
    outcome.map_err(|payload| failure(payload.as_ref()))
}

/// Runs a future, guarding every poll of it.
pub(crate) async fn guard_async<T>(body: impl Future<Output = T>) -> Result<T, Failure> {
    let mut body = pin!(body);
    poll_fn(|context| match guard_sync(|| body.as_mut().poll(context)) {
        Ok(poll) => poll.map(Ok),
        Err(failure) => Poll::Ready(Err(failure)),
    })
    .await
}

/// Notes where a guarded panic happened instead of writing it to the user's terminal; others go the way they went
/// before.
fn watch_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
            if GUARDED.get() {
                PLACE.set(panic.location().map(ToString::to_string));
            } else {
                previous(panic);
            }
        }));
    });
}

fn failure(payload: &(dyn Any + Send)) -> Failure {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = PLACE.take().unwrap_or_else(|| "an unknown place".to_owned());
    Failure::new(
        FailureKind::Internal,
        format!("A fault inside the SPE module: {text} (at {place}). Please report it with this text."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Errors cross as data: a panic becomes a failure with its message and place.
    #[test]
    fn a_panic_becomes_an_internal_failure_with_message_and_place() {
        let failure = guard_sync(|| panic!("the {} is gone", "roof"))
            .map(|(): ()| ())
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::Internal);
        assert!(failure.message.contains("the roof is gone"), "{}", failure.message);
        assert!(failure.message.contains("guard.rs:"), "{}", failure.message);
    }

    #[tokio::test]
    async fn a_panic_after_an_await_becomes_an_internal_failure_with_message_and_place() {
        let failure = guard_async(async {
            tokio::task::yield_now().await;
            assert_ne!(std::hint::black_box(1), 1, "one is one");
        })
        .await
        .unwrap_err();
        assert_eq!(failure.kind, FailureKind::Internal);
        assert!(failure.message.contains("one is one"), "{}", failure.message);
        assert!(failure.message.contains("guard.rs:"), "{}", failure.message);
    }

    #[test]
    fn a_guard_inside_a_guard_leaves_the_outer_one_on() {
        let outer = guard_sync(|| {
            let _ = guard_sync(|| panic!("inner")).map(|(): ()| ());
            panic!("outer")
        });
        let failure = outer.map(|(): ()| ()).unwrap_err();
        assert!(failure.message.contains("outer"), "{}", failure.message);
        assert!(failure.message.contains("guard.rs:"), "{}", failure.message);
    }
}
