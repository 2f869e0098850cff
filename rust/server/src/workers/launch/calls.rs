//! The system calls a worker cannot make. Landlock decides about files that are opened. These reach what the server's user
//! has without opening anything: programs that listen in the file system, modes of files, limits of other processes, keys.

use std::collections::BTreeMap;

use anyhow::Context;
use libc::{AF_INET, AF_INET6, AF_NETLINK, PRIO_USER, SOCK_DGRAM, c_long};
use seccompiler::SeccompCmpArgLen::Dword;
use seccompiler::SeccompCmpOp::{self, Eq, MaskedEq, Ne};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCondition, SeccompFilter, SeccompRule, apply_filter,
};

/// A system call, and with which arguments it is meant: with those of one list, with any when there is none.
type Call = (c_long, &'static [&'static [Argument]]);
/// The place of an argument and what it is compared with.
type Argument = (u8, SeccompCmpOp, i32);

const ANY: &[&[Argument]] = &[];
/// The first argument is the number of a process that is not the caller's 0.
const OF_ANOTHER: &[&[Argument]] = &[&[(0, Ne, 0)]];
/// The bits of a socket's type that are not flags.
const TYPE_BITS: u64 = 0xf;
/// `IOPRIO_WHO_USER` of Linux.
const IOPRIO_USER: i32 = 3;
/// Calls that the library does not know on every platform; their numbers are the same on all.
const SETXATTRAT: c_long = 463;
const REMOVEXATTRAT: c_long = 466;
const FCHMODAT2: c_long = 452;

/// Refused with `EPERM`.
const REFUSED: &[Call] = &[
    // A socket in the file system is reached by its path alone, and behind some are programs that run what they are told:
    // any pwsh of the same user, in the sandbox or not, a container engine, a service manager. Addresses of the network and
    // the kernel's own are left.
    (
        libc::SYS_socket,
        &[&[(0, Ne, AF_INET), (0, Ne, AF_INET6), (0, Ne, AF_NETLINK)]],
    ),
    // A pair of this type can be told to send elsewhere.
    (libc::SYS_socketpair, &[&[(1, MaskedEq(TYPE_BITS), SOCK_DGRAM)]]),
    // It makes calls that are not seen here.
    (libc::SYS_io_uring_setup, ANY),
    // A limit on processor time ends the server; a priority starves it.
    (libc::SYS_prlimit64, OF_ANOTHER),
    (libc::SYS_setpriority, &[&[(0, Eq, PRIO_USER as i32)], &[(1, Ne, 0)]]),
    (libc::SYS_ioprio_set, &[&[(0, Eq, IOPRIO_USER)], &[(1, Ne, 0)]]),
    (libc::SYS_sched_setscheduler, OF_ANOTHER),
    (libc::SYS_sched_setparam, OF_ANOTHER),
    (libc::SYS_sched_setattr, OF_ANOTHER),
    // Keyrings are the user's, not the process's.
    (libc::SYS_add_key, ANY),
    (libc::SYS_request_key, ANY),
    (libc::SYS_keyctl, ANY),
    // Before Linux 6.2 Landlock does not see it.
    (libc::SYS_truncate, ANY),
];

/// Refused with `ENOTSUP`, as a file system without extended attributes does: an access list is one of them.
const UNSUPPORTED: &[Call] = &[
    (libc::SYS_setxattr, ANY),
    (libc::SYS_lsetxattr, ANY),
    (libc::SYS_fsetxattr, ANY),
    (SETXATTRAT, ANY),
    (libc::SYS_removexattr, ANY),
    (libc::SYS_lremovexattr, ANY),
    (libc::SYS_fremovexattr, ANY),
    (REMOVEXATTRAT, ANY),
];

/// Taken and without effect, as on file systems without modes. A script could otherwise open the secrets of the server to
/// everybody, or close all its user's files to it. Refusing would fail every program that makes its own files private, which
/// they are already: the launcher sets the mask, and nothing that a worker writes can be run.
const IGNORED: &[Call] = &[
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_chmod, ANY),
    (libc::SYS_fchmod, ANY),
    (libc::SYS_fchmodat, ANY),
    (FCHMODAT2, ANY),
];

/// Gives these calls up for this process and all that come of it.
pub(super) fn give_up() -> anyhow::Result<()> {
    for (calls, error) in [(REFUSED, libc::EPERM), (UNSUPPORTED, libc::ENOTSUP), (IGNORED, 0)] {
        let program = program(calls, error).context("the filter of system calls cannot be made")?;
        apply_filter(&program).context("this kernel cannot keep system calls from a worker (seccomp)")?;
    }
    Ok(())
}

/// A filter that ends `calls` with `error`. A program for another kind of processor, whose calls have other numbers, is
/// killed at its first.
fn program(calls: &[Call], error: i32) -> Result<BpfProgram, BackendError> {
    let mut rules = BTreeMap::new();
    for (number, lists) in calls {
        for number in numbers(*number) {
            rules.insert(
                number,
                lists.iter().map(|list| rule(list)).collect::<Result<Vec<_>, _>>()?,
            );
        }
    }
    let ended = SeccompAction::Errno(error.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, ended, std::env::consts::ARCH.try_into()?)?.try_into()
}

fn rule(list: &[Argument]) -> Result<SeccompRule, BackendError> {
    let condition = |(place, operator, value): &Argument| {
        SeccompCondition::new(*place, Dword, operator.clone(), u64::from(value.unsigned_abs()))
    };
    SeccompRule::new(list.iter().map(condition).collect::<Result<Vec<_>, _>>()?)
}

/// The numbers of a call: some kernels for x86-64 have each a second time, for programs with short pointers.
fn numbers(number: c_long) -> impl Iterator<Item = i64> {
    const SHORT: i64 = 0x4000_0000;
    let short = cfg!(target_arch = "x86_64").then_some(number | SHORT);
    [number].into_iter().chain(short)
}
