//! `spe-server account`: who may be named by a token or sign in with a password. Comments of the file stay where they are.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use secrecy::zeroize::Zeroizing;
use spe_auth::username;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::secrets::{configuration, read_secret, replace};
use crate::config::{ACCOUNTS_FILE, Guard, read_file};
use crate::identity::PasswordHash;

/// Shortest password, in characters (NIST SP 800-63B 3.1.1.2, of one that is not the only factor).
const SHORTEST: usize = 8;

#[derive(Debug, Args)]
pub(super) struct AccountArgs {
    /// The folder that init wrote.
    #[arg(long, value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    command: AccountCommand,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Make an account. It has no password.
    Add {
        /// Its name, DOMAIN\\NAME. Without a domain it is one of sitecore.
        #[arg(long)]
        name: String,
        /// A role it has, DOMAIN\\ROLE. Several are allowed.
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// Give it every role that administrators have.
        #[arg(long)]
        administrator: bool,
    },
    /// List all accounts.
    List,
    /// Set the password of an account, read from standard input.
    Password {
        /// Its name.
        name: String,
        /// Take the password away in place of that.
        #[arg(long)]
        remove: bool,
    },
    /// Remove an account.
    Remove {
        /// Its name.
        name: String,
    },
}

/// The accounts of a configuration.
struct Accounts {
    file: PathBuf,
    document: DocumentMut,
}

/// Carries a command out.
pub(super) fn run(args: AccountArgs) -> anyhow::Result<()> {
    let folder = args.folder.context("name the folder that init wrote: --folder DIR")?;
    configuration(&folder)?;
    let mut accounts = Accounts::read(folder.join(ACCOUNTS_FILE))?;
    match args.command {
        AccountCommand::Add {
            name,
            roles,
            administrator,
        } => {
            let name = normal(&name)?;
            if accounts.place(&name)?.is_some() {
                bail!("there is an account {name} already");
            }
            accounts.add(&name, roles, administrator)?;
            accounts.write()?;
            println!("{name} is there; a running server takes it within seconds");
        }
        AccountCommand::List => {
            println!("{:<40} {:<14} {:<9} roles", "name", "administrator", "password");
            for account in accounts.tables()?.iter() {
                println!("{}", line(account));
            }
        }
        AccountCommand::Password { name, remove } => {
            let name = normal(&name)?;
            let account = accounts.find(&name)?;
            if remove {
                account.remove("password");
            } else {
                let hash = PasswordHash::of(&new_password()?)
                    .ok()
                    .context("the password cannot be hashed")?;
                account["password"] = value(hash.as_str());
            }
            accounts.write()?;
            println!("{name} has {} password", if remove { "no" } else { "a new" });
        }
        AccountCommand::Remove { name } => {
            let name = normal(&name)?;
            accounts.find(&name)?;
            let place = accounts.place(&name)?.context("it was there")?;
            accounts.tables()?.remove(place);
            accounts.write()?;
            println!("{name} is removed");
        }
    }
    Ok(())
}

impl Accounts {
    fn read(file: PathBuf) -> anyhow::Result<Self> {
        let text = read_file(&file, Guard::Secret)?;
        // The parser's own message shows lines of the file.
        let document = text.parse().ok();
        let document = document.with_context(|| format!("{}: it is no TOML", file.display()))?;
        Ok(Self { file, document })
    }

    fn tables(&mut self) -> anyhow::Result<&mut ArrayOfTables> {
        let item = self.document.entry("account");
        let item = item.or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        item.as_array_of_tables_mut()
            .context("accounts are written as [[account]]")
    }

    fn place(&mut self, name: &str) -> anyhow::Result<Option<usize>> {
        let mut tables = self.tables()?.iter();
        Ok(tables.position(|account| {
            let own = account.get("name").and_then(Item::as_str).and_then(username::normalise);
            own.is_some_and(|own| own.eq_ignore_ascii_case(name))
        }))
    }

    fn find(&mut self, name: &str) -> anyhow::Result<&mut Table> {
        let place = self.place(name)?;
        let place = place.with_context(|| format!("there is no account {name}; spe-server account list shows all"))?;
        self.tables()?.get_mut(place).context("it was there")
    }

    fn add(&mut self, name: &str, roles: Vec<String>, administrator: bool) -> anyhow::Result<()> {
        let mut table = Table::new();
        table["name"] = value(name);
        if !roles.is_empty() {
            table["roles"] = value(Array::from_iter(roles));
        }
        if administrator {
            table["administrator"] = value(true);
        }
        self.tables()?.push(table);
        Ok(())
    }

    fn write(&self) -> anyhow::Result<()> {
        replace(&self.file, &self.document.to_string())
    }
}

fn line(account: &Table) -> String {
    let name = account.get("name").and_then(Item::as_str).unwrap_or("(no name)");
    let administrator = account.get("administrator").and_then(Item::as_bool) == Some(true);
    let roles = account.get("roles").and_then(Item::as_array);
    let roles: Vec<_> = roles.into_iter().flatten().filter_map(|role| role.as_str()).collect();
    let shown = |is: bool| if is { "yes" } else { "no" };
    let password = shown(account.contains_key("password"));
    format!(
        "{name:<40} {:<14} {password:<9} {}",
        shown(administrator),
        roles.join(", ")
    )
}

fn normal(name: &str) -> anyhow::Result<String> {
    username::normalise(name).with_context(|| format!("{name:?} is not a name of the form domain\\name"))
}

/// A password from standard input, in the letters that clients can send (RFC 7617 as stock clients do it: ISO-8859-1).
fn new_password() -> anyhow::Result<Zeroizing<String>> {
    let password = read_secret("Password")?;
    if password.chars().count() < SHORTEST {
        bail!("the password has less than {SHORTEST} characters");
    }
    if password
        .chars()
        .any(|character| character.is_control() || u32::from(character) > 0xff)
    {
        bail!("the password holds a control, or a character that clients cannot send (beyond ISO-8859-1)");
    }
    Ok(password)
}
