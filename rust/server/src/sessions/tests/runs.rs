//! Runs and jobs against their limits. The clock is the test's: it goes on by itself as soon as nothing else happens.

use std::time::Duration;

use super::super::jobs::NewJob;
use super::super::observer::Observer;
use super::super::{Phase, Session, Verdict};
use super::*;
use crate::identity::LanguageMode;
use crate::workers::RunKind;

const LIMIT: Duration = Duration::from_mins(5);

async fn run(sessions: &Arc<Sessions>, text: &str) -> RunEnd {
    let caller = caller("a");
    let entry = sessions.enter(&caller, None, false).await.unwrap();
    sessions.run(entry, &caller, script(text)).await.unwrap()
}

fn new_job(text: &str) -> NewJob {
    NewJob {
        id: None,
        name: None,
        auto_dispose: false,
        script: text.to_owned().into(),
        arguments: None,
    }
}

async fn job(sessions: &Arc<Sessions>, text: &str) -> Arc<Session> {
    let caller = caller("a");
    let entry = sessions.enter(&caller, None, false).await.unwrap();
    let job = Observer::new(sessions, &entry.session, &caller, "rid").start_job(new_job(text));
    let job = job.unwrap();
    job.ended().await;
    job
}

fn error_id(session: &Session) -> Option<String> {
    session.error().map(|error| error.fully_qualified_error_id)
}

/// WP-D-22: a run-time limit with cancellation.
#[tokio::test(start_paused = true)]
async fn a_run_is_stopped_at_its_limit_and_named() {
    let sessions = sessions(Limits {
        run_time: LIMIT,
        ..Limits::default()
    });
    let outcome = run(&sessions, "hang").await.outcome;
    assert_eq!(outcome, RunOutcome::Lost(LostReason::RunTime { limit: LIMIT }));
}

#[tokio::test(start_paused = true)]
async fn a_job_is_stopped_at_its_own_limit_and_has_failed() {
    let sessions = sessions(Limits {
        job_run_time: LIMIT,
        ..Limits::default()
    });
    let job = job(&sessions, "hang").await;
    assert_eq!(job.phase(), Phase::Ended(Verdict::Failed));
    assert_eq!(error_id(&job).as_deref(), Some("Spe.Remoting.RunTime"));
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_a_run_goes_on_until_it_is_stopped() {
    let sessions = sessions(Limits {
        run_time: Duration::ZERO,
        ..Limits::default()
    });
    let stopper = sessions.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_hours(1000)).await;
        stopper.cancel_all();
    });
    assert_eq!(run(&sessions, "hang").await.outcome, RunOutcome::Stopped);
}

/// Who stops a run is told that it was stopped, also when the limit comes while it stops.
#[tokio::test(start_paused = true)]
async fn a_run_that_somebody_stops_is_stopped_and_not_over_its_limit() {
    let sessions = sessions(Limits {
        run_time: LIMIT,
        ..Limits::default()
    });
    let stopper = sessions.clone();
    tokio::spawn(async move {
        tokio::time::sleep(LIMIT / 2).await;
        stopper.cancel_all();
    });
    assert_eq!(run(&sessions, "hang").await.outcome, RunOutcome::Stopped);
}

/// WP-D-22: an owner's results that nobody receives are bounded, and those of all.
#[tokio::test]
async fn a_result_beyond_the_budget_is_not_kept_and_named() {
    let sessions = sessions(Limits {
        results_per_owner_bytes: 10,
        ..Limits::default()
    });
    let first = job(&sessions, "12345678").await;
    let second = job(&sessions, "12345678").await;
    assert_eq!(error_id(&second).as_deref(), Some("Spe.Remoting.ResultLimit"));
    assert!(!second.info().has_result);
    assert_eq!(&first.result(false)[..], b"12345678");
    let third = job(&sessions, "12345678").await;
    assert_eq!(
        third.phase(),
        Phase::Ended(Verdict::Completed),
        "what was received is free again"
    );
}

/// WP-D-09: policy, language mode and identity are those of the call that started the job.
#[tokio::test]
async fn a_job_runs_under_the_policy_and_the_identity_of_its_starter() {
    let ready = Ready::default();
    let runs = ready.runs.clone();
    let sessions = Sessions::new("instance".into(), Arc::new(ready), Limits::default(), false);
    let mut policy = (*Policy::unrestricted()).clone();
    policy.name = "readers".to_owned();
    policy.language_mode = LanguageMode::Constrained;
    let caller = Caller {
        policy: Arc::new(policy),
        ..caller("a")
    };
    let entry = sessions.enter(&caller, None, false).await.unwrap();
    let job = Observer::new(&sessions, &entry.session, &caller, "rid").start_job(new_job("1"));
    job.unwrap().ended().await;
    let run = runs.lock().pop().unwrap();
    assert_eq!(
        (run.kind, run.policy.language_mode),
        (RunKind::Job, LanguageMode::Constrained)
    );
    assert_eq!(
        (run.policy.name.as_str(), run.user.as_str()),
        ("readers", r"sitecore\a")
    );
}

/// WP-D-16 and 6.9: the tail of a job stays for the grace, and no longer.
#[tokio::test(start_paused = true)]
async fn an_ended_job_stays_for_the_grace() {
    let grace = Limits::default().job_grace;
    let sessions = sessions(Limits::default());
    let job = job(&sessions, "1").await;
    tokio::time::sleep(grace / 2).await;
    assert!(sessions.registry.target(job.id()).is_some());
    tokio::time::sleep(grace).await;
    assert!(sessions.registry.target(job.id()).is_none());
}
