//! Running other programs, with their output passed on or kept.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// A call of `program` in `folder`, printed before it starts.
pub(crate) fn command(folder: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// Prints what is about to happen and runs it; an exit code other than 0 is an error.
pub(crate) fn run(mut command: Command) -> anyhow::Result<()> {
    let line = describe(&command);
    println!("> {line}");
    let status = command.status().with_context(|| format!("could not start {line}"))?;
    if !status.success() {
        bail!("{line}: {status}");
    }
    Ok(())
}

/// The same, handing each line of standard output to `line` after it was printed. Returns whether the program succeeded.
pub(crate) fn run_watched(mut command: Command, mut line: impl FnMut(&str)) -> anyhow::Result<bool> {
    let description = describe(&command);
    println!("> {description}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {description}"))?;
    let output = child.stdout.take().context("standard output was piped")?;
    for text in BufReader::new(output).lines() {
        let text = text?;
        println!("{text}");
        line(&text);
    }
    Ok(child.wait()?.success())
}

fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
