//! Sessions over processes that are the test's own, and what holds for every order of calls.

mod machine;
mod ring;
mod runs;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::{Process, Processes, ScriptRun, Sessions};
use crate::config::Limits;
use crate::identity::{AuthKind, Caller, Owner, Policy};
use crate::workers::{
    Blocked, LeaseError, LeaseKey, LostReason, OutputFormat, Patience, RunEnd, RunObserver, RunOutcome, RunRequest,
    Scanned,
};

/// Gives out a process to everybody at once, and keeps what is asked of them.
#[derive(Default)]
struct Ready {
    runs: Arc<Mutex<Vec<RunRequest>>>,
}

/// Does what the text of the script says: `lost`, `hang` until it is stopped, else it writes its own text.
struct Obedient {
    runs: Arc<Mutex<Vec<RunRequest>>>,
}

impl Processes for Ready {
    fn lease(&self, _: LeaseKey, _: Patience) -> BoxFuture<'_, Result<Box<dyn Process>, LeaseError>> {
        let runs = self.runs.clone();
        async { Ok(Box::new(Obedient { runs }) as Box<dyn Process>) }.boxed()
    }
}

impl Process for Obedient {
    fn run(
        &mut self,
        request: RunRequest,
        _: Arc<dyn RunObserver>,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, RunEnd> {
        self.runs.lock().push(request.clone());
        async move {
            let outcome = match &request.script[..] {
                b"lost" => RunOutcome::Lost(LostReason::Protocol),
                b"hang" => {
                    cancel.cancelled().await;
                    RunOutcome::Stopped
                }
                _ => RunOutcome::Completed,
            };
            RunEnd {
                outcome,
                output: request.script,
                had_errors: false,
                exit_code: None,
            }
        }
        .boxed()
    }

    fn scan(&mut self, script: Bytes, _: Arc<[String]>) -> BoxFuture<'_, Result<Scanned, LostReason>> {
        async move {
            Ok(if script.starts_with(b"bad") {
                Scanned::Blocked(Blocked {
                    command: "bad".into(),
                    reason: "It is bad.".into(),
                    line: 1,
                    column: 1,
                })
            } else {
                Scanned::Allowed
            })
        }
        .boxed()
    }
}

fn sessions(limits: Limits) -> Arc<Sessions> {
    Sessions::new("instance".into(), Arc::new(Ready::default()), limits, false)
}

fn caller(name: &str) -> Caller {
    Caller {
        user: format!(r"sitecore\{name}"),
        owner: Owner(format!("user:{name}").into()),
        policy: Policy::unrestricted(),
        auth_kind: AuthKind::ConfigSecret,
        client: None,
        client_id: None,
        throttled: None,
        client_session: None,
    }
}

fn script(text: &str) -> ScriptRun {
    ScriptRun {
        script: text.to_owned().into(),
        arguments: None,
        format: OutputFormat::Raw,
        capture_streams: false,
        rid: "rid".to_owned(),
    }
}
