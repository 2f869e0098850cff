//! Runs that come to their own end.

use std::sync::Arc;

use spe_server::identity::{LanguageMode, Policy};
use spe_server::workers::{LostReason, OutputFormat, RunKind, RunOutcome, RunRequest};
use tokio_util::sync::CancellationToken;

use crate::harness::{Pool, Watcher, run, say, script, settings, setup, text_of, within};

#[tokio::test]
async fn a_script_runs_and_its_output_comes_as_text() {
    let pool = Pool::new();
    assert_eq!(pool.text_of("a", "6 * 7; 'two'").await, "42two");
    pool.shut_down().await;
}

#[tokio::test]
async fn output_comes_as_one_clixml_list() {
    let pool = Pool::new();
    let request = RunRequest {
        format: OutputFormat::CliXml,
        ..script("6 * 7")
    };
    let text = text_of(&mut *pool.lease("a").await, request).await;
    assert!(text.starts_with("<Objs "), "{text}");
    assert!(text.contains("<I32>42</I32>"), "{text}");
    pool.shut_down().await;
}

#[tokio::test]
async fn a_record_arrives_while_its_script_still_runs() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    // The script ends only when the test has seen what it said before.
    let text = say("$env:TMPDIR") + "while (-not [IO.File]::Exists(\"$env:TMPDIR/go\")) { }\n'seen'";
    let (watcher, mut records) = Watcher::new();
    let text = text.replace("'$env:TMPDIR'", "$env:TMPDIR");
    let running = process.run(script(&text), watcher, CancellationToken::new());
    let seeing = async {
        let folder = records.next().await;
        let folder = folder.strip_prefix("information: ").unwrap().to_owned();
        std::fs::write(format!("{folder}/go"), "").unwrap();
    };
    let (end, ()) = within(async { tokio::join!(running, seeing) }).await;
    assert_eq!(&end.output[..], b"seen");
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn a_hundred_thousand_records_arrive_in_order() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    let (watcher, mut records) = Watcher::new();
    let text = "for ($i = 0; $i -lt 100000; $i++) { $Host.UI.WriteLine(\"$i\") }";
    let end = within(process.run(script(text), watcher, CancellationToken::new())).await;
    assert_eq!(end.outcome, RunOutcome::Completed);
    let expected = (0..100_000).map(|number| format!("information: {number}"));
    assert!(records.rest().into_iter().eq(expected));
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn arguments_are_one_variable_of_a_script_and_several_of_a_job() {
    let pool = Pool::new();
    let arguments = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\">\
                     <TN RefId=\"0\"><T>System.Collections.Hashtable</T><T>System.Object</T></TN><DCT><En><S N=\"Key\">Name</S>\
                     <S N=\"Value\">tree</S></En></DCT></Obj></Objs>";
    let mut process = pool.lease("a").await;
    let request = RunRequest {
        arguments: Some(arguments.into()),
        ..script("$params.Name")
    };
    assert_eq!(text_of(&mut *process, request.clone()).await, "tree");
    let request = RunRequest {
        kind: RunKind::Job,
        format: OutputFormat::CliXml,
        script: "$Name".into(),
        ..request
    };
    assert!(text_of(&mut *process, request).await.contains("<S>tree</S>"));
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn a_script_that_throws_fails_with_its_error() {
    let pool = Pool::new();
    let end = run(&mut *pool.lease("a").await, script("'before'\nthrow 'boom'")).await;
    let RunOutcome::Failed(error) = end.outcome else {
        panic!("{:?}", end.outcome);
    };
    assert_eq!(error.message, "boom");
    assert!(end.output.starts_with(b"before"));
    pool.shut_down().await;
}

#[tokio::test]
async fn an_exit_code_is_told_and_the_worker_stays() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    let end = run(&mut *process, script("exit 3")).await;
    assert_eq!((end.outcome, end.exit_code), (RunOutcome::Completed, Some(3)));
    assert_eq!(text_of(&mut *process, script("'still here'")).await, "still here");
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn a_kept_runspace_stays_with_its_holder_and_no_longer() {
    let pool = Pool::new();
    let kept = |text: &str| RunRequest {
        keep_runspace: true,
        ..script(text)
    };
    let mut process = pool.lease("a").await;
    let first = text_of(&mut *process, kept("$tree = 'oak'; $PID")).await;
    assert_eq!(text_of(&mut *process, kept("$tree")).await, "oak");
    drop(process);
    let mut process = pool.lease("a").await;
    assert_eq!(
        text_of(&mut *process, kept("\"[$tree] $PID\"")).await,
        format!("[] {first}")
    );
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn a_throw_away_run_starts_with_nothing_of_the_run_before() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    text_of(
        &mut *process,
        script("$global:tree = 'oak'; function global:Get-Tree { 'oak' }"),
    )
    .await;
    let text = "\"[$tree] $(Get-Command Get-Tree -ErrorAction Ignore)\"";
    assert_eq!(text_of(&mut *process, script(text)).await, "[]");
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn the_language_mode_is_that_of_the_run() {
    let pool = Pool::new();
    let request = RunRequest {
        policy: Arc::new(Policy {
            language_mode: LanguageMode::Constrained,
            ..Policy::clone(&Policy::unrestricted())
        }),
        ..script("\"$($ExecutionContext.SessionState.LanguageMode)\"")
    };
    assert_eq!(
        text_of(&mut *pool.lease("a").await, request).await,
        "ConstrainedLanguage"
    );
    pool.shut_down().await;
}

#[tokio::test]
async fn a_script_of_several_megabytes_runs() {
    let pool = Pool::new();
    let text = format!("$x = '{}'\n$x.Length", "a".repeat(3_000_000));
    assert_eq!(pool.text_of("a", &text).await, "3000000");
    pool.shut_down().await;
}

#[tokio::test]
async fn output_over_the_limit_ends_the_run_and_not_the_worker() {
    let mut setup = setup(settings());
    setup.output_bytes = 100_000;
    let pool = Pool::with(setup);
    let mut process = pool.lease("a").await;
    let worker = text_of(&mut *process, script("$PID")).await;
    let end = run(&mut *process, script("while ($true) { 'x' * 1000 }")).await;
    assert_eq!(
        end.outcome,
        RunOutcome::Lost(LostReason::OutputLimit { limit: 100_000 })
    );
    assert_eq!(end.output.len(), 100_000);
    assert_eq!(text_of(&mut *process, script("$PID")).await, worker);
    drop(process);
    pool.shut_down().await;
}
