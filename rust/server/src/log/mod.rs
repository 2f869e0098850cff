//! The log: lines of `[Category] action=... key=value`, or of JSON, on standard error or in a file (wire protocol 10.1). Values are escaped
//! here, at the one place where lines are written, so that nothing a caller sends can forge one (WP-D-41).

mod escape;
mod event;
mod file;
mod json;
mod read;

use std::fmt;
use std::io;
use std::sync::Arc;

use spe_protocol::timestamp::format_utc;
use time::OffsetDateTime;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use self::escape::{escape, escape_value, is_control};
use self::event::Parts;
use self::file::RotatedFile;
use crate::config::{LogFile, LogFormat};

/// Longest message that is written, in characters.
const MAX_MESSAGE: usize = 4096;
/// The category of lines that name none: those about the server itself.
const OWN_CATEGORY: &str = "Server";

pub(crate) use self::read::{Entry, printable};

/// The log of this process.
#[derive(Debug, Clone)]
pub struct Log(Option<Arc<RotatedFile>>);

impl Log {
    /// Opens its file anew, where it has one, so that another program may have moved it away.
    pub fn reopen(&self) {
        if let Some(file) = &self.0 {
            file.reopen();
        }
    }
}

/// Starts logging to `file`, or to standard error where there is none, from `level` on and in `format`. A second call changes nothing.
pub fn start(level: LevelFilter, format: LogFormat, file: Option<LogFile>) -> io::Result<Log> {
    let log = Log(file.map(RotatedFile::open).transpose()?.map(Arc::new));
    let subscriber = subscriber(level, format, log.clone());
    // It fails when there is a log already, which then stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let payload = panic.payload();
        let text = payload.downcast_ref::<&str>().copied().map(str::to_owned);
        let text = text
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        tracing::error!(place, "a fault of the server: {text}");
    }));
    Ok(log)
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// What is written at once is one line.
impl io::Write for &Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match &self.0 {
            Some(file) => file.line(line),
            None => io::stderr().write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn subscriber<W>(level: LevelFilter, format: LogFormat, writer: W) -> impl Subscriber
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(writer)
        // A log that nobody reads any more must not end the server.
        .log_internal_errors(false)
        .event_format(Lines(format))
        .finish()
}

/// One line for each event.
struct Lines(LogFormat);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let parts = Parts::of(event);
        match self.0 {
            LogFormat::KeyValue => write_line(&mut line, &parts),
            LogFormat::Json => json::write_line(&mut line, &parts),
        }
    }
}

/// `[Category] action=... key=value`, with the level before it and, on audit lines, the user.
fn write_line(line: &mut impl fmt::Write, parts: &Parts) -> fmt::Result {
    write!(line, "{} {}", format_utc(OffsetDateTime::now_utc()), parts.level)?;
    if parts.is_audit() {
        write!(line, " AUDIT ({})", escape_value(parts.user().unwrap_or("unknown")))?;
    }
    write!(line, " [{}]", parts.category.unwrap_or(OWN_CATEGORY))?;
    if !parts.message.is_empty() {
        write!(line, " {}", escape(&parts.message, MAX_MESSAGE, is_control))?;
    }
    for (name, value) in &parts.fields {
        write!(line, " {name}={}", escape_value(value))?;
    }
    writeln!(line)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What `write` logs.
    fn text(level: LevelFilter, format: LogFormat, write: impl FnOnce()) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        tracing::subscriber::with_default(subscriber(level, format, move || writer.clone()), write);
        String::from_utf8(sink.0.lock().unwrap().clone()).unwrap()
    }

    /// The objects that `write` logs, without their times.
    fn objects(write: impl FnOnce()) -> Vec<serde_json::Value> {
        let text = text(LevelFilter::DEBUG, LogFormat::Json, write);
        let objects = text.lines().map(|line| serde_json::from_str(line).unwrap());
        objects
            .map(|mut object: serde_json::Value| {
                assert!(object.as_object_mut().unwrap().remove("time").is_some());
                object
            })
            .collect()
    }

    /// The lines that `write` logs, without their times.
    fn lines(level: LevelFilter, write: impl FnOnce()) -> Vec<String> {
        let text = text(level, LogFormat::KeyValue, write);
        text.lines()
            .map(|line| line.split_once(' ').unwrap().1.to_owned())
            .collect()
    }

    /// Wire protocol 10.1: the example, with the level before it.
    #[test]
    fn an_audit_line_names_user_category_and_fields_in_order() {
        let lines = lines(LevelFilter::INFO, || {
            tracing::info!(target: "Remoting", action = "connectionTest", user = "sitecore\\svc", ip = %"203.0.113.7", n = 5);
            tracing::warn!(target: "Remoting", action = "serviceDisabled", service = "remoting");
        });
        let audit = "INFO AUDIT (sitecore\\svc) [Remoting] action=connectionTest user=sitecore\\svc ip=203.0.113.7 n=5";
        assert_eq!(
            lines,
            [audit, "WARN [Remoting] action=serviceDisabled service=remoting"]
        );
    }

    #[test]
    fn a_line_without_category_is_the_servers_own() {
        let lines = lines(LevelFilter::INFO, || {
            tracing::debug!("not at this level");
            tracing::warn!(error = "no such file", "accepting failed\n[Remoting]");
        });
        assert_eq!(
            lines,
            ["WARN [Server] accepting failed%0A[Remoting] error=no%20such%20file"]
        );
    }

    /// WP-D-41: a user's name is no way into the prefix of an audit line.
    #[test]
    fn values_cannot_forge_a_line() {
        let lines = lines(LevelFilter::INFO, || {
            tracing::info!(target: "Remoting", action = "x", user = "a) [Remoting] action=y\nz");
        });
        assert_eq!(
            lines,
            ["INFO AUDIT (a)%20[Remoting]%20action%3Dy%0Az) [Remoting] action=x user=a)%20[Remoting]%20action%3Dy%0Az"]
        );
    }

    /// Wire protocol 10.1: the example in JSON; the level of an audit line is `audit`, and it has a user.
    #[test]
    fn json_has_real_fields() {
        let objects = objects(|| {
            tracing::info!(target: "Remoting", action = "connectionTest", user = "sitecore\\svc", ip = %"203.0.113.7", n = 5);
            tracing::info!(target: "Remoting", action = "requestReceived");
            tracing::warn!(target: "Remoting", action = "serviceDisabled", service = "remoting");
            tracing::debug!(path = "a b", "it is \"so\"");
        });
        let expected = [
            json!({"type": "Remoting", "level": "audit", "action": "connectionTest", "user": "sitecore\\svc",
                   "ip": "203.0.113.7", "n": "5"}),
            json!({"type": "Remoting", "level": "audit", "action": "requestReceived", "user": "unknown"}),
            json!({"type": "Remoting", "level": "warn", "action": "serviceDisabled", "service": "remoting"}),
            json!({"level": "debug", "message": "it is \"so\"", "path": "a b"}),
        ];
        assert_eq!(objects, expected);
    }

    /// WP-D-41 and authentication 9.2: values are whole, blanks and quotes included, and override nothing.
    #[test]
    fn json_values_are_whole_and_override_nothing() {
        let forged = "x\",\"action\":\"forged\"}\n{\u{2028}\u{202e}\u{e0041}\0";
        let text = text(LevelFilter::INFO, LogFormat::Json, || {
            tracing::info!(target: "Remoting", action = "x", path = forged, level = "fatal", long = "y".repeat(300));
        });
        assert_eq!(text.lines().count(), 1);
        assert!(text.contains(r"\u2028\u202e\udb40\udc41\u0000"), "{text}");
        let object: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object["path"], forged);
        assert_eq!((&object["action"], &object["level"]), (&json!("x"), &json!("audit")));
        assert!(object["long"].as_str().unwrap().ends_with("y...(+44)"));
    }
}
