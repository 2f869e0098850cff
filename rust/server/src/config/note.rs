//! What the log tells about the configuration in lines of a fixed form.

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
