//! `spe-server policy`: what clients may do, and what a script would be refused for (wire protocol 7).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::run::workers_setup;
use super::secrets::configuration;
use super::sources::sources;
use crate::config::{ServerConfig, load, read_policies};
use crate::identity::policy::NamedPolicy;
use crate::identity::{Owner, Policy};
use crate::sessions::Processes as _;
use crate::workers::{LeaseKey, Patience, Scanned, Workers};

/// How long the process that scanned may take to be gone.
const WORKER_END: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct PolicyArgs {
    /// The folder that init wrote.
    #[arg(long, value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// List all policies.
    List,
    /// Show one policy.
    Show {
        /// Its name.
        name: String,
    },
    /// Say what a script would be refused for under a policy, without running it.
    Test {
        /// The script.
        file: PathBuf,
        /// The policy.
        #[arg(long, value_name = "NAME")]
        policy: String,
    },
}

/// Carries a command out.
pub(super) fn run(args: PolicyArgs) -> anyhow::Result<()> {
    let folder = args.folder.context("name the folder that init wrote: --folder DIR")?;
    configuration(&folder)?;
    let policies = all(&folder)?;
    match args.command {
        PolicyCommand::List => {
            println!(
                "{:<24} {:<20} {:<9} {:<11} services",
                "name", "language mode", "commands", "audit"
            );
            for policy in &policies {
                println!("{}", line(&policy.policy));
            }
            Ok(())
        }
        PolicyCommand::Show { name } => {
            print!("{}", facts(find(&policies, &name)?));
            Ok(())
        }
        PolicyCommand::Test { file, policy } => test(folder, &file, &find(&policies, &policy)?.policy),
    }
}

/// The built-in policies and those of the folder. One that cannot be read is told and left out.
fn all(folder: &Path) -> anyhow::Result<Vec<NamedPolicy>> {
    let mut warnings = Vec::new();
    let own = read_policies(folder, &mut warnings)?;
    for warning in warnings {
        eprintln!("spe-server: {warning}");
    }
    let built_in = [Policy::unrestricted(), Policy::deny_all()].map(|policy| NamedPolicy {
        id: policy.name.clone(),
        policy,
    });
    let mut all: Vec<_> = built_in.into_iter().chain(own).collect();
    all.sort_by_key(|policy| policy.policy.name.to_lowercase());
    Ok(all)
}

fn find<'a>(policies: &'a [NamedPolicy], name: &str) -> anyhow::Result<&'a NamedPolicy> {
    let mut found = policies
        .iter()
        .filter(|policy| policy.policy.name.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (Some(policy), None) => Ok(policy),
        (Some(_), Some(_)) => bail!("two policies have the name {name:?}, so neither counts; rename one"),
        (None, _) => bail!("there is no policy {name:?}; spe-server policy list shows all"),
    }
}

fn line(policy: &Policy) -> String {
    let commands = match &policy.commands {
        _ if policy.denial.is_some() => "none".to_owned(),
        None => "any".to_owned(),
        Some(commands) => commands.len().to_string(),
    };
    let (mode, audit) = (policy.language_mode.as_str(), policy.audit.as_str());
    format!(
        "{:<24} {mode:<20} {commands:<9} {audit:<11} {}",
        policy.name,
        services(policy)
    )
}

fn services(policy: &Policy) -> String {
    policy
        .services
        .as_ref()
        .map_or_else(|| "all".to_owned(), |services| services.join(", "))
}

fn facts(named: &NamedPolicy) -> String {
    let policy = &named.policy;
    let mut lines = vec![
        format!("{:<16} {}\n", "name", policy.name),
        format!("{:<16} {}\n", "id", named.id),
        format!("{:<16} {}\n", "language mode", policy.language_mode.as_str()),
        format!("{:<16} {}\n", "audit level", policy.audit.as_str()),
        format!("{:<16} {}\n", "services", services(policy)),
    ];
    match &policy.commands {
        _ if policy.denial.is_some() => lines.push("it lets no script run\n".to_owned()),
        None => lines.push("it allows every command\n".to_owned()),
        Some(commands) => lines.extend(commands.iter().map(|command| format!("{:<16} {command}\n", "command"))),
    }
    lines.concat()
}

/// Scans a script as the server would, with a worker of its own.
fn test(folder: PathBuf, file: &Path, policy: &Arc<Policy>) -> anyhow::Result<()> {
    let name = &policy.name;
    if policy.denial.is_some() {
        bail!("the policy '{name}' lets no script run");
    }
    let Some(commands) = policy.commands.clone() else {
        println!("the policy '{name}' allows everything");
        return Ok(());
    };
    let script = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let config = load(&sources(folder, Vec::new())?)?.config;
    let runtime = tokio::runtime::Runtime::new()?;
    let scanned = runtime.block_on(scan(config, script, commands))?;
    match scanned {
        Scanned::Allowed => println!("the policy '{name}' allows it"),
        Scanned::Blocked(blocked) => bail!(
            "{}:{}:{}: the policy '{name}' does not allow '{}': {}",
            file.display(),
            blocked.line,
            blocked.column,
            blocked.command,
            blocked.reason
        ),
    }
    Ok(())
}

async fn scan(config: ServerConfig, script: String, commands: Arc<[String]>) -> anyhow::Result<Scanned> {
    let workers = Arc::new(Workers::start(workers_setup(&config, None)?)?);
    let key = LeaseKey {
        owner: Owner(Arc::from("scanner")),
        policy: "scanner".to_owned(),
    };
    let scanned = async {
        let mut process = workers.lease(key, Patience::Bounded).await?;
        anyhow::Ok(process.scan(script.into(), commands).await?)
    };
    let scanned = scanned.await;
    workers.shut_down(config.workers.stop_grace + WORKER_END).await;
    scanned
}
