//! `spe-server init`: a configuration that works as it is, with a secret of its own.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use secrecy::zeroize::Zeroizing;

use super::random::{SECRET_BYTES, hex};
use crate::config::{ACCOUNTS_FILE, SETTINGS_FILE, SPE_FILE};

const SPE: &str = include_str!("../../../../config/App_Config/Include/Spe/Spe.config");
const OAUTH: &str = include_str!("../../../../config/App_Config/Include/Spe/Spe.OAuthBearer.config");
const XM_CLOUD: &str = include_str!("../../../../config/App_Config/Include/Spe/Spe.XMCloud.Remoting.config");
const SETTINGS: &str = include_str!("../../../../config/spe-server.toml");
const READ_ONLY: &str = include_str!("../../../../config/policies/read-only.toml");
const JOBS_ONLY: &str = include_str!("../../../../config/policies/jobs-only.toml");
const ACCOUNTS: &str = include_str!("../../../../config/accounts.toml");
/// Access tokens, below the folder. Nothing in it counts before a variable says so.
const OAUTH_FILE: &str = "App_Config/Include/Spe/Spe.OAuthBearer.config";
/// Services that variables switch on, below the folder.
const XM_CLOUD_FILE: &str = "App_Config/Include/Spe/Spe.XMCloud.Remoting.config";
/// What stands in the template for the secret.
const PLACEHOLDER: &str = "@SHARED_SECRET@";

/// Writes the files and says what to do next.
pub(super) fn run(folder: &Path) -> anyhow::Result<()> {
    let folder = std::path::absolute(folder)?;
    write(&folder)?;
    print!("{}", next_steps(&folder));
    Ok(())
}

fn write(folder: &Path) -> anyhow::Result<()> {
    let spe = Zeroizing::new(SPE.replace(PLACEHOLDER, &hex(SECRET_BYTES)?));
    let files = [
        (ACCOUNTS_FILE, ACCOUNTS),
        (SETTINGS_FILE, SETTINGS),
        (SPE_FILE, spe.as_str()),
        (OAUTH_FILE, OAUTH),
        (XM_CLOUD_FILE, XM_CLOUD),
        ("policies/read-only.toml", READ_ONLY),
        ("policies/jobs-only.toml", JOBS_ONLY),
    ];
    for (name, _) in files {
        let file = folder.join(name);
        if fs::symlink_metadata(&file).is_ok() {
            bail!(
                "{} exists, and a configuration is not overwritten; name another folder, or move this one away",
                file.display()
            );
        }
    }
    make_private(folder)?;
    let mut written = Vec::new();
    for (name, text) in files {
        let file = folder.join(name);
        if let Err(error) = write_new(&file, text) {
            // Half a configuration would only stand in the way of the next init.
            for file in &written {
                let _ = fs::remove_file(file);
            }
            return Err(error).with_context(|| format!("cannot write {}", file.display()));
        }
        written.push(file);
    }
    Ok(())
}

/// The folder, for its owner only. One that is there and in use keeps the mode it has: its files are closed themselves.
fn make_private(folder: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot make the folder {}", folder.display());
    make_folders(folder).with_context(failed)?;
    if fs::read_dir(folder).with_context(failed)?.next().is_none() {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).with_context(failed)?;
    }
    Ok(())
}

fn make_folders(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Never follows or replaces anything that is there.
fn write_new(file: &Path, text: &str) -> std::io::Result<()> {
    make_folders(file.parent().unwrap_or(file))?;
    let mut opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    opened.write_all(text.as_bytes())?;
    opened.sync_all()
}

fn next_steps(folder: &Path) -> String {
    let file = folder.join(SPE_FILE);
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("spe-server"));
    let (program, folder) = (for_shell(&program), for_shell(folder));
    let quoted = file.display().to_string().replace('\'', "''");
    format!(
        "The configuration is in {folder}; its secret is in\n\
         \u{20}   {}\n\
         \n\
         Start the server:\n\
         \u{20}   {program} run --folder {folder}\n\
         \n\
         Connect from PowerShell, with the address it prints:\n\
         \u{20}   Import-Module SPE\n\
         \u{20}   $secret = ([xml](Get-Content -Raw '{quoted}')).SelectSingleNode('//sharedSecret').InnerText\n\
         \u{20}   $session = New-ScriptSession -ConnectionUri http://127.0.0.1:8180 -Username 'sitecore\\admin' \
         -SharedSecret $secret\n",
        file.display(),
    )
}

/// A path as it can be pasted into a shell.
fn for_shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+@:,".contains(letter);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::config::{Loaded, Sources, load};

    fn load_folder(folder: &Path) -> Loaded {
        load_with(folder, &[])
    }

    fn load_with(folder: &Path, variables: &[(&str, &str)]) -> Loaded {
        let variables = variables.iter();
        let sources = Sources {
            folder: folder.to_owned(),
            listen: Vec::new(),
            environment: variables
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        };
        load(&sources).unwrap()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    /// The issue: `run` needs no other step.
    #[test]
    fn what_is_written_can_be_run_as_it_is() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        write(&folder).unwrap();
        let Loaded { config, warnings, .. } = load_folder(&folder);
        assert_eq!(warnings, Vec::<String>::new());
        let provider = config.spe.shared_secret.unwrap();
        assert_eq!(provider.secret.unwrap().expose_secret().len(), 64);
        assert!(config.spe.services["remoting"].enabled);
        let account = &config.accounts[r"sitecore\admin"];
        assert!(
            account
                .roles
                .contains(&config.spe.services["remoting"].authorization[0].identity)
        );
    }

    /// Authentication 7.1, N360, N361: nothing of the provider counts before the variable says so, and then it stands beside the secret.
    #[test]
    fn access_tokens_wait_for_their_variable() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        write(&folder).unwrap();
        let Loaded { config, notes, .. } = load_folder(&folder);
        assert!(config.spe.oauth.is_empty() && config.spe.shared_secret.is_some());
        let skipped = |variable: &str| notes.iter().any(|note| format!("{note:?}").contains(variable));
        assert!(
            skipped("SITECORE_SPE_OAUTH") && skipped("SITECORE_SPE_REMOTING_FILE_ENABLED"),
            "{notes:?}"
        );
        let Loaded { config, warnings, .. } = load_with(&folder, &[("SITECORE_SPE_OAUTH", "true")]);
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(config.spe.oauth.len(), 1);
        assert_eq!(config.spe.oauth[0].name, "oauthBearer");
        assert!(config.spe.shared_secret.is_some());
    }

    /// Authentication 7.2: none of the variables implies another.
    #[test]
    fn each_variable_switches_its_own_services_on() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        write(&folder).unwrap();
        for (variable, expected) in [
            ("SITECORE_SPE_REMOTING_ENABLED", &["handleDownload", "remoting"][..]),
            (
                "SITECORE_SPE_REMOTING_FILE_ENABLED",
                &["fileDownload", "fileUpload", "handleDownload", "remoting"],
            ),
            (
                "SITECORE_SPE_REMOTING_MEDIA_ENABLED",
                &["handleDownload", "mediaDownload", "mediaUpload", "remoting"],
            ),
        ] {
            let services = load_with(&folder, &[(variable, "1")]).config.spe.services;
            let enabled = services.iter().filter(|(_, service)| service.enabled);
            let enabled: Vec<_> = enabled.map(|(name, _)| name.as_str()).collect();
            assert_eq!(enabled, expected, "{variable}");
        }
    }

    #[test]
    fn everything_is_for_the_owner_only() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        write(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        for name in [ACCOUNTS_FILE, SETTINGS_FILE, SPE_FILE, OAUTH_FILE, XM_CLOUD_FILE] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
    }

    #[test]
    fn an_empty_folder_that_was_there_is_closed_too() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        write(folder.path()).unwrap();
        assert_eq!(mode(folder.path()), 0o700);
    }

    #[test]
    fn nothing_is_overwritten_and_the_file_and_the_way_out_are_named() {
        for name in [ACCOUNTS_FILE, SETTINGS_FILE, SPE_FILE, OAUTH_FILE, XM_CLOUD_FILE] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "mine").unwrap();
            let error = format!("{:#}", write(folder.path()).unwrap_err());
            assert!(error.contains(name) && error.contains("another folder"), "{error}");
            assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        }
    }

    #[test]
    fn what_to_do_next_is_said_without_the_secret() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("my data");
        write(&folder).unwrap();
        let text = next_steps(&folder);
        let provider = load_folder(&folder).config.spe.shared_secret.unwrap();
        let secret = provider.secret.unwrap();
        assert!(!text.contains(secret.expose_secret()));
        assert!(text.contains(&format!("run --folder '{}'", folder.display())), "{text}");
        assert!(text.contains("New-ScriptSession"));
    }

    /// Each commented line of the template is a setting with its default, so taking the # away changes nothing.
    #[test]
    fn the_settings_template_shows_the_defaults() {
        let lines = SETTINGS.lines();
        let settings = lines.map(|line| {
            line.strip_prefix('#')
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
        });
        let text = settings.collect::<Vec<_>>().join("\n");
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        write(&folder).unwrap();
        let before = load_folder(&folder).config;
        fs::write(folder.join(SETTINGS_FILE), text).unwrap();
        let after = load_folder(&folder).config;
        assert_eq!(before.listen, after.listen);
        assert_eq!(before.limits, after.limits);
        assert_eq!(before.workers, after.workers);
    }
}
