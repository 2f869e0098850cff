//! Test: format, lints, build, every test, the quickstart. One closing line sums up all suites.

use anyhow::bail;

use crate::layout::{Layout, Profile};
use crate::process::{command, run, run_watched};
use crate::{build, quickstart};

/// The test projects of .NET. Each is a suite.
const DOTNET_SUITES: [&str; 3] = ["SPE.Essentials.Tests", "SPE.Worker.Tests", "SPE.Tests"];

#[derive(Default)]
struct Sum {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Runs everything that guards a change. Later suites run although an earlier one failed, so that one run shows all.
pub(crate) fn all(layout: &Layout) -> anyhow::Result<()> {
    let root = layout.root();
    run(command(root, "cargo", &["fmt", "--all", "--check"]))?;
    let lint = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "--deny",
        "warnings",
    ];
    run(command(root, "cargo", &lint))?;
    build::all(layout, Profile::Debug)?;

    let mut sum = Sum::default();
    let succeeded = run_watched(
        command(root, "cargo", &["test", "--workspace", "--no-fail-fast"]),
        |line| {
            sum.add(&cargo_counts(line));
        },
    )?;
    sum.settle(succeeded);
    for suite in DOTNET_SUITES {
        let project = format!("tests/{suite}/{suite}.csproj");
        let arguments = [
            "test",
            &project,
            "--no-build",
            "-nologo",
            "--logger",
            "console;verbosity=minimal",
        ];
        let before = sum.failed;
        let succeeded = run_watched(command(root, "dotnet", &arguments), |line| {
            sum.add(&dotnet_counts(line));
        })?;
        if !succeeded && sum.failed == before {
            sum.failed += 1;
        }
    }
    match quickstart::show(layout, Profile::Debug) {
        Ok(()) => sum.passed += 1,
        Err(error) => {
            eprintln!("{error:#}");
            sum.failed += 1;
        }
    }
    println!(
        "\n{} passed, {} failed, {} skipped",
        sum.passed, sum.failed, sum.skipped
    );
    if sum.failed > 0 {
        bail!("{} tests failed", sum.failed);
    }
    Ok(())
}

impl Sum {
    fn add(&mut self, counts: &[u64; 3]) {
        self.passed += counts[0];
        self.failed += counts[1];
        self.skipped += counts[2];
    }

    /// A suite that failed without a failed test (it did not compile, it crashed) counts as one failure.
    fn settle(&mut self, succeeded: bool) {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
    }
}

/// Passed, failed and ignored of a line `test result: ok. 7 passed; 0 failed; 0 ignored; ...`.
fn cargo_counts(line: &str) -> [u64; 3] {
    let Some((_, counts)) = line.split_once("test result: ") else {
        return [0; 3];
    };
    ["passed", "failed", "ignored"].map(|word| number_before(counts, word))
}

/// The same of a line `Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, ...`.
fn dotnet_counts(line: &str) -> [u64; 3] {
    if !line.contains("Failed:") || !line.contains("Total:") {
        return [0; 3];
    }
    ["Passed:", "Failed:", "Skipped:"].map(|word| number_behind(line, word))
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text.find(word).map_or("", |at| &text[..at]);
    before
        .trim_end()
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn number_behind(text: &str, word: &str) -> u64 {
    let behind = text.find(word).map_or("", |at| text[at + word.len()..].trim_start());
    let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    behind[..end].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{cargo_counts, dotnet_counts};

    #[test]
    fn counts_of_cargo_are_read() {
        let line = "test result: FAILED. 7 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(cargo_counts(line), [7, 2, 1]);
        assert_eq!(cargo_counts("running 7 tests"), [0; 3]);
    }

    #[test]
    fn counts_of_dotnet_are_read() {
        let line = "Failed!  - Failed:     2, Passed:    12, Skipped:     1, Total:    15, Duration: 1 s";
        assert_eq!(dotnet_counts(line), [12, 2, 1]);
        assert_eq!(dotnet_counts("  Failed: Name [1 ms]"), [0; 3]);
    }
}
