//! Kinds of settings: what each takes, from a file or from the environment, and how it is shown.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use toml::Value;
use tracing::level_filters::LevelFilter;

use super::settings::Settings;
use super::units::{parse_size, parse_time, show_size, show_time};
use super::{Listen, LogFormat, Network, origin};

/// Words of a log level, from silent to talkative.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// A number of any width.
pub(super) enum Number<'a> {
    /// A count or a size in memory.
    Word(&'a mut usize),
    /// A large size.
    Long(&'a mut u64),
    /// A small count.
    Short(&'a mut u32),
}

/// Where the value of a setting lives.
type Place<T> = for<'a> fn(&'a mut Settings) -> &'a mut T;

/// What a setting is.
#[derive(Clone, Copy)]
pub(super) enum Field {
    /// A count, with its least and its greatest value.
    Count(u64, u64, for<'a> fn(&'a mut Settings) -> Number<'a>),
    /// A size in bytes, with its bounds.
    Size(u64, u64, for<'a> fn(&'a mut Settings) -> Number<'a>),
    /// A duration, with its bounds.
    Time(Duration, Duration, Place<Duration>),
    /// On or off.
    Switch(Place<bool>),
    /// One absolute path, or none.
    Path(Place<Option<PathBuf>>),
    /// Absolute paths.
    Paths(Place<Vec<PathBuf>>),
    /// Addresses to listen on.
    Addresses(Place<Vec<Listen>>),
    /// One address, or none.
    Address(Place<Option<SocketAddr>>),
    /// Networks of addresses.
    Networks(Place<Vec<Network>>),
    /// Origins callers use.
    Origins(Place<Vec<String>>),
    /// A format of the log, or none.
    Format(Place<Option<LogFormat>>),
    /// A log level.
    Level(Place<LevelFilter>),
}

impl Field {
    /// The value out of the text of an environment variable, in the type the file would have.
    pub(super) fn value_of_text(self, text: &str) -> Value {
        match self {
            Self::Count(..) => text.parse().map_or_else(|_| Value::from(text), Value::Integer),
            Self::Switch(_) => text.parse().map_or_else(|_| Value::from(text), Value::Boolean),
            Self::Paths(_) | Self::Addresses(_) | Self::Networks(_) | Self::Origins(_) => {
                Value::Array(text.split(',').map(str::trim).map(Value::from).collect())
            }
            Self::Size(..) | Self::Time(..) | Self::Path(_) | Self::Address(_) | Self::Format(_) | Self::Level(_) => {
                Value::from(text)
            }
        }
    }

    /// Takes `value` over, or says what it is and what it should be.
    pub(super) fn assign(self, settings: &mut Settings, value: &Value) -> Result<(), String> {
        let refused = || format!("{} is not {}", value, self.expectation());
        match self {
            Self::Count(least, most, place) => {
                let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
                let number = number
                    .filter(|number| (least..=most).contains(number))
                    .ok_or_else(refused)?;
                place(settings).set(number);
            }
            Self::Size(least, most, place) => {
                let size = value.as_str().and_then(parse_size);
                let size = size.filter(|size| (least..=most).contains(size)).ok_or_else(refused)?;
                place(settings).set(size);
            }
            Self::Time(least, most, place) => {
                let time = value.as_str().and_then(parse_time);
                *place(settings) = time.filter(|time| (least..=most).contains(time)).ok_or_else(refused)?;
            }
            Self::Switch(place) => *place(settings) = value.as_bool().ok_or_else(refused)?,
            Self::Path(place) => *place(settings) = Some(absolute(value).ok_or_else(refused)?),
            Self::Paths(place) => *place(settings) = list(value, absolute).ok_or_else(refused)?,
            Self::Addresses(place) => {
                let addresses = list(value, |text| text.as_str()?.parse().ok());
                *place(settings) = addresses.filter(|list| !list.is_empty()).ok_or_else(refused)?;
            }
            Self::Address(place) => {
                let address = value.as_str().and_then(|text| text.parse().ok());
                *place(settings) = Some(address.ok_or_else(refused)?);
            }
            Self::Networks(place) => {
                let networks = list(value, |text| Network::parse(text.as_str()?));
                *place(settings) = networks.ok_or_else(refused)?;
            }
            Self::Origins(place) => {
                *place(settings) = list(value, |text| origin::parse(text.as_str()?)).ok_or_else(refused)?;
            }
            Self::Format(place) => {
                let format = value.as_str().and_then(LogFormat::named);
                *place(settings) = Some(format.ok_or_else(refused)?);
            }
            Self::Level(place) => {
                let level = value.as_str().and_then(level);
                *place(settings) = level.ok_or_else(refused)?;
            }
        }
        Ok(())
    }

    /// Type in the documentation.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Count(..) => "number",
            Self::Size(..) => "size",
            Self::Time(..) => "duration",
            Self::Switch(_) => "true or false",
            Self::Path(_) => "path",
            Self::Paths(_) => "list of paths",
            Self::Addresses(_) => "list of addresses",
            Self::Address(_) => "address",
            Self::Networks(_) => "list of networks",
            Self::Origins(_) => "list of origins",
            Self::Format(_) => "format",
            Self::Level(_) => "level",
        }
    }

    /// What values it takes.
    pub(super) fn range(self) -> String {
        match self {
            Self::Count(least, most, _) => format!("{least} to {most}"),
            Self::Size(least, most, _) => format!("{} to {}", show_size(least), show_size(most)),
            Self::Time(least, most, _) => format!("{} to {}", show_time(least), show_time(most)),
            Self::Switch(_) => "true, false".to_owned(),
            Self::Path(_) | Self::Paths(_) => "absolute".to_owned(),
            Self::Addresses(_) => "ADDRESS:PORT or https://ADDRESS:PORT, at least one".to_owned(),
            Self::Address(_) => "ADDRESS:PORT".to_owned(),
            Self::Networks(_) => "ADDRESS or ADDRESS/BITS".to_owned(),
            Self::Origins(_) => "http or https, host, port".to_owned(),
            Self::Format(_) => LogFormat::NAMES.map(|(name, _)| name).join(", "),
            Self::Level(_) => LEVELS.join(", "),
        }
    }

    fn expectation(self) -> String {
        let range = self.range();
        match self {
            Self::Count(..) => format!("a number from {range}"),
            Self::Size(..) => format!("a size from {range}, such as \"1MiB\""),
            Self::Time(..) => format!("a duration from {range}, such as \"30s\""),
            Self::Switch(_) => "true or false".to_owned(),
            Self::Path(_) => "an absolute path".to_owned(),
            Self::Paths(_) => "a list of absolute paths".to_owned(),
            Self::Addresses(_) => {
                "a list of addresses, such as [\"127.0.0.1:8180\", \"https://0.0.0.0:8443\"]".to_owned()
            }
            Self::Address(_) => "an address, such as \"127.0.0.1:9180\"".to_owned(),
            Self::Networks(_) => "a list of networks, such as [\"10.0.0.0/8\", \"::1\"]".to_owned(),
            Self::Origins(_) => "a list of origins, such as [\"https://spe.example.com\"]".to_owned(),
            Self::Format(_) | Self::Level(_) => format!("one of {range}"),
        }
    }

    /// The value in `settings`, as it would stand in the file.
    pub(super) fn show(self, settings: &mut Settings) -> String {
        match self {
            Self::Count(.., place) => place(settings).get().to_string(),
            Self::Size(.., place) => quoted(&show_size(place(settings).get())),
            Self::Time(.., place) => quoted(&show_time(*place(settings))),
            Self::Switch(place) => place(settings).to_string(),
            Self::Path(place) => {
                let path = place(settings).as_ref();
                path.map_or_else(|| "none".to_owned(), |path| quoted(&path.display().to_string()))
            }
            Self::Paths(place) => shown_list(place(settings).iter().map(|path| path.display().to_string())),
            Self::Addresses(place) => shown_list(place(settings).iter().map(ToString::to_string)),
            Self::Address(place) => {
                let address = place(settings).as_ref();
                address.map_or_else(|| "none".to_owned(), |address| quoted(&address.to_string()))
            }
            Self::Networks(place) => shown_list(place(settings).iter().map(ToString::to_string)),
            Self::Origins(place) => shown_list(place(settings).iter().cloned()),
            Self::Format(place) => match *place(settings) {
                None => "none".to_owned(),
                Some(format) => quoted(format.name()),
            },
            Self::Level(place) => quoted(&place(settings).to_string()),
        }
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.type_name())
    }
}

impl Number<'_> {
    fn get(&self) -> u64 {
        match self {
            Self::Word(number) => **number as u64,
            Self::Long(number) => **number,
            Self::Short(number) => (**number).into(),
        }
    }

    /// The bounds of each setting fit into its type.
    fn set(self, value: u64) {
        match self {
            Self::Word(number) => *number = value as usize,
            Self::Long(number) => *number = value,
            Self::Short(number) => *number = value as u32,
        }
    }
}

/// A log level by its name.
pub(super) fn level(text: &str) -> Option<LevelFilter> {
    LEVELS.contains(&text).then(|| text.parse().ok()).flatten()
}

fn absolute(value: &Value) -> Option<PathBuf> {
    let path = PathBuf::from(value.as_str()?);
    path.is_absolute().then_some(path)
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(item).collect()
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn shown_list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.map(|item| quoted(&item)).collect();
    format!("[{}]", items.join(", "))
}
