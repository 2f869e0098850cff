//! Whether a request went over a connection of its own or over a pooled one.
//!
//! A server may close an idle connection in the moment it is used again. A request that can be sent twice without harm is
//! then sent again at once, but only when it went over a pooled connection: on a new one the same symptom is a failure.

use std::cell::Cell;
use std::task::{Context, Poll};

use tower::Layer;
use tower_service::Service;

tokio::task_local! {
    static CONNECTED: Cell<bool>;
}

/// Runs a request and tells whether it opened a connection.
pub(crate) async fn watch<T>(request: impl Future<Output = T>) -> (T, bool) {
    let request = async {
        let outcome = request.await;
        (outcome, CONNECTED.with(Cell::get))
    };
    CONNECTED.scope(Cell::new(false), request).await
}

/// Notes each connection that is opened. The connector is called within the task of the request that needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoteConnections;

impl<S> Layer<S> for NoteConnections {
    type Service = Noted<S>;

    fn layer(&self, inner: S) -> Noted<S> {
        Noted { inner }
    }
}

/// A connector that notes its calls.
#[derive(Clone, Debug)]
pub(crate) struct Noted<S> {
    inner: S,
}

impl<S: Service<R>, R> Service<R> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        let _ = CONNECTED.try_with(|connected| connected.set(true));
        self.inner.call(request)
    }
}
