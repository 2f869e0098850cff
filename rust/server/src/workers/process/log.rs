//! A worker's standard output and error, line by line into the log. Bounded: a script writes what it likes there.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

/// Longest line, in bytes; the rest of it is left out.
const MAX_LINE: usize = 2_000;
/// Most lines of one worker in a second; further ones are counted.
const MAX_LINES: u32 = 100;
/// Lines that are kept to explain a start that failed.
const MAX_TAIL: usize = 5;
/// Longest explanation, in characters.
const MAX_CAUSE: usize = 600;

/// The last lines of a process that has not got ready.
#[derive(Debug, Clone, Default)]
pub(super) struct Tail(Arc<Mutex<VecDeque<String>>>);

impl Tail {
    fn add(&self, line: String) {
        let mut lines = self.0.lock();
        if lines.len() == MAX_TAIL {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The lines as one.
    pub(super) fn text(&self) -> String {
        let lines: Vec<_> = self.0.lock().iter().cloned().collect();
        lines.join(" | ").chars().take(MAX_CAUSE).collect()
    }
}

/// Reads until the last process that holds the other end is gone.
pub(super) async fn relay(mut pipe: impl AsyncRead + Unpin, pid: i32, tail: Tail) {
    let mut rate = Rate::new();
    let mut line = Vec::new();
    let mut buffer = vec![0; 8 * 1024];
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        for &byte in &buffer[..read] {
            if byte == b'\n' {
                write(&line, pid, &tail, &mut rate);
                line.clear();
            } else if line.len() < MAX_LINE {
                line.push(byte);
            }
        }
    }
    write(&line, pid, &tail, &mut rate);
    rate.report(pid);
}

fn write(line: &[u8], pid: i32, tail: &Tail, rate: &mut Rate) {
    let text = String::from_utf8_lossy(line.trim_ascii_end());
    if text.is_empty() {
        return;
    }
    if rate.allows(pid) {
        tracing::info!(target: "Worker", pid, line = %text);
    }
    tail.add(text.into_owned());
}

/// How many lines came in this second.
struct Rate {
    since: Instant,
    lines: u32,
    left_out: u64,
}

impl Rate {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            lines: 0,
            left_out: 0,
        }
    }

    fn allows(&mut self, pid: i32) -> bool {
        if self.since.elapsed() >= Duration::from_secs(1) {
            self.report(pid);
            *self = Self::new();
        }
        self.lines = self.lines.saturating_add(1);
        let allowed = self.lines <= MAX_LINES;
        self.left_out += u64::from(!allowed);
        allowed
    }

    fn report(&self, pid: i32) {
        if self.left_out > 0 {
            tracing::warn!(target: "Worker", pid, lines = self.left_out, "lines were left out: too many at once");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_tail_holds_the_last_lines_cut_and_without_blank_ones() {
        let tail = Tail::default();
        let long = "x".repeat(3 * MAX_LINE);
        let text = format!("{long}\n1\n2\n\n  \n3\n4\r\n\u{fffd}5");
        relay(text.as_bytes(), 1, tail.clone()).await;
        assert_eq!(tail.text(), "1 | 2 | 3 | 4 | \u{fffd}5");
    }

    #[tokio::test]
    async fn a_line_without_end_is_held_only_in_part() {
        let tail = Tail::default();
        let long = "x".repeat(1_000_000);
        relay(long.as_bytes(), 1, tail.clone()).await;
        assert_eq!(tail.0.lock()[0].len(), MAX_LINE);
    }

    #[tokio::test(start_paused = true)]
    async fn more_lines_than_allowed_in_a_second_are_counted() {
        let mut rate = Rate::new();
        assert_eq!(
            (0..MAX_LINES + 7).filter(|_| rate.allows(1)).count(),
            MAX_LINES as usize
        );
        assert_eq!(rate.left_out, 7);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(rate.allows(1));
        assert_eq!(rate.left_out, 0);
    }
}
