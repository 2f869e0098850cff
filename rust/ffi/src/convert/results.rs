//! Results, from the engine.

use spe_client::{Event, Failure, FailureKind, JobError, Received, Reply, WaitResult};

use crate::model;
use crate::operation::End;

impl model::Step {
    /// A step of a call without events.
    pub(crate) fn ended(ending: model::Ending) -> Self {
        Self {
            events: Vec::new(),
            ending,
        }
    }
}

impl From<(Vec<Event>, Option<End>)> for model::Step {
    fn from((events, end): (Vec<Event>, Option<End>)) -> Self {
        Self {
            events: events.into_iter().map(Into::into).collect(),
            ending: end.map_or(model::Ending::Running, Into::into),
        }
    }
}

impl From<End> for model::Ending {
    fn from(end: End) -> Self {
        match end {
            End::Replied(reply) => Self::Replied(reply.into()),
            End::Waited(result) => Self::Waited(result.into()),
            End::Received(received) => Self::Received(received.into()),
            End::Failed(failure) => Self::Failed(failure.into()),
            End::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Reply> for model::Reply {
    fn from(reply: Reply) -> Self {
        Self {
            status: reply.status.into(),
            body: reply.body,
            request_id: reply.request_id,
        }
    }
}

impl From<Received> for model::Received {
    fn from(received: Received) -> Self {
        Self {
            path: received.path.map(|path| path.to_string_lossy().into_owned()),
            length: received.length.cast_signed(),
            written: received.written,
        }
    }
}

impl From<WaitResult> for model::WaitResult {
    fn from(result: WaitResult) -> Self {
        Self {
            status: result.status,
            name: result.name,
            not_supported: result.not_supported,
            tells_errors: result.tells_errors,
            error: result.error.map(Into::into),
        }
    }
}

impl From<JobError> for model::JobError {
    fn from(error: JobError) -> Self {
        Self {
            correlation_id: error.correlation_id.unwrap_or_default(),
            message: error.message,
            fully_qualified_error_id: error.fully_qualified_error_id,
            error_category: error.error_category,
            exception_type: error.exception_type.unwrap_or_default(),
            script_stack_trace: error.script_stack_trace.unwrap_or_default(),
            position_message: error.position_message.unwrap_or_default(),
        }
    }
}

impl From<Failure> for model::Failure {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind.into(),
            message: failure.message,
            status: failure.status.into(),
            reason_phrase: failure.reason_phrase,
            body: failure.body,
            body_is_json: failure.body_is_json,
            restriction: failure.restriction,
            blocked_command: failure.blocked_command,
            policy: failure.policy,
            auth_failure_reason: failure.auth_failure_reason,
            retry_after: failure.retry_after,
            rate_limit: failure.rate_limit,
            request_id: failure.request_id,
        }
    }
}

impl From<FailureKind> for model::FailureKind {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Dns => Self::Dns,
            FailureKind::Connect => Self::Connect,
            FailureKind::Tls => Self::Tls,
            FailureKind::Timeout => Self::Timeout,
            FailureKind::Transport => Self::Transport,
            FailureKind::Authentication => Self::Authentication,
            FailureKind::CommandBlocked => Self::CommandBlocked,
            FailureKind::PolicyBlocked => Self::PolicyBlocked,
            FailureKind::Forbidden => Self::Forbidden,
            FailureKind::Throttled => Self::Throttled,
            FailureKind::Unavailable => Self::Unavailable,
            FailureKind::Http => Self::Http,
            FailureKind::Malformed => Self::Malformed,
            FailureKind::InvalidInput => Self::InvalidInput,
            FailureKind::FileRead => Self::FileRead,
            FailureKind::FileWrite => Self::FileWrite,
            FailureKind::Internal => Self::Internal,
        }
    }
}
