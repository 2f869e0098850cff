//! The files of clients, as the commands change them: whole or not at all, and readable by nobody else.

use std::fmt;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use spe_auth::registry::Registry;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toml::{Table, Value};
use uuid::Uuid;

use crate::cli::secrets::{configuration, replace};
use crate::config::{CLIENTS_FOLDER, Guard, parse_client, read_file, record_files};

/// The records of a configuration.
pub(super) struct Clients(PathBuf);

/// A record with its file.
pub(super) struct Client {
    file: String,
    table: Table,
}

impl Clients {
    /// Those of a configuration that is there.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        configuration(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// All, by name. One that cannot be read is told and left out.
    pub(super) fn all(&self) -> anyhow::Result<Vec<Client>> {
        let mut clients = Vec::new();
        for file in record_files(&self.0.join(CLIENTS_FOLDER)).context("cannot read the clients")? {
            match Client::read(&file) {
                Ok(client) => clients.push(client),
                Err(error) => eprintln!("spe-server: {}: {error:#}", file.display()),
            }
        }
        clients.sort_by_key(|client| client.name().to_lowercase());
        Ok(clients)
    }

    /// The one that a person means.
    pub(super) fn find(&self, wanted: &str) -> anyhow::Result<Client> {
        let is_wanted = |client: &Client| {
            [client.name(), client.known_by(), client.text("id")]
                .iter()
                .any(|text| text.eq_ignore_ascii_case(wanted))
        };
        let mut found: Vec<_> = self.all()?.into_iter().filter(is_wanted).collect();
        match (found.pop(), found.len()) {
            (Some(client), 0) => Ok(client),
            (Some(_), _) => bail!("more than one client fits {wanted:?}; give the access key id"),
            (None, _) => bail!("there is no client {wanted:?}; spe-server client list shows all"),
        }
    }

    /// Writes a new one.
    pub(super) fn add(&self, client: &Client) -> anyhow::Result<()> {
        let folder = self.0.join(CLIENTS_FOLDER);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        self.write(client)
    }

    /// Writes it in place of what was there: whoever reads it meanwhile has all of the old or all of the new.
    pub(super) fn write(&self, client: &Client) -> anyhow::Result<()> {
        replace(
            &self.0.join(CLIENTS_FOLDER).join(&client.file),
            &client.table.to_string(),
        )
    }

    pub(super) fn remove(&self, client: &Client) -> anyhow::Result<()> {
        let file = self.0.join(CLIENTS_FOLDER).join(&client.file);
        fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))
    }
}

impl Client {
    /// One that nothing is known by yet.
    pub(super) fn new(name: &str, user: &str, policy: &str, expires: Option<OffsetDateTime>) -> Self {
        let id = Uuid::new_v4().to_string();
        let mut table = Table::new();
        for (key, value) in [
            ("id", id.as_str()),
            ("name", name),
            ("impersonatedUser", user),
            ("policy", policy),
        ] {
            table.insert(key.to_owned(), value.into());
        }
        table.insert("enabled".to_owned(), true.into());
        if let Some(expires) = expires {
            table.insert("expires".to_owned(), shown(expires).into());
        }
        let file = format!("{id}.toml");
        Self { file, table }
    }

    /// With a limit: requests, and the seconds of their window.
    pub(super) fn limited(mut self, limit: Option<(u32, u32)>, bypass: bool) -> Self {
        if let Some((requests, seconds)) = limit {
            let action = if bypass { "Bypass" } else { "Block" };
            self.table.insert("requestLimit".to_owned(), requests.into());
            self.table.insert("throttleWindowSeconds".to_owned(), seconds.into());
            self.table.insert("throttleAction".to_owned(), action.into());
        }
        self
    }

    /// Known by its key id and what this secret signs.
    pub(super) fn with_key(mut self, key_id: &str, secret: &str) -> Self {
        self.table.insert("accessKeyId".to_owned(), key_id.into());
        self.table
            .insert("secrets".to_owned(), Value::Array(vec![entry(secret, None)]));
        self
    }

    /// Known by what an identity provider says of it.
    pub(super) fn of_provider(mut self, issuer: &str, client_ids: &[String]) -> Self {
        let ids = client_ids.iter().map(|id| id.as_str().into()).collect();
        self.table.insert("allowedIssuer".to_owned(), issuer.into());
        self.table.insert("oauthClientIds".to_owned(), Value::Array(ids));
        self
    }

    /// Why a server would not take it, or one of the others for it (authentication 3.8).
    pub(super) fn problem(&self, others: &[Self]) -> Option<String> {
        let parsed = |client: &Self| parse_client(&client.table);
        let own = match parsed(self) {
            Ok(own) => own,
            Err(problem) => return Some(problem),
        };
        let mut records = vec![own];
        records.extend(others.iter().filter_map(|other| parsed(other).ok()));
        let (_, findings) = Registry::new(&records, None);
        let found = findings.into_iter().find(|found| found.record == records[0].id);
        found.map(|found| found.problem.to_string())
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = read_file(path, Guard::Secret)?;
        let table: Table = text.parse().ok().context("it is no TOML")?;
        let file = path
            .file_name()
            .and_then(|name| name.to_str())
            .context("its name is no text")?;
        let file = file.to_owned();
        Ok(Self { file, table })
    }

    fn text(&self, key: &str) -> &str {
        self.table.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn name(&self) -> &str {
        self.text("name")
    }

    pub(super) fn key_id(&self) -> &str {
        self.text("accessKeyId")
    }

    /// By what it is known, in short.
    fn known_by(&self) -> &str {
        let ids = self.table.get("oauthClientIds").and_then(Value::as_array);
        let first = ids.and_then(|ids| ids.first()?.as_str());
        first.unwrap_or_else(|| self.key_id())
    }

    pub(super) fn set_enabled(&mut self, enabled: bool) {
        self.table.insert("enabled".to_owned(), enabled.into());
    }

    /// Puts a new secret before the one in use, which counts until a time. Older ones end.
    pub(super) fn rotate(&mut self, secret: &str, old_until: OffsetDateTime) -> anyhow::Result<()> {
        let secrets = self.table.get("secrets").and_then(Value::as_array);
        let current = secrets.and_then(|secrets| secrets.first()?.get("value")?.as_str());
        let old = entry(
            current.context("the client has no secret; its tokens are an identity provider's")?,
            Some(old_until),
        );
        self.table
            .insert("secrets".to_owned(), Value::Array(vec![entry(secret, None), old]));
        Ok(())
    }

    fn state(&self) -> &'static str {
        match self.table.get("enabled").and_then(Value::as_bool) {
            Some(false) => "disabled",
            _ => "enabled",
        }
    }

    fn expires(&self) -> String {
        self.table.get("expires").map_or_else(|| "never".to_owned(), plain)
    }

    /// Everything but the secrets, of which it tells how many there are and when they end.
    pub(super) fn facts(&self) -> String {
        let mut lines = Vec::new();
        for (key, value) in self.table.iter().filter(|(key, _)| *key != "secrets") {
            lines.push(format!("{key:<18} {}\n", plain(value)));
        }
        for secret in self
            .table
            .get("secrets")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let until = secret
                .get("until")
                .map_or_else(|| "in use".to_owned(), |until| format!("counts until {}", plain(until)));
            lines.push(format!("{:<18} {until}\n", "secret"));
        }
        lines.concat()
    }
}

/// A line of the list.
impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, known_by, state, expires) = (self.name(), self.known_by(), self.state(), self.expires());
        let (user, policy) = (self.text("impersonatedUser"), self.text("policy"));
        write!(
            f,
            "{name:<24} {known_by:<30} {state:<9} {expires:<20} {user:<24} {policy}"
        )
    }
}

fn entry(secret: &str, until: Option<OffsetDateTime>) -> Value {
    let mut table = Table::new();
    table.insert("value".to_owned(), secret.into());
    if let Some(until) = until {
        table.insert("until".to_owned(), shown(until).into());
    }
    Value::Table(table)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A time without fractions, as people write it.
fn shown(time: OffsetDateTime) -> String {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).unwrap_or_default()
}
