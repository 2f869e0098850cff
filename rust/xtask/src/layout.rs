//! Where everything lies.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// How a build is optimised.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Profile {
    /// Name of the folder below target/.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    /// Name of the .NET configuration.
    pub(crate) fn configuration(self) -> &'static str {
        match self {
            Self::Debug => "Debug",
            Self::Release => "Release",
        }
    }
}

/// The folders of the checkout.
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The checkout this program was built from.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("rust/xtask has no checkout")?;
        Ok(Self { root: root.to_owned() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Where cargo and the .NET projects of `profile` put programs.
    pub(crate) fn output(&self, profile: Profile) -> PathBuf {
        self.target().join(profile.folder())
    }

    pub(crate) fn server(&self, profile: Profile) -> PathBuf {
        self.output(profile)
            .join(format!("spe-server{}", std::env::consts::EXE_SUFFIX))
    }

    pub(crate) fn engine(&self, profile: Profile) -> PathBuf {
        self.output(profile)
            .join(format!("engine/SPE.EngineHost{}", std::env::consts::EXE_SUFFIX))
    }

    /// The folder that holds the module SPE: in the checkout for development, below target/ for release builds.
    pub(crate) fn modules(&self, profile: Profile) -> PathBuf {
        match profile {
            Profile::Debug => self.root.join("Modules"),
            Profile::Release => self.output(profile).join("Modules"),
        }
    }
}
