//! What an identity provider publishes.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::key::SigningKey;
use crate::http::{Certificate, HttpServer, Request, Step};

/// Where the keys are.
const KEYS: &str = "/jwks";
/// Where clients find out where the keys are (`OpenID` Connect Discovery 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// An identity provider on the loopback. Its keys, or whatever it says in their place, can be changed at any time.
pub struct IdentityProvider {
    server: HttpServer,
    answer: Arc<Mutex<Step>>,
}

impl IdentityProvider {
    /// Over plain HTTP.
    pub async fn start(keys: &[&SigningKey]) -> Self {
        let answer = Arc::new(Mutex::new(published(keys)));
        let server = HttpServer::start(script(answer.clone())).await;
        Self { server, answer }
    }

    /// Over TLS.
    pub async fn start_tls(certificate: &Certificate, keys: &[&SigningKey]) -> Self {
        let answer = Arc::new(Mutex::new(published(keys)));
        let server = HttpServer::start_tls(certificate, script(answer.clone())).await;
        Self { server, answer }
    }

    /// The address of its keys.
    pub fn jwks_uri(&self) -> String {
        format!("{}{KEYS}", self.server.uri())
    }

    /// Publishes these keys from now on.
    pub fn publish(&self, keys: &[&SigningKey]) {
        self.answers(published(keys));
    }

    /// Publishes these keys as they are written.
    pub fn publish_raw(&self, keys: &[Value]) {
        self.answers(Step::json(&json!({ "keys": keys }).to_string()).close());
    }

    /// Answers whoever asks for keys like this.
    pub fn answers(&self, step: Step) {
        *self.answer.lock() = step;
    }

    /// How often its keys were asked for.
    pub fn fetches(&self) -> usize {
        let requests = self.server.requests();
        requests.iter().filter(|request| request.target == KEYS).count()
    }

    /// The server below it.
    pub fn server(&self) -> &HttpServer {
        &self.server
    }
}

fn published(keys: &[&SigningKey]) -> Step {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
    Step::json(&json!({ "keys": keys }).to_string()).close()
}

fn script(answer: Arc<Mutex<Step>>) -> impl Fn(&Request) -> Step + Send + Sync + 'static {
    move |request| match request.target.as_str() {
        KEYS => answer.lock().clone(),
        DISCOVERY => {
            let host = request.header("host").unwrap_or_default();
            let document = json!({ "issuer": "https://idp.test", "jwks_uri": format!("https://{host}{KEYS}") });
            Step::json(&document.to_string()).close()
        }
        _ => Step::reply(404, "Not Found", "").close(),
    }
}
