//! What a wait costs a server of 9.0 in requests, and what a call of the module costs beside a bare request.

mod stock;

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

use super::series::Series;
use crate::layout::{Layout, Profile};
use crate::process::run_watched;
use crate::quickstart;
use stock::{Job, Server};

/// `wait.requests.*` and `invoke.overhead_us`.
pub(super) fn all(layout: &Layout, figures: &mut BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    let chatty = Server::start(Job::chatty())?;
    let quiet = Server::start(Job::quiet())?;
    // The jobs take a minute each, so they run beside each other.
    std::thread::scope(|scope| {
        let waits = [&chatty, &quiet].map(|server| scope.spawn(move || script(layout, server, "Wait")));
        let done = waits.map(|wait| wait.join().unwrap_or_else(|_| bail!("a wait panicked")));
        done.into_iter().try_for_each(|outcome| outcome.map(drop))
    })?;
    figures.insert("wait.requests.60s_chatty", chatty.waits() as f64);
    figures.insert("wait.requests.60s_quiet", quiet.waits() as f64);

    let all = script(layout, &Server::start(Job::over())?, "Invoke")?;
    let median = |name: &str| {
        let series = all
            .get(name)
            .with_context(|| format!("the bench script printed no series {name}"));
        series.and_then(|series| series.percentile(50.0))
    };
    figures.insert("invoke.overhead_us", median("invoke_us")? - median("bare_us")?);
    Ok(())
}

fn script(layout: &Layout, server: &Server, what: &str) -> anyhow::Result<BTreeMap<String, Series>> {
    let mut host = quickstart::script_host(layout, Profile::Release);
    host.arg("-File")
        .arg(layout.root().join("rust/xtask/scripts/calls.ps1"));
    host.args(["-ConnectionUri", &server.uri(), "-What", what]);
    let mut all = BTreeMap::new();
    let succeeded = run_watched(host, |line| {
        all.extend(Series::parse(line).map(|series| (series.name.clone(), series)));
    })?;
    if !succeeded {
        bail!("the script that measures calls failed");
    }
    Ok(all)
}
