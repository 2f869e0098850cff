//! What the server does about itself before it starts workers.

use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getpid, set_child_subreaper, set_dumpable_behavior, setrlimit,
};

static HARDENED: AtomicBool = AtomicBool::new(false);

/// Makes this process the server of its workers: nobody reads its memory, no core of it is written, and what workers leave
/// behind becomes its child, to be ended. From then on it has no children but workers. Call it once, before any secret is
/// read.
pub fn harden_server() -> std::io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    set_child_subreaper(Some(getpid()))?;
    HARDENED.store(true, Ordering::Relaxed);
    Ok(())
}

/// Whether [`harden_server`] was called: processes that this one did not start may be its children, and none is a friend.
pub(super) fn is_hardened() -> bool {
    HARDENED.load(Ordering::Relaxed)
}
