//! The wait for the end of a job: holds in a row, none lost, none too many (client module 12, wire protocol 6.9 and 6.10).

mod losses;
mod reader;
mod reply;

use std::fmt::Write as _;
use std::time::Duration;

use http::StatusCode;

use crate::answer::Answer;
use crate::engine::Engine;
use crate::request::Request;
use crate::text::seconds;
use crate::{Event, Events, Failure, FailureKind, WaitCall, WaitResult, address, refusal};
use losses::Losses;
use reader::Reader;
use reply::Reply;

/// Least time from one request to the next against servers that answer at once (CM-D-03).
const SPACING: Duration = Duration::from_secs(1);

/// What one hold came to.
enum Held {
    /// A reply of the wait route.
    Reply(Box<Reply>),
    /// No reply of the wait route, so there may be none.
    NoRoute(Failure),
    /// The server does not know the cursor.
    UnknownCursor(Failure),
    /// The connection failed; the next hold may do better.
    Lost(Failure),
    /// Anything that another hold would not mend.
    Refused(Failure),
}

/// A wait in progress.
struct Wait<'a> {
    engine: &'a Engine,
    call: &'a WaitCall,
    events: &'a Events,
    reader: Reader<'a>,
    losses: Losses,
    /// Whether the wait route has answered.
    heard: bool,
    /// How the job ended, while the rest of its records is read.
    ended: Option<WaitResult>,
}

impl Engine {
    pub(crate) async fn wait(&self, call: WaitCall, events: &Events) -> Result<WaitResult, Failure> {
        let wait = Wait {
            engine: self,
            call: &call,
            events,
            reader: Reader::new(&call),
            losses: Losses::default(),
            heard: false,
            ended: None,
        };
        wait.run().await
    }
}

impl Wait<'_> {
    async fn run(mut self) -> Result<WaitResult, Failure> {
        loop {
            match self.hold().await? {
                Held::Reply(reply) => {
                    self.heard = true;
                    self.losses.clear();
                    let news = self.reader.take(&reply, self.events);
                    self.tell(&reply);
                    if let Some(result) = self.end(&reply, news) {
                        return Ok(result);
                    }
                    self.space(&reply, news).await;
                }
                Held::NoRoute(_) if !self.heard => return Ok(self.not_supported()),
                Held::UnknownCursor(failure) => {
                    if !self.reader.restart() {
                        return self.give_up(foreign_cursor(failure));
                    }
                    self.verbose(
                        "The server does not know the cursor any more; reading from the beginning.".to_owned(),
                    );
                }
                Held::Lost(failure) | Held::NoRoute(failure) => {
                    let now = self.engine.clock.elapsed();
                    let unheard = !self.heard && matches!(failure.kind, FailureKind::Dns | FailureKind::Tls);
                    if unheard || self.losses.add(now) {
                        return self.give_up(self.losses.sum_up(failure));
                    }
                    self.verbose(format!(
                        "{} Trying again in {}.",
                        failure.message,
                        seconds(self.call.delay)
                    ));
                    self.engine.clock.pause(self.call.delay).await;
                }
                Held::Refused(failure) => return self.give_up(failure),
            }
        }
    }

    async fn hold(&self) -> Result<Held, Failure> {
        let request = Request::wait(self.call, self.reader.cursor())?;
        request.announce(self.events);
        let target = &self.call.target;
        let sent = self
            .engine
            .send(target, &request, self.call.max_retries, self.events)
            .await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(failure) => {
                return Ok(match failure.kind {
                    FailureKind::InvalidInput | FailureKind::Internal => Held::Refused(failure),
                    FailureKind::Malformed => Held::NoRoute(failure),
                    _ => Held::Lost(failure),
                });
            }
        };
        if answer.status == StatusCode::OK {
            return Ok(match Reply::parse(&answer, &self.call.job_id) {
                Some(reply) => Held::Reply(Box::new(reply)),
                None => Held::NoRoute(self.not_json(&answer)),
            });
        }
        let now = self.engine.clock.now();
        let failure = refusal::failure(&answer, &request.url, target.credential.as_ref(), now);
        let cursor_sent = self.reader.cursor().is_some();
        Ok(match answer.status {
            StatusCode::NOT_FOUND => Held::NoRoute(failure),
            status if status.is_redirection() => Held::NoRoute(failure),
            StatusCode::BAD_REQUEST if cursor_sent && is_about_the_cursor(&failure) => Held::UnknownCursor(failure),
            _ => Held::Refused(failure),
        })
    }

    /// How the wait ends with this reply, if it does. A job that ended may have left more records than fit into a reply
    /// (CM-D-37); should the server forget it meanwhile, what it said first counts.
    fn end(&mut self, reply: &Reply, news: usize) -> Option<WaitResult> {
        let over = reply.is_done || (reply.has_more && reply.is_terminal());
        if over && self.ended.is_none() {
            self.ended = Some(WaitResult {
                status: reply.status.clone(),
                name: reply.name.clone(),
                not_supported: false,
                error: reply.error.clone(),
                tells_errors: reply.instance.is_some() || reply.error.is_some(),
            });
        }
        let more = self.call.want_records && reply.is_full() && news > 0 && self.reader.cursor().is_some();
        self.ended.take_if(|_| !more)
    }

    /// Keeps a distance between requests unless there is a reason to ask at once: records that wait, or a server that
    /// spaces its replies itself.
    async fn space(&self, reply: &Reply, news: usize) {
        let at_once = news > 0 && (reply.is_full() || reply.instance.is_some());
        let passed = self.engine.clock.elapsed().saturating_sub(reply.asked);
        if !at_once && passed < SPACING {
            self.engine.clock.pause(SPACING.saturating_sub(passed)).await;
        }
    }

    fn tell(&self, reply: &Reply) {
        self.verbose(format!(
            "Job {} is {}. Elapsed : {}s.",
            self.call.job_id, reply.status, reply.elapsed_seconds
        ));
    }

    /// Ends a wait that cannot go on. When the job's end is known already, only records are missing.
    fn give_up(&mut self, mut failure: Failure) -> Result<WaitResult, Failure> {
        let job = &self.call.job_id;
        if let Some(ended) = self.ended.take() {
            let warning = format!("The last records of job {job} could not be read. {}", failure.message);
            self.events.send(Event::Warning(warning));
            return Ok(ended);
        }
        if failure.kind == FailureKind::InvalidInput {
            return Err(failure);
        }
        let _ = write!(
            failure.message,
            " This ends the wait, not the job {job}: wait for it again with the same id."
        );
        Err(failure)
    }

    fn not_supported(&self) -> WaitResult {
        self.verbose("The server has no wait route.".to_owned());
        WaitResult {
            status: "NotSupported".to_owned(),
            name: self.call.job_id.clone(),
            not_supported: true,
            error: None,
            tells_errors: false,
        }
    }

    fn not_json(&self, answer: &Answer) -> Failure {
        let server = address::shown(&self.call.target.base);
        let mut failure = Failure::new(
            FailureKind::Malformed,
            format!("What {server} answered to a wait is not the JSON of this protocol."),
        );
        failure.status = answer.status.as_u16();
        answer.request_id().clone_into(&mut failure.request_id);
        failure
    }

    fn verbose(&self, line: String) {
        self.events.send(Event::Verbose(line));
    }
}

fn is_about_the_cursor(failure: &Failure) -> bool {
    failure.reason_phrase.contains("invalid_cursor") || failure.body.contains("invalid_cursor")
}

/// The cursor came from the caller, so the caller has to know (client module 12.3).
fn foreign_cursor(mut failure: Failure) -> Failure {
    failure.message = format!(
        "The cursor was not issued for this job, or the server was restarted since. Wait without a cursor to read the records \
         from the beginning. {}",
        failure.message
    );
    failure
}
