//! The settings of spe-server.toml: one table that reading, the environment, errors and documentation share.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use toml::{Table, Value};
use tracing::level_filters::LevelFilter;

use super::field::{Field, Number};
use super::nearest;
use super::{FileSettings, Limits, Listen, LogFormat, MediaSettings, Network, WorkerSettings};

/// The port that is listened on when none is named.
const DEFAULT_PORT: u16 = 8180;
/// What environment variables of settings begin with.
pub(super) const PREFIX: &str = "SPE_SERVER__";

/// The values of spe-server.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) listen: Vec<Listen>,
    pub(super) public_origins: Vec<String>,
    pub(super) trusted_proxies: Vec<Network>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) key_authorities: Option<PathBuf>,
    pub(super) metrics: Option<SocketAddr>,
    pub(super) limits: Limits,
    pub(super) workers: WorkerSettings,
    pub(super) files: FileSettings,
    pub(super) media: MediaSettings,
    pub(super) log_level: LevelFilter,
    pub(super) log_format: Option<LogFormat>,
    pub(super) log_file: Option<PathBuf>,
    pub(super) log_bytes: u64,
    pub(super) log_kept: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: vec![Listen {
                address: SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)),
                tls: false,
            }],
            public_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            certificate: None,
            key: None,
            key_authorities: None,
            metrics: None,
            limits: Limits::default(),
            workers: WorkerSettings::default(),
            files: FileSettings::default(),
            media: MediaSettings::default(),
            log_level: LevelFilter::INFO,
            log_format: None,
            log_file: None,
            log_bytes: 64 * MIB,
            log_kept: 8,
        }
    }
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// Its name in the file, with its section.
    pub(super) key: &'static str,
    /// What it takes.
    pub(super) field: Field,
}

const fn setting(key: &'static str, field: Field) -> Setting {
    Setting { key, field }
}

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;

const fn time(least: u64, most: u64, place: for<'a> fn(&'a mut Settings) -> &'a mut Duration) -> Field {
    Field::Time(millis(least), millis(most), place)
}

/// Every setting, in the order of the documentation.
pub(super) const SETTINGS: [Setting; 77] = [
    setting("listen", Field::Addresses(|s| &mut s.listen)),
    setting("publicOrigins", Field::Origins(|s| &mut s.public_origins)),
    setting("trustedProxies", Field::Networks(|s| &mut s.trusted_proxies)),
    setting("tls.certificate", Field::Path(|s| &mut s.certificate)),
    setting("tls.key", Field::Path(|s| &mut s.key)),
    setting("jwks.authorities", Field::Path(|s| &mut s.key_authorities)),
    setting(
        "limits.connections",
        Field::Count(1, 1_000_000, |s| Number::Word(&mut s.limits.connections)),
    ),
    setting(
        "limits.connectionsPerAddress",
        Field::Count(1, 1_000_000, |s| Number::Word(&mut s.limits.connections_per_address)),
    ),
    setting(
        "limits.streams",
        Field::Count(1, 10_000, |s| Number::Short(&mut s.limits.streams)),
    ),
    setting(
        "limits.body",
        Field::Size(KIB, GIB, |s| Number::Word(&mut s.limits.body_bytes)),
    ),
    setting(
        "limits.output",
        Field::Size(KIB, 4 * GIB, |s| Number::Word(&mut s.limits.output_bytes)),
    ),
    setting(
        "limits.headers",
        Field::Size(8 * KIB, MIB, |s| Number::Word(&mut s.limits.header_bytes)),
    ),
    setting(
        "limits.headerTimeout",
        time(SECOND, 5 * MINUTE, |s| &mut s.limits.header_timeout),
    ),
    setting("limits.idleTimeout", time(SECOND, HOUR, |s| &mut s.limits.idle_timeout)),
    setting("limits.bodyTimeout", time(SECOND, HOUR, |s| &mut s.limits.body_timeout)),
    setting(
        "limits.minRate",
        Field::Size(1, GIB, |s| Number::Long(&mut s.limits.min_rate)),
    ),
    setting(
        "limits.bodies",
        Field::Size(KIB, 1024 * GIB, |s| Number::Word(&mut s.limits.bodies_bytes)),
    ),
    setting(
        "limits.bodiesPerOwner",
        Field::Size(KIB, 1024 * GIB, |s| Number::Word(&mut s.limits.bodies_per_owner_bytes)),
    ),
    setting("limits.runTime", time(0, 7 * DAY, |s| &mut s.limits.run_time)),
    setting("limits.jobRunTime", time(0, 30 * DAY, |s| &mut s.limits.job_run_time)),
    setting(
        "limits.sessionIdle",
        time(SECOND, 7 * DAY, |s| &mut s.limits.session_idle),
    ),
    setting("limits.jobGrace", time(SECOND, 7 * DAY, |s| &mut s.limits.job_grace)),
    setting(
        "limits.sessionsPerOwner",
        Field::Count(1, 100_000, |s| Number::Word(&mut s.limits.sessions_per_owner)),
    ),
    setting(
        "limits.sessionQueue",
        Field::Count(0, 10_000, |s| Number::Word(&mut s.limits.session_queue)),
    ),
    setting(
        "limits.sessionQueueTimeout",
        time(0, HOUR, |s| &mut s.limits.session_queue_timeout),
    ),
    setting(
        "limits.ring",
        Field::Size(16 * KIB, GIB, |s| Number::Word(&mut s.limits.ring.bytes)),
    ),
    setting(
        "limits.ringRecords",
        Field::Count(1, 10_000_000, |s| Number::Word(&mut s.limits.ring.records)),
    ),
    setting(
        "limits.recordRate",
        Field::Count(1, 10_000_000, |s| Number::Short(&mut s.limits.ring.rate)),
    ),
    setting(
        "limits.rings",
        Field::Size(MIB, 1024 * GIB, |s| Number::Word(&mut s.limits.rings_bytes)),
    ),
    setting(
        "limits.resultsPerOwner",
        Field::Size(KIB, 1024 * GIB, |s| Number::Word(&mut s.limits.results_per_owner_bytes)),
    ),
    setting(
        "limits.results",
        Field::Size(KIB, 1024 * GIB, |s| Number::Word(&mut s.limits.results_bytes)),
    ),
    setting(
        "limits.waits",
        Field::Count(1, 1_000_000, |s| Number::Word(&mut s.limits.waits)),
    ),
    setting(
        "limits.waitsPerOwner",
        Field::Count(1, 1_000_000, |s| Number::Word(&mut s.limits.waits_per_owner)),
    ),
    setting(
        "limits.recordInterval",
        time(0, MINUTE, |s| &mut s.limits.record_interval),
    ),
    setting("limits.drain", time(0, HOUR, |s| &mut s.limits.drain)),
    setting("workers.host", Field::Path(|s| &mut s.workers.host)),
    setting("workers.assembly", Field::Path(|s| &mut s.workers.assembly)),
    setting(
        "workers.max",
        Field::Count(1, 4096, |s| Number::Word(&mut s.workers.max)),
    ),
    setting(
        "workers.maxPerOwner",
        Field::Count(1, 4096, |s| Number::Word(&mut s.workers.max_per_owner)),
    ),
    setting(
        "workers.spares",
        Field::Count(0, 64, |s| Number::Word(&mut s.workers.spares)),
    ),
    setting(
        "workers.queue",
        Field::Count(1, 1_000_000, |s| Number::Word(&mut s.workers.queue)),
    ),
    setting(
        "workers.queuePerOwner",
        Field::Count(1, 1_000_000, |s| Number::Word(&mut s.workers.queue_per_owner)),
    ),
    setting("workers.queueTimeout", time(0, HOUR, |s| &mut s.workers.queue_timeout)),
    setting(
        "workers.stopGrace",
        time(100, 5 * MINUTE, |s| &mut s.workers.stop_grace),
    ),
    setting(
        "workers.recycleRuns",
        Field::Count(1, 1_000_000, |s| Number::Short(&mut s.workers.recycle_runs)),
    ),
    setting(
        "workers.recycleAge",
        time(SECOND, 7 * DAY, |s| &mut s.workers.recycle_age),
    ),
    setting(
        "workers.heap",
        Field::Size(64 * MIB, 1024 * GIB, |s| Number::Long(&mut s.workers.heap_bytes)),
    ),
    setting(
        "workers.memory",
        Field::Size(64 * MIB, 1024 * GIB, |s| Number::Long(&mut s.workers.memory_bytes)),
    ),
    setting(
        "workers.processes",
        Field::Count(1, 100_000, |s| Number::Word(&mut s.workers.processes)),
    ),
    setting(
        "workers.openFiles",
        Field::Count(256, 1_000_000, |s| Number::Long(&mut s.workers.open_files)),
    ),
    setting(
        "workers.disk",
        Field::Size(MIB, 1024 * GIB, |s| Number::Long(&mut s.workers.disk_bytes)),
    ),
    setting("workers.sandbox", Field::Switch(|s| &mut s.workers.sandbox)),
    setting("workers.read", Field::Paths(|s| &mut s.workers.read)),
    setting("workers.write", Field::Paths(|s| &mut s.workers.write)),
    setting("files.app", Field::Path(|s| &mut s.files.roots[0])),
    setting("files.data", Field::Path(|s| &mut s.files.roots[1])),
    setting("files.debug", Field::Path(|s| &mut s.files.roots[2])),
    setting("files.index", Field::Path(|s| &mut s.files.roots[3])),
    setting("files.layout", Field::Path(|s| &mut s.files.roots[4])),
    setting("files.log", Field::Path(|s| &mut s.files.roots[5])),
    setting("files.media", Field::Path(|s| &mut s.files.roots[6])),
    setting("files.package", Field::Path(|s| &mut s.files.roots[7])),
    setting("files.serialization", Field::Path(|s| &mut s.files.roots[8])),
    setting("files.temp", Field::Path(|s| &mut s.files.roots[9])),
    setting(
        "files.size",
        Field::Size(KIB, 1024 * GIB, |s| Number::Long(&mut s.files.size)),
    ),
    setting(
        "files.transfersPerOwner",
        Field::Count(1, 10_000, |s| Number::Word(&mut s.files.transfers_per_owner)),
    ),
    setting("files.idleTimeout", time(SECOND, HOUR, |s| &mut s.files.idle)),
    setting("media.folder", Field::Path(|s| &mut s.media.folder)),
    setting(
        "media.entries",
        Field::Count(1, 1_000_000, |s| Number::Word(&mut s.media.entries)),
    ),
    setting(
        "media.unpacked",
        Field::Size(KIB, 1024 * GIB, |s| Number::Long(&mut s.media.unpacked)),
    ),
    setting(
        "media.ratio",
        Field::Count(1, 100_000, |s| Number::Long(&mut s.media.ratio)),
    ),
    setting("metrics.listen", Field::Address(|s| &mut s.metrics)),
    setting("logs.level", Field::Level(|s| &mut s.log_level)),
    setting("logs.format", Field::Format(|s| &mut s.log_format)),
    setting("logs.file", Field::Path(|s| &mut s.log_file)),
    setting(
        "logs.fileSize",
        Field::Size(64 * KIB, 4 * GIB, |s| Number::Long(&mut s.log_bytes)),
    ),
    setting("logs.kept", Field::Count(0, 1000, |s| Number::Word(&mut s.log_kept))),
];

impl Setting {
    /// The environment variable of the setting: `limits.bodyTimeout` is `SPE_SERVER__LIMITS__BODY_TIMEOUT`.
    pub(super) fn variable(&self) -> String {
        let mut name = PREFIX.to_owned();
        for character in self.key.chars() {
            match character {
                '.' => name.push_str("__"),
                letter if letter.is_ascii_uppercase() => name.extend(['_', letter]),
                letter => name.push(letter.to_ascii_uppercase()),
            }
        }
        name
    }
}

/// A setting as docs/configuration.md shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingReference {
    /// Its name in the file, with its section.
    pub key: &'static str,
    /// Its type.
    pub kind: &'static str,
    /// Its default, as it would stand in the file; `none` where there is none.
    pub default: String,
    /// What values it takes.
    pub range: String,
    /// Its environment variable.
    pub variable: String,
}

/// Every setting of spe-server.toml.
pub fn settings_reference() -> Vec<SettingReference> {
    let mut defaults = Settings::default();
    let describe = |setting: Setting| SettingReference {
        key: setting.key,
        kind: setting.field.type_name(),
        default: setting.field.show(&mut defaults),
        range: setting.field.range(),
        variable: setting.variable(),
    };
    SETTINGS.into_iter().map(describe).collect()
}

impl Settings {
    /// Takes over what a file says. On an error, what is wrong with which key.
    pub(super) fn take_file(&mut self, file: &Table) -> Result<(), String> {
        for (name, value) in file {
            match value {
                Value::Table(section) if is_section(name) => {
                    for (key, value) in section {
                        self.take(&format!("{name}.{key}"), value)?;
                    }
                }
                value => self.take(name, value)?,
            }
        }
        Ok(())
    }

    fn take(&mut self, key: &str, value: &Value) -> Result<(), String> {
        let known = SETTINGS.iter().find(|setting| setting.key == key);
        let Some(setting) = known else {
            let hint = nearest::hint(key, SETTINGS.iter().map(|setting| setting.key));
            return Err(format!("there is no setting {key}{hint}"));
        };
        setting
            .field
            .assign(self, value)
            .map_err(|problem| format!("{key} = {problem}"))
    }

    /// Takes over one environment variable whose name begins with the prefix. An empty one counts as not set.
    pub(super) fn take_variable(&mut self, name: &str, text: &str) -> Result<(), String> {
        let known = SETTINGS.iter().find(|setting| setting.variable() == name);
        let Some(setting) = known else {
            let names: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
            let hint = nearest::hint(name, names.iter().map(String::as_str));
            return Err(format!("there is no such setting{hint}"));
        };
        if text.is_empty() {
            return Ok(());
        }
        setting.field.assign(self, &setting.field.value_of_text(text))
    }
}

fn is_section(name: &str) -> bool {
    SETTINGS
        .iter()
        .any(|setting| setting.key.split_once('.').is_some_and(|(section, _)| section == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        let mut settings = Settings::default();
        settings.take_file(&text.parse().unwrap())?;
        Ok(settings)
    }

    #[test]
    fn every_setting_can_be_set_in_the_file() {
        let settings = read(
            r#"
            listen = ["127.0.0.1:0", "https://[::1]:8181"]
            publicOrigins = ["https://SPE.example.com/"]
            trustedProxies = ["10.0.0.0/8", "::1"]
            [tls]
            certificate = "/etc/spe/server.pem"
            [limits]
            body = "1MiB"
            drain = "0s"
            sessionsPerOwner = 5
            [workers]
            host = "/usr/bin/pwsh"
            heap = "128MiB"
            recycleRuns = 7
            sandbox = false
            read = ["/srv/modules"]
            [metrics]
            listen = "127.0.0.1:9180"
            [logs]
            level = "debug"
            "#,
        )
        .unwrap();
        assert_eq!(
            settings.listen.iter().map(|listen| listen.tls).collect::<Vec<_>>(),
            [false, true]
        );
        assert_eq!(settings.trusted_proxies.len(), 2);
        assert_eq!(settings.metrics.map(|address| address.port()), Some(9180));
        assert!(settings.certificate.is_some() && settings.key.is_none());
        assert_eq!(settings.public_origins, ["https://spe.example.com"]);
        assert_eq!(settings.limits.body_bytes, 1 << 20);
        assert_eq!(settings.limits.drain, Duration::ZERO);
        assert_eq!(settings.limits.sessions_per_owner, 5);
        assert_eq!(settings.workers.heap_bytes, 128 << 20);
        assert_eq!(settings.workers.recycle_runs, 7);
        assert!(!settings.workers.sandbox);
        assert_eq!(settings.workers.read.len(), 1);
        assert_eq!(settings.log_level, LevelFilter::DEBUG);
    }

    #[test]
    fn the_default_is_loopback_and_within_every_range() {
        let mut settings = Settings::default();
        assert!(settings.listen.iter().all(|listen| listen.address.ip().is_loopback()));
        for setting in SETTINGS {
            let shown = setting.field.show(&mut settings);
            if shown == "none" {
                continue;
            }
            let file: Table = format!("value = {shown}").parse().unwrap();
            let taken = setting.field.assign(&mut settings, &file["value"]);
            assert_eq!(taken, Ok(()), "{}", setting.key);
        }
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn an_unknown_key_names_itself_and_the_nearest() {
        for (text, key, nearest) in [
            ("limit.body = '1MiB'", "limit", ""),
            ("limits.boddy = '1MiB'", "limits.boddy", "did you mean limits.body?"),
            (
                "[workers]\nmax_per_owner = 1",
                "workers.max_per_owner",
                "did you mean workers.maxPerOwner?",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(key) && error.contains(nearest), "{error}");
        }
    }

    #[test]
    fn a_wrong_value_names_key_value_and_range() {
        for (text, parts) in [
            ("workers.max = 0", ["workers.max", "0", "1 to 4096"]),
            ("workers.max = '4'", ["workers.max", "\"4\"", "1 to 4096"]),
            ("workers.max = -1", ["workers.max", "-1", "1 to 4096"]),
            ("limits.body = 5", ["limits.body", "5", "1KiB to 1GiB"]),
            ("limits.body = '2GiB'", ["limits.body", "2GiB", "1KiB to 1GiB"]),
            ("limits.drain = '2h'", ["limits.drain", "2h", "0s to 1h"]),
            ("workers.sandbox = 'off'", ["workers.sandbox", "off", "true or false"]),
            ("workers.host = 'pwsh'", ["workers.host", "pwsh", "absolute"]),
            ("listen = []", ["listen", "[]", "127.0.0.1"]),
            ("listen = ['ftp://127.0.0.1:1']", ["listen", "ftp", "https://"]),
            (
                "trustedProxies = ['10.0.0.1/8']",
                ["trustedProxies", "10.0.0.1/8", "10.0.0.0/8"],
            ),
            ("listen = '127.0.0.1:1'", ["listen", "127.0.0.1:1", "list"]),
            ("publicOrigins = ['x']", ["publicOrigins", "x", "https://"]),
            ("logs.level = 'loud'", ["logs.level", "loud", "debug"]),
            ("logs.format = 'xml'", ["logs.format", "xml", "keyvalue, json"]),
            ("limits = 5", ["limits", "no setting", ""]),
        ] {
            let error = read(text).unwrap_err();
            for part in parts {
                assert!(error.contains(part), "{text}: {error}");
            }
        }
    }

    #[test]
    fn each_setting_has_a_variable() {
        let names: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
        assert!(names.contains(&"SPE_SERVER__WORKERS__HOST".to_owned()));
        assert!(names.contains(&"SPE_SERVER__LIMITS__BODY_TIMEOUT".to_owned()));
        let mut settings = Settings::default();
        for (name, text) in [
            ("SPE_SERVER__WORKERS__HOST", "/opt/pwsh"),
            ("SPE_SERVER__WORKERS__MAX", "3"),
            ("SPE_SERVER__WORKERS__SANDBOX", "false"),
            ("SPE_SERVER__LISTEN", "127.0.0.1:1, 127.0.0.1:2"),
            ("SPE_SERVER__LIMITS__DRAIN", "1s"),
            ("SPE_SERVER__LIMITS__BODY", ""),
        ] {
            settings.take_variable(name, text).unwrap();
        }
        assert_eq!(settings.workers.max, 3);
        assert!(!settings.workers.sandbox);
        assert_eq!(settings.listen.len(), 2);
        assert_eq!(settings.limits.drain, Duration::from_secs(1));
        let error = settings.take_variable("SPE_SERVER__WORKERS__MAXIMUM", "3").unwrap_err();
        assert!(error.contains("SPE_SERVER__WORKERS__MAX?"), "{error}");
        assert!(settings.take_variable("SPE_SERVER__WORKERS__SANDBOX", "maybe").is_err());
    }
}
