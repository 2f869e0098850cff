//! From the files of a folder and the environment to a configuration.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;

use super::error::ConfigError;
use super::file::{Guard, read};
use super::settings::{PREFIX, Settings};
use super::spe::{self, Merged, Source};
use super::{
    Account, Listen, LogFile, LogFormat, Note, ServerConfig, TlsFiles, accounts, field, layers, read_clients,
    read_policies,
};

/// Settings of our own, below the folder.
pub const SETTINGS_FILE: &str = "spe-server.toml";
/// The accounts, below the folder.
pub const ACCOUNTS_FILE: &str = "accounts.toml";
/// Services and authentication, below the folder.
pub const SPE_FILE: &str = "App_Config/Include/Spe/Spe.config";
/// The environment variable that sets the log level above every setting.
pub const LOG_VARIABLE: &str = "SPE_SERVER_LOG";

/// Where the configuration comes from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The folder `init` wrote.
    pub folder: PathBuf,
    /// Addresses of the command line; none: those of the settings.
    pub listen: Vec<Listen>,
    /// The environment of the process.
    pub environment: Vec<(String, String)>,
}

/// A configuration, and what is to be said about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: ServerConfig,
    /// From which level on is logged.
    pub log_level: LevelFilter,
    /// How it is written.
    pub log_format: LogFormat,
    /// The file it goes to; none is standard error.
    pub log_file: Option<LogFile>,
    /// What is odd but no reason not to start.
    pub warnings: Vec<String>,
    /// What the log says in lines of a fixed form.
    pub notes: Vec<Note>,
}

impl Sources {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String> {
        find(&self.environment, name).map(str::to_owned)
    }
}

/// The folder of `sources`, when there is a configuration in it.
fn folder(sources: &Sources) -> Result<PathBuf, ConfigError> {
    let folder = sources.folder.canonicalize().map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => ConfigError::Missing {
            folder: sources.folder.clone(),
        },
        _ => ConfigError::Read {
            file: sources.folder.clone(),
            cause,
        },
    })?;
    if !folder.join(SETTINGS_FILE).exists() && !folder.join(SPE_FILE).exists() {
        return Err(ConfigError::Missing { folder });
    }
    Ok(folder)
}

/// Reads `Spe.config` below `folder` and the patches beside it.
fn merge(
    folder: &Path,
    sources: &Sources,
    warnings: &mut Vec<String>,
    notes: &mut Vec<Note>,
) -> Result<Merged, ConfigError> {
    let base = folder.join(SPE_FILE);
    let mut files = layers::patches(folder, &base)?;
    files.insert(0, base);
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        let text = read(&file, Guard::Secret)?;
        texts.push(Source { file, text });
    }
    spe::merge(&texts, &|name| sources.variable(name), warnings, notes)
}

/// Reads `Spe.config` and its patches: a line for each value they come to, with the file it came from. Secrets are not in it.
pub fn show(sources: &Sources) -> Result<Vec<String>, ConfigError> {
    let folder = folder(sources)?;
    let merged = merge(&folder, sources, &mut Vec::new(), &mut Vec::new())?;
    Ok(merged.show(&folder))
}

/// Reads everything. The first thing that is wrong ends it.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let folder = folder(sources)?;
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    let settings = settings(&folder, sources)?;
    let merged = merge(&folder, sources, &mut warnings, &mut notes)?;
    let spe = merged.read(&|name| sources.variable(name), &mut warnings)?;
    let accounts = read_accounts(&folder, &mut warnings)?;
    let clients = read_clients(&folder, &mut warnings)?;
    let policies = read_policies(&folder, &mut warnings)?;
    let log_level = match find(&sources.environment, LOG_VARIABLE).filter(|text| !text.is_empty()) {
        None => settings.log_level,
        Some(text) => field::level(text).ok_or_else(|| {
            ConfigError::at(
                LOG_VARIABLE,
                format!("{text:?} is not one of off, error, warn, info, debug, trace"),
            )
        })?,
    };
    let log_format = settings.log_format.unwrap_or(spe.log_format);
    let log_file = settings.log_file.clone().map(|path| LogFile {
        path,
        bytes: settings.log_bytes,
        kept: settings.log_kept,
    });
    let config = ServerConfig {
        tls: tls(&settings).map_err(|problem| ConfigError::in_file(&folder.join(SETTINGS_FILE), problem))?,
        listen: settings.listen,
        key_authorities: settings.key_authorities,
        metrics: settings.metrics,
        trusted_proxies: settings.trusted_proxies,
        public_origins: settings.public_origins,
        limits: settings.limits,
        workers: settings.workers,
        files: settings.files,
        media: settings.media,
        data_folder: folder,
        spe,
        accounts,
        clients,
        policies,
    };
    Ok(Loaded {
        config,
        log_level,
        log_format,
        log_file,
        warnings,
        notes,
    })
}

/// The accounts below `folder`, by their lower-case name. A record that is disabled is told in `warnings`.
pub(crate) fn read_accounts(
    folder: &Path,
    warnings: &mut Vec<String>,
) -> Result<BTreeMap<String, Account>, ConfigError> {
    let file = folder.join(ACCOUNTS_FILE);
    accounts::read(&file, &read(&file, Guard::Secret)?, warnings)
}

/// The settings: defaults, below the file, below the environment, below the command line.
fn settings(folder: &Path, sources: &Sources) -> Result<Settings, ConfigError> {
    let file = folder.join(SETTINGS_FILE);
    let mut settings = Settings::default();
    let table = accounts::parse(&file, &read(&file, Guard::Steering)?)?;
    let in_file = |problem| ConfigError::in_file(&file, problem);
    settings.take_file(&table).map_err(in_file)?;
    for (name, text) in &sources.environment {
        if name.starts_with(PREFIX) {
            let taken = settings.take_variable(name, text);
            taken.map_err(|problem| ConfigError::at(name, problem))?;
        }
    }
    if !sources.listen.is_empty() {
        settings.listen.clone_from(&sources.listen);
    }
    if settings.workers.spares > settings.workers.max {
        let (spares, max) = (settings.workers.spares, settings.workers.max);
        return Err(in_file(format!(
            "workers.spares = {spares} is more than workers.max = {max}"
        )));
    }
    let (bodies, per_owner) = (settings.limits.bodies_bytes, settings.limits.bodies_per_owner_bytes);
    if settings.limits.body_bytes > bodies.min(per_owner) {
        return Err(in_file(
            "limits.body is more than limits.bodies or limits.bodiesPerOwner, which a single body must fit into"
                .to_owned(),
        ));
    }
    let mut listen = settings.listen.iter();
    let wildcard = listen.find(|listen| listen.address.ip().is_unspecified());
    if let Some(address) = wildcard
        && settings.public_origins.is_empty()
    {
        // Tokens name the server they are for. Behind a wildcard that could be any name at all (decisions, audience).
        return Err(in_file(format!(
            "listening on {address} needs publicOrigins, the addresses that callers use, such as \
             publicOrigins = [\"https://spe.example.com\"]"
        )));
    }
    Ok(settings)
}

/// The files of TLS. Half of them, or none where an address wants TLS, is an error.
fn tls(settings: &Settings) -> Result<Option<TlsFiles>, &'static str> {
    match (&settings.certificate, &settings.key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        })),
        (None, None) if settings.listen.iter().any(|listen| listen.tls) => {
            Err("listening with https:// needs tls.certificate and tls.key, the paths of PEM files")
        }
        (None, None) => Ok(None),
        _ => Err("tls.certificate and tls.key belong together: set both or none"),
    }
}

fn find<'a>(environment: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = environment.iter().find(|(known, _)| known == name);
    found.map(|(_, text)| text.as_str())
}
