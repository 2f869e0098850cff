//! What the server writes, collected while it runs.

use std::io::{BufRead as _, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::DEADLINE;

/// Lines of a stream; a test waits for one by its content.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<(Mutex<Lines>, Condvar)>);

#[derive(Default)]
struct Lines {
    lines: Vec<String>,
    ended: bool,
}

impl Lines {
    fn with(&self, parts: &[&str]) -> impl Iterator<Item = &String> {
        self.lines
            .iter()
            .filter(|line| parts.iter().all(|part| line.contains(part)))
    }
}

impl Log {
    pub(crate) fn of(stream: impl Read + Send + 'static) -> Self {
        let log = Self::default();
        let collector = log.clone();
        std::thread::spawn(move || {
            let lines = BufReader::new(stream).lines().map_while(Result::ok);
            lines.for_each(|line| collector.change(|lines| lines.lines.push(line)));
            collector.change(|lines| lines.ended = true);
        });
        log
    }

    /// A test that fails while it looks must not take the end of its server along.
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Lines)) {
        change(&mut self.lines());
        self.0.1.notify_all();
    }

    /// The first line, past or to come, that holds each of `parts`.
    pub(crate) fn line(&self, parts: &[&str]) -> String {
        self.line_after(0, parts)
    }

    /// How many lines hold each of `parts` by now.
    pub(crate) fn count(&self, parts: &[&str]) -> usize {
        self.lines().with(parts).count()
    }

    /// The line, past or to come, that holds each of `parts` and has `before` others that do before it.
    pub(crate) fn line_after(&self, before: usize, parts: &[&str]) -> String {
        let found = |lines: &Lines| lines.with(parts).nth(before).cloned();
        let until = Instant::now() + DEADLINE;
        let mut lines = self.lines();
        loop {
            if let Some(line) = found(&lines) {
                return line;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(
                !lines.ended && !left.is_zero(),
                "no line with {parts:?} in\n{}",
                lines.lines.join("\n")
            );
            lines = self
                .0
                .1
                .wait_timeout(lines, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Whether the stream ends in time.
    pub(crate) fn has_ended_within(&self, time: Duration) -> bool {
        let lines = self.lines();
        let waited = self.0.1.wait_timeout_while(lines, time, |lines| !lines.ended);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Everything, once the stream has ended.
    pub(crate) fn whole(&self) -> String {
        assert!(self.has_ended_within(DEADLINE), "the stream did not end");
        self.text()
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        self.lines().lines.join("\n")
    }
}
