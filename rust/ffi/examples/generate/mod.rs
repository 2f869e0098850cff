//! Generates the C# side of the boundary. The test `bindings` uses it too.

use std::path::PathBuf;

use interoptopus_csharp::dispatch::Dispatch;
use interoptopus_csharp::{Error, RustLibrary};

/// The attribute that keeps a method out of tiered compilation: it would make the first call in a process wait for the
/// optimising compiler, and later calls gain nothing from it.
const OPTIMISED: &str = "[MethodImpl(MethodImplOptions.AggressiveOptimization)]";

/// Warnings about code that is generated in one shape for all types: fields that are never set or read, and nullable
/// conversions.
const PRAGMA: &str = "#pragma warning disable CS0169, CS0414, CS0649, CS8604, CS8629\n";

/// Where the bindings are checked in.
pub(crate) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../dotnet/SPE/Native/Bindings.g.cs")
}

/// The bindings as they should be: nothing of them is seen outside the assembly.
pub(crate) fn bindings() -> Result<String, Error> {
    let output = RustLibrary::builder(spe::inventory())
        .dll_name("spe")
        .dispatch(Dispatch::single_file("SPE.Native.Bindings"))
        .build()
        .process()?;
    let raw = output.buffer("Interop.cs").map(String::as_str).unwrap_or_default();
    let raw = raw.replace("}public ", "}\npublic ").replace("\u{26a0}\u{fe0f} ", "");
    let mut text = String::with_capacity(raw.len());
    let mut blank = false;
    for line in raw
        .lines()
        .map(str::trim_end)
        .filter(|line| line.trim_start() != OPTIMISED)
    {
        if line.is_empty() && blank {
            continue;
        }
        blank = line.is_empty();
        if line == "#nullable enable" {
            text.push_str(PRAGMA);
        }
        if let Some(rest) = line.strip_prefix("public ") {
            text.push_str("internal ");
            text.push_str(rest);
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    Ok(text)
}
