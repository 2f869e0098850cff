//! The calls that are one exchange: script, test, cleanup.

use crate::answer::Answer;
use crate::engine::Engine;
use crate::request::Request;
use crate::{Event, Events, Failure, FailureKind, Reply, ScriptCall, Target, address, refusal};

impl Engine {
    pub(crate) async fn run_script(&self, call: ScriptCall, events: &Events) -> Result<Reply, Failure> {
        let request = Request::script(&call).await?;
        request.announce(events);
        events.send(Event::Verbose("Transferring the script.".to_owned()));
        let sent = self.send(&call.target, &request, call.max_retries, events).await;
        let answer = sent.map_err(doubtful)?;
        events.send(Event::Verbose("The transfer is complete.".to_owned()));
        self.taken_on(&call.target, &request, &answer)?;
        // Raw output may be HTML itself; there only the media type tells a page of the web server.
        let raw = call.output_format.eq_ignore_ascii_case("raw");
        refuse_page(&answer, !raw, &call.target)?;
        Ok(answer.into_reply())
    }

    pub(crate) async fn test(&self, target: Target, events: &Events) -> Result<Reply, Failure> {
        let request = Request::test(&target)?;
        request.announce(events);
        let answer = self.send(&target, &request, 0, events).await?;
        self.taken_on(&target, &request, &answer)?;
        refuse_page(&answer, true, &target)?;
        if !matches!(serde_json::from_str(&answer.body), Ok(serde_json::Value::Object(_))) {
            let message = format!("What {} answered to a test is not JSON.", address::shown(&target.base));
            return Err(Failure::new(FailureKind::Malformed, message));
        }
        Ok(answer.into_reply())
    }

    pub(crate) async fn cleanup(&self, target: Target, events: &Events) -> Result<Reply, Failure> {
        let request = Request::cleanup(&target)?;
        request.announce(events);
        let answer = self.send(&target, &request, 0, events).await?;
        self.taken_on(&target, &request, &answer)?;
        refuse_page(&answer, true, &target)?;
        Ok(answer.into_reply())
    }

    fn taken_on(&self, target: &Target, request: &Request, answer: &Answer) -> Result<(), Failure> {
        if answer.is_taken_on() {
            return Ok(());
        }
        Err(refusal::failure(
            answer,
            &request.url,
            target.credential.as_ref(),
            self.clock.now(),
        ))
    }
}

/// A script whose reply was lost may have done its work.
fn doubtful(mut failure: Failure) -> Failure {
    if failure.kind == FailureKind::Transport {
        failure.message.push_str(" The script may have run.");
    }
    failure
}

/// A site that has no such route, or wants a login, often answers 200 with a page (CM-D-09).
fn refuse_page(answer: &Answer, look_inside: bool, target: &Target) -> Result<(), Failure> {
    let beginning: String = answer.body.trim_start().chars().take(14).collect();
    let beginning = beginning.to_ascii_lowercase();
    let looks_so = beginning.starts_with("<!doctype html") || beginning.starts_with("<html");
    let is_page = answer.is_page() || (look_inside && looks_so);
    if !is_page {
        return Ok(());
    }
    let mut failure = Failure::new(
        FailureKind::Malformed,
        format!(
            "{} answered with a page in HTML instead of the output of a script. It may be the login or error page of a web \
             site or proxy; check the connection URI.",
            address::shown(&target.base)
        ),
    );
    failure.status = answer.status.as_u16();
    failure.reason_phrase.clone_from(&answer.phrase);
    answer.request_id().clone_into(&mut failure.request_id);
    Err(failure)
}
