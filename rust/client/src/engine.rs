//! What all calls share, and the one loop in which a refused request is tried again.

use std::sync::Arc;

use crate::answer::Answer;
use crate::clock::Clock;
use crate::cookies::Jars;
use crate::pools::Pools;
use crate::request::Request;
use crate::text::seconds;
use crate::{Event, Events, Failure, Target, retry};

#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) pools: Pools,
    pub(crate) jars: Jars,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Engine {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            pools: Pools::default(),
            jars: Jars::default(),
            clock,
        }
    }

    /// Sends `request`, and again up to `retries` times while the server answers 429 or 503. Transport failures are not tried
    /// again here: what was sent may have been done (client module 8.6).
    pub(crate) async fn send(
        &self,
        target: &Target,
        request: &Request,
        retries: u32,
        events: &Events,
    ) -> Result<Answer, Failure> {
        let mut again = 0;
        loop {
            let answer = self.exchange(target, request).await?;
            if let Some(line) = answer.rate_limit_line() {
                events.send(Event::Verbose(line));
            }
            let pause = retry::pause(answer.status, answer.retry_after(), self.clock.now());
            let Some(pause) = pause.filter(|_| again < retries) else {
                return Ok(answer);
            };
            again += 1;
            events.send(Event::Verbose(format!(
                "The server answered {} ({}). Trying again in {}, retry {again} of {retries}.",
                answer.status.as_u16(),
                answer.phrase,
                seconds(pause)
            )));
            self.clock.pause(pause).await;
        }
    }
}
