//! Logins by name and password (authentication 1.2, 1.4 and 8.1).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spe_server::config::ServerConfig;
use spe_server::identity::PasswordHash;

use crate::clock::Frozen;
use crate::config::config;
use crate::log::log;
use crate::server::{Reply, TestServer};

const TEST: &str = "/-/script/script/?action=test";
const PASSWORD: &str = "correct: horse \u{e9}";

struct Logins {
    server: TestServer,
    clock: Arc<Frozen>,
}

impl Logins {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        log();
        let mut config = config();
        let account = config.accounts.get_mut(r"sitecore\admin").unwrap();
        account.password = Some(PasswordHash::of(PASSWORD).unwrap());
        change(&mut config);
        let clock = Arc::new(Frozen::default());
        let server = TestServer::start_at(config, clock.clone()).await;
        Self { server, clock }
    }

    async fn login(&self, user: &str, password: &str) -> Reply {
        let latin: Vec<_> = format!("{user}:{password}")
            .chars()
            .map(|character| character as u8)
            .collect();
        self.send(&STANDARD.encode(latin)).await
    }

    async fn send(&self, credential: &str) -> Reply {
        let header = format!("Authorization: Basic {credential}\r\n");
        self.server.send("POST", TEST, header.as_bytes()).await
    }
}

fn rejected(reply: &Reply, reason: &str) {
    assert_eq!(
        reply.status, "HTTP/1.1 401 Unauthorized request to the remoting service.",
        "{reason}"
    );
    let challenges = [r#"Bearer realm="SPE Remoting""#, r#"Basic realm="SPE Remoting""#];
    assert_eq!(reply.values("www-authenticate"), challenges, "{reason}");
    assert_eq!(reply.header("x-spe-authfailurereason"), None, "{reason}");
    let line = log().line(&["authRejected", reply.header("x-spe-requestid").unwrap()]);
    assert!(line.contains(&format!("reason=\"{reason}\"")), "{line}");
}

/// 1.4: the password of an account, in ISO-8859-1, whatever the case of the name, and with or without its domain.
#[tokio::test]
async fn a_password_is_taken() {
    let logins = Logins::start().await;
    for user in [r"sitecore\admin", "Admin"] {
        for _ in 0..2 {
            let reply = logins.login(user, PASSWORD).await;
            assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
            let line = log().line(&["action=\"authenticated\"", reply.header("x-spe-requestid").unwrap()]);
            assert!(line.contains("basic") && line.contains("Admin"), "{line}");
        }
    }
}

/// N003 and N011 to N014: what is no login, and logins that are wrong, have one answer.
#[tokio::test]
async fn every_wrong_login_has_one_answer() {
    let logins = Logins::start().await;
    for (id, credential, reason) in [
        ("N003", "", "malformedBasic"),
        ("N011", "YWRtaW4=", "malformedBasic"),
        ("N012", "%%%", "malformedBasic"),
        ("N013", "YWRtaW46", "authRequired"),
        ("N014", "YWQKbWluOmE=", "invalidUsername"),
        ("WP-D-52", "Og==", "authRequired"),
    ] {
        let reply = logins.send(credential).await;
        rejected(&reply, reason);
        assert!(!reply.status.contains('\n'), "{id}");
    }
    rejected(&logins.login("admin", "wrong").await, "wrongPassword");
    rejected(&logins.login("nobody", "wrong").await, "wrongPassword");
    // Accounts without a password have none that could be found out.
    rejected(&logins.login("guest", "wrong").await, "wrongPassword");
    rejected(&logins.login("guest", "").await, "authRequired");
}

/// 8.1: without an account that has a password nobody is asked for one.
#[tokio::test]
async fn nobody_is_asked_for_a_password_that_nobody_has() {
    let logins = Logins::with(|config| config.accounts.get_mut(r"sitecore\admin").unwrap().password = None).await;
    let reply = logins.login("admin", PASSWORD).await;
    assert_eq!(reply.values("www-authenticate"), [r#"Bearer realm="SPE Remoting""#]);
}

/// Decisions, accounts: who guesses waits, and nobody else does.
#[tokio::test]
async fn who_guesses_waits() {
    let logins = Logins::start().await;
    for _ in 0..10 {
        rejected(&logins.login("admin", "guess").await, "wrongPassword");
    }
    let reply = logins.login("admin", PASSWORD).await;
    assert!(reply.status.starts_with("HTTP/1.1 429 "), "{}", reply.status);
    assert_eq!(reply.header("retry-after"), Some("61"));
    assert_eq!(reply.values("www-authenticate"), Vec::<&str>::new());
    logins.clock.pass(60);
    let reply = logins.login("admin", PASSWORD).await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
}

/// N016 and 1.2: a login in the query counts where there is no header, and is told as what it is.
#[tokio::test]
async fn a_login_in_the_query_is_told() {
    let logins = Logins::start().await;
    let path = format!("{TEST}&user=sitecore%5Cadmin&password=correct%3A+horse+%C3%A9");
    let reply = logins.server.send("POST", &path, b"").await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
    log().line(&[
        "deprecatedAuth",
        "queryStringCredentials",
        reply.header("x-spe-requestid").unwrap(),
    ]);
    let url = log().line(&["requestUrl", reply.header("x-spe-requestid").unwrap()]);
    assert!(url.contains("user=sitecore%5Cadmin&password=***REDACTED***"), "{url}");
    let wrong = logins
        .server
        .send("POST", &format!("{TEST}&user=admin&password=b"), b"")
        .await;
    rejected(&wrong, "wrongPassword");
    let header = format!("Authorization: Bearer {}\r\n", crate::matrix::h0_token());
    let both = logins
        .server
        .send("POST", &format!("{TEST}&user=a&password=b"), header.as_bytes())
        .await;
    assert!(both.status.starts_with("HTTP/1.1 200 "), "N016: {}", both.status);
    log().line(&["ignoredParameterCredentials", both.header("x-spe-requestid").unwrap()]);
    assert!(log().lines(&["correct"]).is_empty());
}

/// N017: where it is not allowed it is as good as a wrong password.
#[tokio::test]
async fn a_login_in_the_query_may_be_forbidden() {
    let logins = Logins::with(|config| config.spe.allow_query_credentials = Some(false)).await;
    let path = format!("{TEST}&user=admin&password=b");
    let reply = logins.server.send("POST", &path, b"").await;
    rejected(&reply, "credentialRejected");
    let wrong = logins.login("admin", "wrong").await;
    assert_eq!(reply.names(), wrong.names());
    let rid = |reply: &Reply| reply.header("x-spe-requestid").unwrap().to_owned();
    assert_eq!(
        reply.body.replace(&rid(&reply), ""),
        wrong.body.replace(&rid(&wrong), "")
    );
    assert_eq!(reply.status, wrong.status);
}

/// The hashing is bounded: what comes beyond it is told to come again, and nothing else waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hashing_is_bounded() {
    let logins = Logins::start().await;
    let all = futures_util::future::join_all((0..120).map(|number| {
        let user = format!("name{number}");
        let logins = &logins;
        async move { logins.login(&user, "x").await }
    }))
    .await;
    let codes: Vec<_> = all
        .iter()
        .map(|reply| reply.status.split(' ').nth(1).unwrap())
        .collect();
    assert!(
        codes.iter().all(|code| ["401", "429", "503"].contains(code)),
        "{codes:?}"
    );
    assert!(codes.contains(&"503") || codes.contains(&"429"), "{codes:?}");
}
