//! Transfers of a large file: memory of the module's process, and its rate beside a plain client's.

mod plain;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::series::Series;
use crate::layout::{Layout, Profile};
use crate::process::run_watched;
use crate::quickstart;
use plain::{Client, Server};

/// Bytes of the file.
const SIZE: u64 = 1 << 30;

/// Transfers of each kind, half of the plain ones before those of the module and half behind.
const ROUNDS: usize = 4;

/// `upload.*` and `download.*`.
pub(super) fn all(layout: &Layout, figures: &mut BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("spe-").tempdir()?;
    let file = folder.path().join("upload.bin");
    write_file(&file)?;
    let server = Server::start(SIZE)?;
    let client = Client::new(&server, &file, folder.path().join("download.bin"));
    let (mut uploads, mut downloads) = (Vec::new(), Vec::new());
    let mut plain_rounds = || -> anyhow::Result<()> {
        for _ in 0..ROUNDS / 2 {
            uploads.push(client.upload()?);
            downloads.push(client.download()?);
        }
        Ok(())
    };
    // The first round reads the file from the disk.
    client.upload()?;
    plain_rounds()?;
    let module = module(layout, &server, &file)?;
    plain_rounds()?;
    // Other work of the machine only ever adds to what a transfer takes, so the fastest of each is compared.
    let fastest = |samples: Vec<f64>| samples.into_iter().fold(f64::INFINITY, f64::min);
    let of_module = |name: &str, percent| {
        let series = module
            .get(name)
            .with_context(|| format!("the bench script printed no series {name}"));
        series.and_then(|series| series.percentile(percent))
    };
    figures.insert("upload.rate_ratio", fastest(uploads) / of_module("upload_ms", 0.0)?);
    figures.insert(
        "download.rate_ratio",
        fastest(downloads) / of_module("download_ms", 0.0)?,
    );
    figures.insert("upload.1gib_rss_mib", of_module("upload_rss_mib", 100.0)?);
    figures.insert("download.1gib_rss_mib", of_module("download_rss_mib", 100.0)?);
    Ok(())
}

/// What the module's process measures of itself.
fn module(layout: &Layout, server: &Server, file: &Path) -> anyhow::Result<BTreeMap<String, Series>> {
    let mut host = quickstart::script_host(layout, Profile::Release);
    host.arg("-File")
        .arg(layout.root().join("rust/xtask/scripts/transfers.ps1"));
    host.arg("-ConnectionUri").arg(server.uri());
    host.arg("-Path").arg(file).arg("-Rounds").arg(ROUNDS.to_string());
    let mut all = BTreeMap::new();
    let succeeded = run_watched(host, |line| {
        all.extend(Series::parse(line).map(|series| (series.name.clone(), series)));
    })?;
    if !succeeded {
        bail!("the script that measures transfers failed");
    }
    Ok(all)
}

/// A file without holes, since those are not read from anywhere.
fn write_file(path: &Path) -> anyhow::Result<()> {
    let piece: Vec<u8> = (0..1 << 20).map(|number: u32| (number % 251) as u8).collect();
    let mut file = File::create(path)?;
    for _ in 0..SIZE / piece.len() as u64 {
        file.write_all(&piece)?;
    }
    Ok(())
}
