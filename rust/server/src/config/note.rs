//! What the log tells about the configuration in lines of a fixed form.

use std::fmt;

/// Something that was noticed while the configuration was read (authentication 7.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A condition does not hold, and what it stands on is left out.
    BlockSkipped {
        /// File and line of the condition.
        place: String,
        /// The condition, such as `env:require=SITECORE_SPE_OAUTH`.
        condition: String,
    },
    /// A condition names an environment variable whose value is neither yes nor no, which counts as no.
    EnvValueUnrecognized {
        /// The variable. Its value is not told.
        name: String,
    },
}

impl Note {
    /// Writes it to the log.
    pub fn log(&self) {
        match self {
            Self::BlockSkipped { place, condition } => {
                tracing::debug!(target: "AuthConfig", action = "blockSkipped", file = place, condition);
            }
            Self::EnvValueUnrecognized { name } => {
                tracing::warn!(target: "AuthConfig", action = "startupWarning", code = "envValueUnrecognized", name);
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlockSkipped { place, condition } => write!(f, "{place}: left out, since {condition} does not hold"),
            Self::EnvValueUnrecognized { name } => write!(
                f,
                "envValueUnrecognized: the environment variable {name} is neither true, 1, yes, on, enabled nor false, 0, no, off, \
                 disabled, and counts as not set"
            ),
        }
    }
}
