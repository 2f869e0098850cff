//! docs/refusals.md is written from `Refusal`. Run with `SPE_WRITE_DOCS=1` to write it anew.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use spe_server::http::{Challenge, Refusal};
use spe_server::media::ArchiveProblem;
use spe_server::workers::{Excess, LostReason};

const INTRODUCTION: &str = "\
# Refusals

Every way the server refuses a request. The page is written from the code by a test; to change it, change
`rust/server/src/http/refusal.rs` or `rust/server/tests/refusals.rs` and run

```
SPE_WRITE_DOCS=1 cargo test -p spe-server --test refusals
```

A refusal has a status, a reason phrase, and a short text body `SENTENCE Code: CODE. Request: ID.` with a code that does not
change between releases and the id of the request, which `X-SPE-RequestId` and the server's log have, too. With
`outputFormat=json` the body is `{\"output\":[],\"errors\":[PHRASE]}`, with `errorFormat=structured` as well an object with that
id. Every 403 has its code in `X-SPE-Restriction`. `Retry-After` says, in seconds, when it makes sense to try again.

What cannot be read as HTTP gets a bare 400, 414 (target too long) or 431 (headers larger than `limits.headers`, or more than
100), without a body, and its connection is closed.

| code | status | reason phrase | Retry-After | when, and what to do |
|---|---|---|---|---|
";

/// One of each. Those with a reason, or with texts that differ, are there for each.
fn samples() -> Vec<Refusal> {
    let service = "remoting";
    let lost = |reason| Refusal::RunLost { reason };
    let challenge = Challenge {
        authenticate: "Bearer",
        basic: false,
        reason: None,
        detail: None,
    };
    vec![
        Refusal::RouteUnknown,
        Refusal::MethodNotAllowed { allow: "GET" },
        Refusal::HostInvalid,
        Refusal::TransferCodingInvalid,
        Refusal::ServiceDisabled { service },
        Refusal::Unauthorized { service, challenge },
        Refusal::ServiceDenied { service },
        Refusal::ClientWithoutAccount,
        Refusal::NoPolicy,
        Refusal::PolicyBlocked {
            policy: "read-only".into(),
            blocked: None,
        },
        Refusal::QueryMalformed,
        Refusal::ParameterRepeated { name: "sessionId" },
        Refusal::IdInvalid { name: "sessionId" },
        Refusal::ScriptBlank,
        Refusal::CleanupWithoutId,
        Refusal::JobIdMissing,
        Refusal::CursorInvalid,
        Refusal::JobTypeUnsupported,
        Refusal::JsonDepthInvalid,
        Refusal::CodingUnsupported,
        Refusal::GzipBroken,
        Refusal::BodyNotUtf8,
        Refusal::BodyBroken,
        Refusal::BodyTooLarge { limit: 1024 },
        Refusal::BodyTimeout,
        Refusal::SessionNotOwned,
        Refusal::SessionBusy,
        Refusal::TooManySessions { limit: 100 },
        Refusal::TooManyWaits { limit: 1000 },
        Refusal::WaitsFull { limit: 20_000 },
        Refusal::OwnerBodiesFull { limit: 1024 },
        Refusal::BodiesFull { limit: 1024 },
        Refusal::PathNotAllowed { reason: "outsideRoot" },
        Refusal::FileMissing,
        Refusal::WriteDenied,
        Refusal::MediaMissing,
        Refusal::DatabaseUnknown,
        Refusal::HandleUnknown,
        Refusal::MultipartUnsupported,
        Refusal::ArchiveRefused {
            problem: ArchiveProblem::Broken,
        },
        Refusal::FileTooLarge { limit: 1024 },
        Refusal::FileCoded,
        Refusal::FileChanged,
        Refusal::RangeUnsatisfiable { length: 10 },
        Refusal::DigestInvalid,
        Refusal::DigestMismatch,
        Refusal::StorageFull,
        Refusal::StorageFailed { cause: String::new() },
        Refusal::TooManyTransfers { limit: 16 },
        Refusal::WorkersBusy { retry_after: 5 },
        Refusal::WorkerStart { cause: String::new() },
        Refusal::RateLimited { retry_after: 60 },
        Refusal::TooManyLogins { retry_after: 60 },
        Refusal::LoginsBusy,
        Refusal::ClientsUnknown,
        Refusal::ReplayCacheFull,
        Refusal::ShuttingDown,
        lost(LostReason::Exited {
            status: "signal 9".into(),
        }),
        lost(LostReason::Protocol),
        lost(LostReason::OutputLimit { limit: 1024 }),
        lost(LostReason::RunTime {
            limit: Duration::from_hours(1),
        }),
        lost(LostReason::Excess(Excess::Memory(1024))),
        lost(LostReason::Excess(Excess::Processes(64))),
        lost(LostReason::Excess(Excess::Disk(1024))),
        Refusal::RunStopped,
        Refusal::Internal,
    ]
}

/// When it comes and what to do about it.
fn advice_on_loss(reason: &LostReason) -> &'static str {
    match reason {
        LostReason::Exited { .. } => {
            "The process that ran the script ended, by `exit`, a crash or for want of memory. The server goes on; sending the script again may run it twice."
        }
        LostReason::Protocol => {
            "The process wrote to the server's channel what it must not, and was ended. Do not touch descriptor 3 in a script."
        }
        LostReason::OutputLimit { .. } => "Return less, or raise `limits.output`.",
        LostReason::RunTime { .. } => "Do less at once, start a job, or raise `limits.runTime`.",
        LostReason::Excess(Excess::Memory(_) | Excess::Heap) => {
            "The script filled the memory of its process. Keep less at once, or raise `workers.heap` or `workers.memory`."
        }
        LostReason::Excess(Excess::Processes(_)) => {
            "The script started too many processes. Start fewer at once, or raise `workers.processes`."
        }
        LostReason::Excess(Excess::Disk(_)) => {
            "The files in the temporary folder grew too large. Write less, or raise `workers.disk`."
        }
    }
}

fn advice(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::RouteUnknown => {
            "The path is none of the server's routes. Check the address; stock clients fall back by themselves."
        }
        Refusal::MethodNotAllowed { .. } => "The route takes the methods in `Allow`.",
        Refusal::HostInvalid => {
            "Send one `Host` with the address that is called, and no other host in the target. The connection is closed."
        }
        Refusal::TransferCodingInvalid => {
            "Send the body with its length, or with `Transfer-Encoding: chunked` alone. The connection is closed."
        }
        Refusal::ServiceDisabled { .. } => {
            "The service is not enabled in Spe.config, or wants a secure connection and the request came without. Told before anybody is authenticated."
        }
        Refusal::Unauthorized { .. } => {
            "The credentials prove nobody. The text is the same for every cause; `X-SPE-AuthFailureReason` tells a caller who \
             holds the secret more, and the server's log has the reason under the id of the request."
        }
        Refusal::ServiceDenied { .. } => {
            "The account is known and its roles do not open the service. Change its roles in accounts.toml or the authorization \
             list of the service in Spe.config."
        }
        Refusal::ClientWithoutAccount => {
            "The key is good, and its client record has no `impersonatedUser`. Name an account there: [api-keys](security/api-keys.md)."
        }
        Refusal::QueryMalformed => "Encode the query again: `%` stands before two hex digits, and the bytes are UTF-8.",
        Refusal::ParameterRepeated { .. } => "Send each control parameter once.",
        Refusal::IdInvalid { .. } => "Use 1 to 128 characters out of `A-Z a-z 0-9 _ . : -`.",
        Refusal::ScriptBlank => "Send a script in the body. Blanks, or arguments alone, are none.",
        Refusal::CleanupWithoutId => "Name the session in `sessionId`.",
        Refusal::JobIdMissing => "Name the job in `jobId`.",
        Refusal::CursorInvalid => {
            "The server was started anew since, or the cursor is of another job. Ask again without a cursor and drop the records \
             whose sequence you have."
        }
        Refusal::JobTypeUnsupported => "Use `scriptsession` or `sitecore`, or leave `jobType` out.",
        Refusal::JsonDepthInvalid => "Give one of these, or leave it out for 3.",
        Refusal::CodingUnsupported => "Send the body as it is or with gzip, packed once; `Accept-Encoding` lists both.",
        Refusal::GzipBroken => "`Content-Encoding` says gzip and the body is none, or is cut.",
        Refusal::BodyNotUtf8 => "Encode the script in UTF-8, whatever the content type says.",
        Refusal::BodyBroken => "The body broke off, or its chunks are wrong. Send it again.",
        Refusal::BodyTooLarge { .. } => "Send less, or raise `limits.body`.",
        Refusal::BodyTimeout => "Send faster, or raise `limits.bodyTimeout`.",
        Refusal::SessionNotOwned => {
            "Another caller, or the same one under another policy, has the id. Use one of your own."
        }
        Refusal::SessionBusy => "The session runs another script, or is a job. Wait for its end or use another id.",
        Refusal::TooManySessions { .. } => "Receive or remove sessions and jobs, or raise `limits.sessionsPerOwner`.",
        Refusal::TooManyWaits { .. } => "Hold fewer waits at once, or raise `limits.waitsPerOwner`.",
        Refusal::WaitsFull { .. } => "All callers together hold `limits.waits` waits. Try again, or raise the limit.",
        Refusal::OwnerBodiesFull { .. } => {
            "The bodies of your requests that arrive or run take `limits.bodiesPerOwner`. Send fewer at once."
        }
        Refusal::BodiesFull { .. } => "The bodies of all requests take `limits.bodies`. Try again, or raise the limit.",
        Refusal::WorkersBusy { .. } => {
            "No process became free within `workers.queueTimeout`, or `workers.queue` or `workers.queuePerOwner` calls wait \
             already. Try again after the time in `Retry-After`, which comes of how fast calls get a process now, or raise \
             `workers.max` or `workers.maxPerOwner`."
        }
        Refusal::WorkerStart { .. } => "The server's log says why a process did not start.",
        Refusal::NoPolicy => {
            "The client record has no `policy`. Name one there: [restriction profiles](security/restriction-profiles.md)."
        }
        Refusal::PolicyBlocked { .. } => {
            "The script holds something that the policy of the client does not allow; `X-SPE-BlockedCommand` and the body name it, with line and column. Leave it out, or have the policy changed."
        }
        Refusal::RateLimited { .. } => {
            "The client has made `requestLimit` requests in its window. `X-RateLimit-Reset` says when the next one begins; the record of the client, how long it is."
        }
        Refusal::TooManyLogins { .. } => {
            "Ten wrong passwords for one name, or fifty in all, came from there within a minute. Wait as long as `Retry-After` says."
        }
        Refusal::LoginsBusy => {
            "More passwords come than two processors can check. Use keys or tokens, which cost nothing."
        }
        Refusal::ClientsUnknown => {
            "The folder of the clients cannot be read: its rights, or the disk. The log says more."
        }
        Refusal::ReplayCacheFull => {
            "With `jtiReplayCacheEnabled`, more tokens are in use than ten times `jtiReplayCacheMaxEntries`. Raise it, or let tokens live shorter."
        }
        Refusal::ShuttingDown => "The server is ending. Try again when it is back.",
        Refusal::RunLost { reason } => advice_on_loss(reason),
        Refusal::RunStopped => {
            "Somebody stopped the script: its session was cleaned up, or a script called `Stop-ScriptSession`."
        }
        Refusal::Internal => "A fault of the server; its log has it under the id of the request. Please report it.",
        about_a_file => advice_on_files(about_a_file),
    }
}

fn advice_on_files(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::PathNotAllowed { .. } => {
            "The path leads out of its folder, by a link, to no plain file, or to a folder that no setting opens: [files](files.md). The text is the same for every cause; the log has `fileAccessDenied`."
        }
        Refusal::MediaMissing => "There is no item of the path or id, or an upload names none.",
        Refusal::DatabaseUnknown => {
            "Name a database that is a folder in `media.folder`, or set that: [media](media.md)."
        }
        Refusal::HandleUnknown => {
            "Nothing was left under the handle, it was fetched already, its time is over, or it is another caller's. Run the script again."
        }
        Refusal::MultipartUnsupported => "Send the bytes of the file as the body.",
        Refusal::ArchiveRefused { .. } => {
            "The body says which entry is wrong, or which limit is passed. Nothing was stored. Mend the archive, raise the limit, or store it as it is with `skipunpack=true`."
        }
        Refusal::FileMissing => "There is no such file, or it is a folder.",
        Refusal::WriteDenied => {
            "The server's account may not write there, or a folder has the name. Change the rights of the folder, or the name."
        }
        Refusal::FileTooLarge { .. } => "Send less, or raise `files.size`.",
        Refusal::FileCoded => "Leave `Content-Encoding` out: the bytes that come are the file.",
        Refusal::FileChanged => "The file is not the one that `If-Match` names. Read it again.",
        Refusal::RangeUnsatisfiable { .. } => {
            "`Range` begins behind the end of the file; `Content-Range` says how long it is."
        }
        Refusal::DigestInvalid => "Write it as RFC 9530 has it, or leave it out.",
        Refusal::DigestMismatch => {
            "It was damaged on the way, or the digest is of another file. Nothing was stored; send it again."
        }
        Refusal::StorageFull => "Make room on the disk of the folder. What was there before is there still.",
        Refusal::StorageFailed { .. } => "The server's log says what the system says, under the id of the request.",
        Refusal::TooManyTransfers { .. } => "Transfer fewer files at once, or raise `files.transfersPerOwner`.",
        _ => unreachable!("{refusal:?} has no advice"),
    }
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for refusal in samples() {
        let facts = refusal.facts();
        let after = refusal
            .retry_after()
            .map_or_else(String::new, |seconds| seconds.to_string());
        let (code, status, phrase) = (facts.code, facts.status.as_u16(), &facts.phrase);
        writeln!(
            page,
            "| `{code}` | {status} | {phrase} | {after} | {} |",
            advice(&refusal)
        )
        .unwrap();
    }
    page
}

#[test]
fn the_page_is_what_the_code_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/refusals.md");
    if std::env::var_os("SPE_WRITE_DOCS").is_some() {
        std::fs::write(&file, page()).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page(),
        "docs/refusals.md is not current; run this test with SPE_WRITE_DOCS=1"
    );
}

/// A new variant needs a sample: `advice` alone would not put it on the page.
#[test]
fn every_refusal_is_on_the_page() {
    let source = include_str!("../src/http/refusal.rs");
    let body = source
        .split_once("pub enum Refusal {")
        .unwrap()
        .1
        .split_once("\n}")
        .unwrap()
        .0;
    let variant =
        |line: &&str| line.starts_with("    ") && line[4..].starts_with(|letter: char| letter.is_ascii_uppercase());
    let kinds: HashSet<_> = samples().iter().map(std::mem::discriminant).collect();
    assert_eq!(kinds.len(), body.lines().filter(variant).count());
}

/// Programs tell refusals apart by their codes.
#[test]
fn every_code_stands_for_one_refusal() {
    let mut seen = HashSet::new();
    for refusal in samples() {
        assert!(seen.insert(refusal.facts().code), "{:?}", refusal.facts().code);
    }
}
