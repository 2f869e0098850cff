//! What a launcher gives up before it becomes the host: privileges, memory, and every path but those it needs.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set, set_no_new_privs};

use super::args::LaunchArgs;
use super::{calls, paths};

/// The newest rights this program knows to ask for. Older kernels enforce what they have of them.
const KNOWN: ABI = ABI::V7;
/// What a kernel must have for the sandbox to be one.
const NEEDED: ABI = ABI::V1;

/// Whether this kernel can confine workers. Changes nothing.
pub(in crate::workers) fn is_possible() -> bool {
    empty().is_ok()
}

/// Whether this kernel also keeps workers from signalling processes outside, the server among them.
pub(in crate::workers) fn is_complete() -> bool {
    let scope = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .scope(Scope::from_all(KNOWN));
    scope.and_then(Ruleset::create).is_ok()
}

/// Confines this process and all that come of it, for good.
pub(super) fn confine(args: &LaunchArgs) -> anyhow::Result<()> {
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, args.open_files)?;
    limit(Resource::Fsize, args.file_bytes)?;
    limit(Resource::Data, args.data_bytes)?;
    drop_capabilities();
    set_no_new_privs(true).context("no-new-privs cannot be set")?;

    let mut rules = empty().context("this kernel cannot confine a worker (Landlock)")?;
    for path in paths::READ {
        rules = allow(rules, Path::new(path), AccessFs::from_read(KNOWN))?;
    }
    for path in &args.read {
        rules = allow(rules, path, AccessFs::from_read(KNOWN))?;
    }
    for path in paths::WRITE {
        rules = allow(rules, Path::new(path), write())?;
    }
    for path in &args.write {
        rules = allow(rules, path, write())?;
    }
    let status = rules.restrict_self().context("the worker cannot be confined")?;
    ensure!(
        status.ruleset != RulesetStatus::NotEnforced && status.no_new_privs,
        "this kernel did not confine the worker"
    );
    calls::give_up()
}

/// A ruleset that allows nothing yet: no path, no signal to and no abstract socket of a process outside.
fn empty() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(NEEDED))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?
        .scope(Scope::from_all(KNOWN))?
        .create()
}

/// Reading and writing, but neither running what was written nor making devices.
fn write() -> BitFlags<AccessFs> {
    let not_these = AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev;
    AccessFs::from_all(KNOWN) & !not_these
}

/// Allows `access` beneath a path. One that is not there is nothing to allow.
fn allow(rules: RulesetCreated, path: &Path, access: BitFlags<AccessFs>) -> anyhow::Result<RulesetCreated> {
    let Ok(opened) = PathFd::new(path) else {
        return Ok(rules);
    };
    let is_folder = path.metadata().is_ok_and(|found| found.is_dir());
    let access = if is_folder {
        access
    } else {
        access & AccessFs::from_file(KNOWN)
    };
    let rules = rules.add_rule(PathBeneath::new(opened, access));
    rules.with_context(|| format!("{} cannot be made a path of the worker", path.display()))
}

/// Lowers a limit for this process and its children, who cannot raise it again.
fn limit(resource: Resource, to: u64) -> anyhow::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX).min(to);
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    setrlimit(resource, limit).with_context(|| format!("the limit {resource:?} cannot be set"))
}

/// Empties the set of what root may get by executing a program. Without the privilege to do so there is nothing in it.
fn drop_capabilities() {
    for capability in CapabilitySet::all() {
        // Refused for capabilities that this kernel does not know, too.
        let _ = remove_capability_from_bounding_set(capability);
    }
}

/// A path of `protected` that a worker could reach by `allowed` or a system path, with the path that leads there.
pub(in crate::workers) fn leak(protected: &[PathBuf], allowed: &[PathBuf]) -> Option<(PathBuf, PathBuf)> {
    let real = |path: &Path| path.canonicalize().ok();
    let system = paths::READ.iter().map(Path::new);
    let allowed: Vec<_> = system
        .chain(allowed.iter().map(PathBuf::as_path))
        .filter_map(real)
        .collect();
    protected.iter().filter_map(|path| real(path)).find_map(|protected| {
        let over = allowed.iter().find(|allowed| protected.starts_with(allowed))?;
        Some((protected, over.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protected_path_beneath_an_allowed_one_is_found() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("shared/data");
        std::fs::create_dir_all(&data).unwrap();
        let shared = root.path().join("shared");
        let found = leak(std::slice::from_ref(&data), std::slice::from_ref(&shared));
        let expected = (data.canonicalize().unwrap(), shared.canonicalize().unwrap());
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn a_path_beside_an_allowed_one_is_out_of_reach() {
        let root = tempfile::tempdir().unwrap();
        let (data, shared) = (root.path().join("data"), root.path().join("data2"));
        std::fs::create_dir_all(&data).unwrap();
        std::fs::create_dir_all(&shared).unwrap();
        assert_eq!(leak(&[data], &[shared]), None);
    }

    #[test]
    fn a_protected_path_within_the_system_is_found() {
        let (_, over) = leak(&["/usr/bin".into()], &[]).unwrap();
        assert_eq!(over, PathBuf::from("/usr"));
    }
}
