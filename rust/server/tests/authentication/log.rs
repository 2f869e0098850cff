//! What the server logs in the process of these tests. It is one log for all of them, since what is logged where is decided
//! once per process; lines of one request are found by its id.

use std::io;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use tracing_subscriber::filter::LevelFilter;

/// Every line since the first call of [`log`], down to the finest level.
#[derive(Debug, Default)]
pub(crate) struct Log {
    text: Mutex<Vec<u8>>,
}

/// The log.
pub(crate) fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    static STARTED: OnceLock<()> = OnceLock::new();
    let log = LOG.get_or_init(Log::default);
    STARTED.get_or_init(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || log)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("no other log in this process");
    });
    log
}

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }

    /// The lines that have all of these words.
    pub(crate) fn lines(&self, words: &[&str]) -> Vec<String> {
        let text = self.text();
        let matching = text.lines().filter(|line| words.iter().all(|word| line.contains(word)));
        matching.map(str::to_owned).collect()
    }

    /// Waits for such a line.
    pub(crate) async fn comes(&self, words: &[&str]) {
        let waiting = async {
            while self.lines(words).is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let came = tokio::time::timeout(Duration::from_mins(1), waiting).await;
        assert!(came.is_ok(), "{words:?} in {}", self.text());
    }

    /// The only such line.
    pub(crate) fn line(&self, words: &[&str]) -> String {
        let mut lines = self.lines(words);
        assert_eq!(lines.len(), 1, "{words:?} in {}", self.text());
        lines.remove(0)
    }
}

impl io::Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
