//! A configuration with two accounts, of which one may use the service.

use std::collections::BTreeMap;

use spe_server::config::{
    Account, FileSettings, IdentityType, Limits, MediaSettings, Permission, ServerConfig, Service,
    SharedSecretProvider, SpeConfig, WorkerSettings,
};
use spe_testkit::vectors::AUTH_HS256;

/// The shared secret.
pub(crate) const SECRET: &str = AUTH_HS256.secret;
const ROLE: &str = r"sitecore\PowerShell Extensions Remoting";

pub(crate) fn config() -> ServerConfig {
    let account = |name: &str, roles: &[&str], administrator| {
        let account = Account {
            name: name.into(),
            roles: roles.iter().map(|role| (*role).into()).collect(),
            administrator,
            password: None,
        };
        (name.to_ascii_lowercase(), account)
    };
    let remoting = Service {
        enabled: true,
        authorization: vec![Permission {
            allow: true,
            identity_type: IdentityType::Role,
            identity: ROLE.into(),
        }],
        ..Service::default()
    };
    ServerConfig {
        data_folder: "data".into(),
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        tls: None,
        key_authorities: None,
        metrics: None,
        trusted_proxies: Vec::new(),
        public_origins: Vec::new(),
        limits: Limits::default(),
        workers: WorkerSettings::default(),
        files: FileSettings::default(),
        media: MediaSettings::default(),
        spe: SpeConfig {
            services: BTreeMap::from([("remoting".to_owned(), remoting)]),
            shared_secret: Some(SharedSecretProvider {
                secret: Some(SECRET.into()),
                allowed_issuers: vec!["SPE Remoting".into()],
                allowed_audiences: vec!["https://cm.test".into()],
                max_token_lifetime_seconds: 0,
                clock_skew_seconds: 30,
                require_iat: false,
                detailed_errors: true,
                suppress_warnings: false,
            }),
            ..SpeConfig::default()
        },
        clients: Vec::new(),
        policies: Vec::new(),
        accounts: BTreeMap::from([
            account(r"sitecore\Admin", &[ROLE], true),
            account(r"sitecore\guest", &[], false),
            account(r"sitecore\svc-remoting", &[ROLE], false),
        ]),
    }
}
