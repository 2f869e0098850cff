//! The channel to one worker process (docs/developers/worker-channel.md): frames, messages and the runs they are about.
//! The worker is assumed hostile; whatever breaks a rule ends it.

mod active_run;
mod calls;
mod conversation;
mod frame;
mod incoming;
mod outbox;
mod outgoing;
#[cfg(test)]
mod tests;

use std::time::Duration;

use spe_protocol::wait::JobError;

use super::RunOutcome;

pub(crate) use frame::FrameReader;

pub(super) use conversation::{Begun, Conversation, Ending, Listener};
pub(super) use incoming::Ready;
pub use outgoing::Versions;

/// What came over a channel breaks its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Violation(pub(super) &'static str);

/// Why a worker did not get ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum HandshakeError {
    /// It went away.
    #[error("the process ended before it was ready")]
    Closed,
    /// It took too long.
    #[error("the process was not ready within {} seconds", .0.as_secs())]
    Slow(Duration),
    /// What it said is not the protocol.
    #[error("the process does not speak the protocol of its channel: {0}")]
    Violation(Violation),
}

/// The outcome of a run that was not sent.
fn refused(message: &str) -> RunOutcome {
    RunOutcome::Failed(JobError {
        message: message.to_owned(),
        fully_qualified_error_id: "Spe.Remoting.RunRefused".to_owned(),
        error_category: "InvalidArgument".to_owned(),
        ..JobError::default()
    })
}
