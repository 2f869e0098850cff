//! `spe-server client`: callers with a key of their own, and clients of identity providers (authentication 3). Each is a file; a running
//! server sees changes within seconds.

mod record;

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use secrecy::zeroize::Zeroizing;
use spe_auth::{Algorithm, secret, username};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::record::{Client, Clients};
use super::random::{SECRET_BYTES, hex};
use super::secrets::read_secret;

/// Random bytes of an access key id.
const KEY_ID_BYTES: usize = 12;

#[derive(Debug, Args)]
pub(super) struct ClientArgs {
    /// The folder that init wrote.
    #[arg(long, value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    command: ClientCommand,
}

#[derive(Debug, Subcommand)]
enum ClientCommand {
    /// Make a client and show its access key id and its secret, this once. With --issuer it is a client of an identity provider, and has
    /// neither.
    Add {
        /// What people call it. Not yet in use.
        #[arg(long)]
        name: String,
        /// The account its calls act as, DOMAIN\\NAME. It must be in accounts.toml.
        #[arg(long, value_name = "ACCOUNT")]
        user: String,
        /// What its calls may do.
        #[arg(long, default_value = "unrestricted")]
        policy: String,
        /// The identity provider that issues its tokens, as they say in `iss`.
        #[arg(
            long,
            value_name = "ISSUER",
            requires = "client_ids",
            conflicts_with = "secret_from_stdin"
        )]
        issuer: Option<String>,
        /// What its tokens say in `client_id`, exactly. Several are allowed.
        #[arg(long = "client-id", value_name = "ID", requires = "issuer")]
        client_ids: Vec<String>,
        /// When it ends, such as 2027-01-01T00:00:00Z. Without, it does not.
        #[arg(long, value_name = "TIME", value_parser = time)]
        expires: Option<OffsetDateTime>,
        /// How many requests it may make in a window. Without, as many as it likes.
        #[arg(long, value_name = "REQUESTS", requires = "window", value_parser = clap::value_parser!(u32).range(1..))]
        limit: Option<u32>,
        /// Length of the window, in seconds.
        #[arg(long, value_name = "SECONDS", requires = "limit", value_parser = clap::value_parser!(u32).range(1..=2_592_000))]
        window: Option<u32>,
        /// Let requests beyond the limit pass, and tell them in the log.
        #[arg(long, requires = "limit")]
        bypass: bool,
        /// Read the secret from standard input instead of making one. At least 32 bytes.
        #[arg(long)]
        secret_from_stdin: bool,
    },
    /// List all clients.
    List,
    /// Show one client, all but its secrets.
    Show {
        /// Its name, access key id or id.
        client: String,
    },
    /// Give a client a new secret and show it, this once. The one before it counts until the stated time.
    Rotate {
        /// Its name, access key id or id.
        client: String,
        /// Until when the secret in use now still counts, such as 2026-12-01T00:00:00Z; "now" ends it at once.
        #[arg(long, value_name = "TIME", value_parser = until)]
        old_until: OffsetDateTime,
        /// Read the new secret from standard input instead of making one. At least 32 bytes.
        #[arg(long)]
        secret_from_stdin: bool,
    },
    /// Switch a client off.
    Disable {
        /// Its name, access key id or id.
        client: String,
    },
    /// Switch a client on again.
    Enable {
        /// Its name, access key id or id.
        client: String,
    },
    /// Remove a client. Its id is never used again.
    Remove {
        /// Its name, access key id or id.
        client: String,
    },
}

/// Carries a command out.
pub(super) fn run(args: ClientArgs) -> anyhow::Result<()> {
    let folder = args.folder.context("name the folder that init wrote: --folder DIR")?;
    let clients = Clients::of(&folder)?;
    match args.command {
        ClientCommand::Add {
            name,
            user,
            policy,
            issuer,
            client_ids,
            expires,
            limit,
            window,
            bypass,
            secret_from_stdin,
        } => {
            if clients
                .all()?
                .iter()
                .any(|client| client.name().eq_ignore_ascii_case(&name))
            {
                bail!("there is a client {name:?} already; give this one another name");
            }
            let user = username::normalise(&user)
                .with_context(|| format!("{user:?} is not a name of the form domain\\name"))?;
            let client = Client::new(&name, &user, &policy, expires).limited(limit.zip(window), bypass);
            match issuer {
                Some(issuer) => add_of_provider(&clients, &client.of_provider(&issuer, &client_ids))?,
                None => add_key(&clients, client, secret_from_stdin)?,
            }
        }
        ClientCommand::List => {
            println!(
                "{:<24} {:<30} {:<9} {:<20} {:<24} policy",
                "name", "access key id", "state", "expires", "user"
            );
            for client in clients.all()? {
                println!("{client}");
            }
        }
        ClientCommand::Show { client } => print!("{}", clients.find(&client)?.facts()),
        ClientCommand::Rotate {
            client,
            old_until,
            secret_from_stdin,
        } => {
            let secret = new_secret(secret_from_stdin)?;
            let mut client = clients.find(&client)?;
            client.rotate(&secret, old_until)?;
            clients.write(&client)?;
            println!("client          {}\naccess key id   {}", client.name(), client.key_id());
            tell_secret(&secret, secret_from_stdin);
        }
        ClientCommand::Disable { client } => set_enabled(&clients, &client, false)?,
        ClientCommand::Enable { client } => set_enabled(&clients, &client, true)?,
        ClientCommand::Remove { client } => {
            let client = clients.find(&client)?;
            clients.remove(&client)?;
            println!("{} is removed", client.name());
        }
    }
    Ok(())
}

fn add_key(clients: &Clients, client: Client, secret_from_stdin: bool) -> anyhow::Result<()> {
    let secret = new_secret(secret_from_stdin)?;
    let key_id = format!("spe_{}", *hex(KEY_ID_BYTES)?);
    let client = client.with_key(&key_id, &secret);
    clients.add(&client)?;
    println!("client          {}\naccess key id   {key_id}", client.name());
    tell_secret(&secret, secret_from_stdin);
    Ok(())
}

fn add_of_provider(clients: &Clients, client: &Client) -> anyhow::Result<()> {
    let others = clients.all()?;
    if let Some(problem) = client.problem(&others) {
        bail!("{problem}");
    }
    clients.add(client)?;
    println!(
        "client          {}\n\nA running server takes its tokens within seconds.",
        client.name()
    );
    Ok(())
}

fn set_enabled(clients: &Clients, client: &str, enabled: bool) -> anyhow::Result<()> {
    let mut client = clients.find(client)?;
    client.set_enabled(enabled);
    clients.write(&client)?;
    println!("{} is {}", client.name(), if enabled { "enabled" } else { "disabled" });
    Ok(())
}

/// A secret, never from an argument: other users of the machine read those.
fn new_secret(from_stdin: bool) -> anyhow::Result<Zeroizing<String>> {
    if !from_stdin {
        return hex(SECRET_BYTES);
    }
    let text = read_secret("Secret")?;
    if text.trim() != text.as_str() {
        bail!("the secret begins or ends with white space");
    }
    secret::check(&text.as_str().into(), Algorithm::HS256)?;
    Ok(text)
}

fn tell_secret(secret: &str, is_known: bool) {
    if !is_known {
        println!(
            "secret          {secret}\n\nThe secret is not shown again. A running server takes it within seconds."
        );
    }
}

fn time(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "it is no time like 2027-01-01T00:00:00Z".to_owned())
}

fn until(text: &str) -> Result<OffsetDateTime, String> {
    if text == "now" {
        return Ok(OffsetDateTime::now_utc());
    }
    let until = time(text)?;
    if until < OffsetDateTime::now_utc() {
        return Err("that time has passed; \"now\" ends the old secret at once".to_owned());
    }
    Ok(until)
}
