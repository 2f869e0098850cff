//! Why a configuration is not taken. Each message is meant for the operator's eyes and says the way out.

use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong, and where.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no configuration.
    #[error(
        "there is no configuration in {}; write one with: spe-server init --folder '{}'",
        folder.display(),
        folder.display()
    )]
    Missing {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is not there or cannot be read.
    #[error("cannot read {}: {cause}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A file that holds secrets, or steers the server, is open to others.
    #[error(
        "other users can {what} {} (mode {mode:04o}); close it to them with: chmod 600 '{}'",
        file.display(),
        file.display()
    )]
    Exposed {
        /// The file.
        file: PathBuf,
        /// `read` or `change`.
        what: &'static str,
        /// Its permission bits.
        mode: u32,
    },
    /// Something in it is not as it must be.
    #[error("{place}: {problem}")]
    Invalid {
        /// The file with its line, or the environment variable.
        place: String,
        /// A sentence.
        problem: String,
    },
}

impl ConfigError {
    /// A problem at a place.
    pub fn at(place: impl fmt::Display, problem: impl Into<String>) -> Self {
        Self::Invalid {
            place: place.to_string(),
            problem: problem.into(),
        }
    }

    /// A problem in a file as a whole.
    pub fn in_file(file: &Path, problem: impl Into<String>) -> Self {
        Self::at(file.display(), problem)
    }
}
