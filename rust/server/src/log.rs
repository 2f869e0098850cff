//! The log: lines of `[Category] action=... key=value` on standard error (wire protocol 10.1). Values are escaped here, at
//! the one place where lines are written, so that nothing a caller sends can forge one (WP-D-41).

use std::fmt::{self, Write as _};

use spe_protocol::timestamp::format_utc;
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

/// Longest value that is written, in characters (authentication 9.1).
const MAX_VALUE: usize = 256;
/// Longest message that is written, in characters.
const MAX_MESSAGE: usize = 4096;
/// The category of lines that name none: those about the server itself.
const OWN_CATEGORY: &str = "Server";
/// The category whose lines of level info are audit lines.
const AUDITED: &str = "Remoting";

/// Starts logging to standard error, from `level` on. A second call changes nothing.
pub fn start(level: LevelFilter) {
    let subscriber = subscriber(level, std::io::stderr);
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
}

fn subscriber<W>(level: LevelFilter, writer: W) -> impl Subscriber
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(writer)
        // A log that nobody reads any more must not end the server.
        .log_internal_errors(false)
        .event_format(Lines)
        .finish()
}

/// One line for each event.
struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let target = metadata.target();
        // Categories are one word; everything else is the path of a module.
        let category = if target.contains("::") || target.starts_with("spe_") {
            OWN_CATEGORY
        } else {
            target
        };
        write!(line, "{} {}", format_utc(OffsetDateTime::now_utc()), metadata.level())?;
        if *metadata.level() == Level::INFO && category == AUDITED {
            write!(line, " AUDIT ({})", fields.user.as_deref().unwrap_or("unknown"))?;
        }
        write!(line, " [{category}]")?;
        if !fields.message.is_empty() {
            write!(line, " {}", fields.message)?;
        }
        writeln!(line, "{}", fields.pairs)
    }
}

/// The fields of an event, escaped.
#[derive(Default)]
struct Fields {
    message: String,
    pairs: String,
    user: Option<String>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message = escape(value, MAX_MESSAGE, is_control);
            return;
        }
        let value = escape_value(value);
        // Writing to a string does not fail.
        let _ = write!(self.pairs, " {}={value}", field.name());
        if field.name() == "user" {
            self.user = Some(value);
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }
}

/// A value of authentication 9.1: it has no blanks, no `=` and nothing invisible, so that it cannot look like more.
fn escape_value(value: &str) -> String {
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    escape(value, MAX_VALUE, |letter| {
        letter == '=' || letter.is_whitespace() || is_control(letter)
    })
}

/// `text`, cut to `most` characters, with the percent-encoded bytes of every character that `hidden` names.
fn escape(text: &str, most: usize, hidden: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars();
    for letter in letters.by_ref().take(most) {
        if hidden(letter) {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(escaped, "%{byte:02X}");
            }
        } else {
            escaped.push(letter);
        }
    }
    let rest = letters.count();
    if rest > 0 {
        let _ = write!(escaped, "...(+{rest})");
    }
    escaped
}

/// Characters that break a line, or that change how others show.
fn is_control(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        )
        || matches!(letter, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(letter, '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

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

    /// The lines that `write` logs, without their times.
    fn lines(level: LevelFilter, write: impl FnOnce()) -> Vec<String> {
        let sink = Sink::default();
        let writer = sink.clone();
        tracing::subscriber::with_default(subscriber(level, move || writer.clone()), write);
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
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

    /// WP-D-41 and authentication 9.1: the worked example, line breaks, and what does not show.
    #[test]
    fn values_cannot_forge_a_line() {
        for (value, escaped) in [
            ("", "(empty)"),
            ("plain[1]%", "plain[1]%"),
            (
                "legitimate action=loginSuccess user=admin",
                "legitimate%20action%3DloginSuccess%20user%3Dadmin",
            ),
            ("a\r\n\tb", "a%0D%0A%09b"),
            ("\u{1b}[2J\u{7f}\0", "%1B[2J%7F%00"),
            (
                "\u{85}\u{2028}\u{202e}\u{feff}\u{a0}",
                "%C2%85%E2%80%A8%E2%80%AE%EF%BB%BF%C2%A0",
            ),
            (
                "a\u{61c}\u{ad}\u{2060}\u{3164}b\u{e0041}",
                "a%D8%9C%C2%AD%E2%81%A0%E3%85%A4b%F3%A0%81%81",
            ),
            ("sitecore\\j\u{fc}rgen", "sitecore\\j\u{fc}rgen"),
        ] {
            assert_eq!(escape_value(value), escaped);
        }
        let lines = lines(LevelFilter::INFO, || {
            tracing::info!(target: "Remoting", action = "x", user = "a) [Remoting] action=y\nz");
        });
        assert_eq!(
            lines,
            ["INFO AUDIT (a)%20[Remoting]%20action%3Dy%0Az) [Remoting] action=x user=a)%20[Remoting]%20action%3Dy%0Az"]
        );
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(escape_value(&"x".repeat(256)).len(), 256);
        let cut = escape_value(&"x".repeat(300));
        assert!(cut.ends_with("...(+44)"), "{cut}");
    }
}
