//! `spe-server audit tail`: the audit lines of the log as a table (wire protocol 10).

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::secrets::configuration;
use super::sources::sources;
use crate::config::{LogFile, load};
use crate::log::{Entry, printable};

/// How often a file that is followed is looked at.
const LOOK: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Show the latest audit lines as a table.
    Tail(TailArgs),
}

#[derive(Debug, Args)]
struct TailArgs {
    /// The folder that init wrote; its `logs.file` is read.
    #[arg(long, value_name = "DIR", required_unless_present = "file")]
    folder: Option<PathBuf>,
    /// Read this log instead.
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    file: Option<PathBuf>,
    /// How many lines.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    lines: u32,
    /// Go on with new ones until Ctrl+C, also when the file is turned over.
    #[arg(long, short = 'f')]
    follow: bool,
    /// Only lines of this action, such as scriptCompleted. May be given more than once.
    #[arg(long, value_name = "NAME")]
    action: Vec<String>,
    /// Only lines of the request with this id.
    #[arg(long, value_name = "ID")]
    rid: Option<String>,
    /// Only lines of this client.
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Only lines of this account.
    #[arg(long, value_name = r"DOMAIN\NAME")]
    user: Option<String>,
    /// Show the lines as they stand in the log.
    #[arg(long)]
    raw: bool,
}

/// Carries a command out.
pub(super) fn run(args: AuditArgs) -> anyhow::Result<()> {
    let AuditCommand::Tail(args) = args.command;
    let log = place(&args)?;
    let mut shown = VecDeque::new();
    let mut last = None;
    for path in log.all() {
        let opened = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let mut followed = Followed::new(opened);
        let mut here = VecDeque::new();
        followed.lines(|line| {
            if args.matches(line) {
                here.push_back(line.to_owned());
                if here.len() > args.lines as usize {
                    here.pop_front();
                }
            }
        })?;
        last.get_or_insert(followed);
        let room = (args.lines as usize).saturating_sub(shown.len());
        let skipped = here.len().saturating_sub(room);
        for line in here.into_iter().skip(skipped).rev() {
            shown.push_front(line);
        }
        if shown.len() >= args.lines as usize {
            break;
        }
    }
    let Some(last) = last else {
        bail!("there is no log in {}", log.path.display());
    };
    let mut output = std::io::stdout().lock();
    if !args.raw {
        writeln!(output, "{}", Row(HEAD.map(str::to_owned)).text())?;
    }
    for line in shown {
        args.show(&mut output, &line)?;
    }
    output.flush()?;
    if args.follow {
        follow(&args, &log.path, last, &mut output)?;
    }
    Ok(())
}

fn place(args: &TailArgs) -> anyhow::Result<LogFile> {
    if let Some(file) = &args.file {
        return Ok(LogFile {
            path: file.clone(),
            bytes: u64::MAX,
            kept: 0,
        });
    }
    let folder = args
        .folder
        .clone()
        .context("name the folder that init wrote: --folder DIR")?;
    configuration(&folder)?;
    let loaded = load(&sources(folder, Vec::new())?)?;
    loaded.log_file.context(
        "the log goes to standard error: name a file with logs.file in spe-server.toml, or read what keeps it with --file FILE",
    )
}

/// Shows what comes until the process is ended. A file that was turned over is read to its end before the next one.
fn follow(args: &TailArgs, path: &Path, mut file: Followed, output: &mut impl std::io::Write) -> anyhow::Result<()> {
    loop {
        let next = File::open(path).ok().filter(|next| file.is_other(next));
        let mut failed = Ok(());
        file.lines(|line| {
            if args.matches(line) && failed.is_ok() {
                failed = args.show(output, line);
            }
        })?;
        failed?;
        output.flush()?;
        match next {
            Some(next) => file = Followed::new(next),
            None => std::thread::sleep(LOOK),
        }
    }
}

/// A file that grows.
struct Followed {
    reader: BufReader<File>,
    /// The beginning of a line that is not whole yet.
    rest: Vec<u8>,
}

impl Followed {
    fn new(file: File) -> Self {
        Self {
            reader: BufReader::new(file),
            rest: Vec::new(),
        }
    }

    /// Every line that has become whole.
    fn lines(&mut self, mut take: impl FnMut(&str)) -> anyhow::Result<()> {
        while self.reader.read_until(b'\n', &mut self.rest)? > 0 {
            if self.rest.last() != Some(&b'\n') {
                break;
            }
            let line = String::from_utf8_lossy(&self.rest);
            let line = line.trim_end();
            if !line.is_empty() {
                take(line);
            }
            self.rest.clear();
        }
        Ok(())
    }

    fn is_other(&self, file: &File) -> bool {
        let id = |file: &File| file.metadata().map(|found| (found.dev(), found.ino())).ok();
        id(self.reader.get_ref()) != id(file)
    }
}

impl TailArgs {
    /// What is no line of a log is shown, so that nothing hides, unless lines of something are asked for.
    fn matches(&self, line: &str) -> bool {
        let Some(entry) = Entry::parse(line) else {
            return self.action.is_empty() && self.rid.is_none() && self.client.is_none() && self.user.is_none();
        };
        let is = |asked: &Option<String>, name| {
            asked
                .as_ref()
                .is_none_or(|asked| asked.eq_ignore_ascii_case(entry.field(name)))
        };
        let action = entry.field("action");
        !action.is_empty()
            && (self.action.is_empty() || self.action.iter().any(|asked| asked.eq_ignore_ascii_case(action)))
            && is(&self.rid, "rid")
            && is(&self.client, "remotingClient")
            && is(&self.user, "user")
    }

    fn show(&self, output: &mut impl std::io::Write, line: &str) -> anyhow::Result<()> {
        let text = match Entry::parse(line) {
            Some(entry) if !self.raw => Row::of(&entry).text(),
            _ => printable(line),
        };
        Ok(writeln!(output, "{text}")?)
    }
}

const HEAD: [&str; 9] = [
    "TIME", "LEVEL", "CATEGORY", "ACTION", "RID", "CLIENT", "USER", "IP", "DETAILS",
];

/// A line of the table.
struct Row([String; 9]);

impl Row {
    /// Widths of all columns but the last.
    const WIDTHS: [usize; 8] = [28, 6, 14, 24, 10, 20, 24, 16];
    /// Fields that have columns.
    const FIELDS: [&str; 5] = ["action", "rid", "remotingClient", "user", "ip"];

    fn of(entry: &Entry) -> Self {
        let rest = entry
            .fields
            .iter()
            .filter(|(name, _)| !Self::FIELDS.contains(&name.as_str()));
        let mut details: Vec<_> = rest.map(|(name, value)| format!("{name}={value}")).collect();
        if !entry.message.is_empty() {
            details.insert(0, entry.message.clone());
        }
        let [action, rid, client, user, ip] = Self::FIELDS.map(|name| entry.field(name).to_owned());
        let (time, level, category) = (entry.time.clone(), entry.level.clone(), entry.category.clone());
        Self([time, level, category, action, rid, client, user, ip, details.join(" ")])
    }

    /// One blank at least between two columns; an empty one is a dash.
    fn text(&self) -> String {
        let mut text = String::new();
        for (at, column) in self.0.iter().enumerate() {
            let column = if column.is_empty() {
                "-".to_owned()
            } else {
                printable(column)
            };
            match Self::WIDTHS.get(at) {
                Some(width) => {
                    let _ = write!(text, "{column:<width$} ");
                }
                None => text.push_str(&column),
            }
        }
        text
    }
}
