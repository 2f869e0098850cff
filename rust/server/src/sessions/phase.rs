//! Where a session or job is in its life, and how each kind of reader calls it (wire protocol 5.5 and 6.4).

use spe_protocol::wait::WaitStatus;

/// Where a session or job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Its first run has not begun: it waits for a process.
    Pending,
    /// It runs.
    Running,
    /// Its last run came to an end.
    Ended(Verdict),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It came to its end.
    Completed,
    /// An error ended it, or its process was lost.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

impl Phase {
    /// Whether nothing runs and nothing is about to.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Ended(_))
    }

    /// What a wait for a script session says. Never `Idle` for a run that threw (WP-D-16).
    pub fn script_status(self) -> WaitStatus {
        match self {
            Self::Pending => WaitStatus::Pending,
            Self::Running => WaitStatus::Busy,
            Self::Ended(Verdict::Completed) => WaitStatus::Idle,
            Self::Ended(Verdict::Failed) => WaitStatus::Failed,
            Self::Ended(Verdict::Stopped) => WaitStatus::Stopped,
        }
    }

    /// What a wait for a Sitecore job says: a closed set, in which a stopped job counts as failed.
    pub fn sitecore_status(self) -> WaitStatus {
        match self {
            Self::Pending | Self::Running => WaitStatus::Busy,
            Self::Ended(Verdict::Completed) => WaitStatus::Done,
            Self::Ended(_) => WaitStatus::Failed,
        }
    }

    /// What scripts see. A queued job reads `Busy`: old polling scripts take anything else for done.
    pub fn script_state(self) -> &'static str {
        match self {
            Self::Pending | Self::Running => "Busy",
            Self::Ended(Verdict::Completed) => "Available",
            Self::Ended(Verdict::Failed) => "Failed",
            Self::Ended(Verdict::Stopped) => "Stopped",
        }
    }
}
