//! Audit lines of the remoting routes (wire protocol 10.2). Values go out as they are: they are escaped once, where they are
//! written (WP-D-41).

use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use http::header::AUTHORIZATION;
use http::{StatusCode, Uri};
use spe_auth::TokenError;
use spe_auth::authorization::HeaderError;
use spe_protocol::{RecordKind, SessionId};

use super::refusal::Refusal;
use super::repeats::Suppressed;
use super::request::Request;
use super::route::Route;
use crate::identity::{AuditLevel, AuthKind, Authenticated, Caller, NoPolicy, Owner, Policy, Rejection};
use crate::media::{Outcome, Stored};
use crate::redact;
use crate::sessions::Batch;
use crate::throttle::{Standing, Throttle};
use crate::workers::{Blocked, RunEnd, RunOutcome};

/// One line of the category `Remoting`: its level, its action and its fields in order.
macro_rules! remoting {
    ($level:ident, $action:literal, $($fields:tt)*) => {
        tracing::$level!(target: "Remoting", action = $action, $($fields)*)
    };
}

/// The same about a caller who is known: which client it is, and as whom it owns what it makes. The account it acts as is `user`.
macro_rules! of_caller {
    ($caller:expr, $level:ident, $action:literal, $($fields:tt)*) => {
        remoting!(
            $level, $action, $($fields)*, remotingClient = client_of($caller), identity = &*$caller.owner.0
        )
    };
}

/// First 16 hex digits of the SHA-256 of a script (10.1).
pub(super) fn script_hash(script: &str) -> String {
    if script.is_empty() {
        return "empty".to_owned();
    }
    let hash = digest(&SHA256, script.as_bytes());
    let first = hash.as_ref()[..8]
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    format!("{first:016x}")
}

pub(super) fn request_received(request: &Request) {
    let (service, ip, rid) = (request.service(), request.ip, &request.rid);
    match request.route {
        Route::Script | Route::File | Route::Media | Route::Handle => {
            remoting!(info, "requestReceived", service, %ip, rid);
        }
        Route::Wait => remoting!(info, "waitRequestReceived", service, %ip, rid),
    }
}

/// What was asked for, without what would give something away (authentication 9.3).
pub(super) fn request_url(request: &Request, uri: &Uri) {
    if !tracing::enabled!(target: "Remoting", tracing::Level::DEBUG) {
        return;
    }
    let query = uri.query().map(|query| redact::query(query, "***REDACTED***"));
    let url = query.map_or_else(|| uri.path().to_owned(), |query| format!("{}?{query}", uri.path()));
    remoting!(debug, "requestUrl", url, rid = request.rid);
}

/// The credentials are good. What the caller may do is not decided yet.
pub(super) fn proven(request: &Request, authenticated: &Authenticated) {
    let (ip, rid, caller) = (request.ip, &request.rid, &authenticated.caller);
    let client_session = caller.client_session.as_deref().unwrap_or("none");
    if request.query.login().is_some() && request.headers.contains_key(AUTHORIZATION) {
        remoting!(warn, "deprecatedAuth", reason = "ignoredParameterCredentials", %ip, rid);
    }
    if caller.auth_kind == AuthKind::Password {
        return remoting!(debug, "basicAuthSuccess", user = caller.user, %ip, rid);
    }
    remoting!(
        debug, "bearerAuthSuccess", authKind = caller.auth_kind.as_str(), user = caller.user, %ip,
        clientSession = client_session, remotingClient = client_of(caller),
        clientId = caller.client_id.as_deref().unwrap_or("none"), rid
    );
    match &authenticated.without_policy {
        Some(NoPolicy::Unknown { source, name }) => {
            tracing::warn!(target: "Policy", action = "unknownPolicy", source, policy = name, rid);
        }
        // The lack of one is told where it refuses something.
        None | Some(NoPolicy::Unassigned) => {}
    }
}

/// The credentials prove nobody. Why is said here and nowhere else. The credential itself is never written.
pub(super) fn rejected(request: &Request, rejection: &Rejection) {
    let (service, ip, rid) = (request.service(), request.ip, &request.rid);
    let (reason, user) = (rejection.code(), rejection.user().unwrap_or("unknown"));
    match rejection {
        // The credential is good, so this is no failure to authenticate.
        Rejection::ClientWithoutAccount { client, .. } => {
            return remoting!(info, "clientDenied", reason, remotingClient = client, %ip, rid);
        }
        Rejection::ColdStart => return remoting!(warn, "coldStart", %ip, rid),
        // What filled it was told where it happened.
        Rejection::ReplayCacheFull => return,
        Rejection::Header(HeaderError::Absent) => remoting!(warn, "authRequired", service, %ip, rid),
        Rejection::Header(HeaderError::UnsupportedScheme(scheme)) => {
            let scheme = scheme.as_deref().unwrap_or("none");
            remoting!(warn, "unsupportedScheme", scheme, service, %ip, rid);
        }
        Rejection::QueryCredentials => {
            remoting!(warn, "credentialRejected", reason = "queryStringCredentials", %ip, rid);
        }
        Rejection::Header(HeaderError::MalformedBasic | HeaderError::InvalidUsername)
        | Rejection::WrongPassword { .. }
        | Rejection::TooManyLogins { .. }
        | Rejection::LoginsBusy => {}
        Rejection::Header(HeaderError::Malformed | HeaderError::TooLarge)
        | Rejection::Token { .. }
        | Rejection::UnknownAccount { .. } => {
            if !rejection.voice().silent {
                validation_failed(request, rejection);
            }
            remoting!(
                info, "bearerAuthFailed", authKind = rejection.auth_kind(), user, %ip,
                remotingClient = "none", clientId = "none", rid
            );
        }
    }
    remoting!(info, "authRejected", service, %ip, user, reason, rid);
}

/// Why a token is refused, with what it says about that (authentication 4.2).
fn validation_failed(request: &Request, rejection: &Rejection) {
    let (ip, rid, reason, proven) = (request.ip, &request.rid, rejection.code(), rejection.proven());
    let detail = rejection.voice().detailed.then(|| rejection.to_string());
    let facts = rejection.token_error().map(TokenError::facts).unwrap_or_default();
    tracing::warn!(
        target: "JWT", action = "validationFailed", reason, proven, r#type = facts.token_type,
        algorithm = facts.algorithm, expiry = facts.expiry, nbf = facts.nbf, iat = facts.iat,
        lifetime = facts.lifetime, maximum = facts.maximum, issuer = facts.issuer, audience = facts.audience,
        azp = facts.azp, clientId = facts.client_id, missing = facts.missing, kid = facts.kid, jti = facts.jti,
        detail, %ip, rid
    );
}

/// The caller is known, and its client record lets it do nothing (authentication 3.2).
pub(super) fn denied(request: &Request, caller: &Caller, reason: &str) {
    let (client, user, ip, rid) = (client_of(caller), &caller.user, request.ip, &request.rid);
    remoting!(info, "clientDenied", reason, remotingClient = client, user, %ip, rid);
}

/// The policy of the caller does not allow a script.
pub(super) fn rejected_by_policy(request: &Request, caller: &Caller, blocked: Option<&Blocked>) {
    if caller.policy.audit < AuditLevel::Violations {
        return;
    }
    let (user, ip, rid, policy) = (&caller.user, request.ip, &request.rid, &caller.policy.name);
    let client_session = caller.client_session.as_deref().unwrap_or("none");
    let command = blocked.map_or("none", |blocked| blocked.command.as_str());
    of_caller!(
        caller, info, "scriptRejectedByPolicy", user, %ip, policy, blockedCommand = command,
        clientSession = client_session, rid
    );
}

/// A script passed the policy of its caller, where that has a name of its own.
pub(super) fn allowed_by_policy(request: &Request, caller: &Caller, hash: &str, length: usize) {
    let policy = &caller.policy;
    if policy.audit < AuditLevel::Standard || policy.name == Policy::UNRESTRICTED {
        return;
    }
    let (service, user, rid) = (request.service(), &caller.user, &request.rid);
    let client_session = caller.client_session.as_deref().unwrap_or("none");
    of_caller!(
        caller,
        info,
        "policyAudit",
        service,
        policy = policy.name,
        scriptHash = hash,
        clientSession = client_session,
        endpoint = "inline",
        rid,
        user
    );
    if policy.audit >= AuditLevel::Full {
        let mode = policy.language_mode.as_str();
        of_caller!(
            caller,
            info,
            "scriptDetail",
            scriptLength = length,
            languageMode = mode,
            rid,
            user
        );
    }
}

/// The reply to a script.
pub(super) fn response_detail(request: &Request, caller: &Caller, format: &'static str, status: StatusCode) {
    if caller.policy.audit >= AuditLevel::Full {
        let (status, user, rid) = (status.as_u16(), &caller.user, &request.rid);
        of_caller!(
            caller,
            info,
            "responseDetail",
            outputFormat = format,
            statusCode = status,
            rid,
            user
        );
    }
}

fn client_of(caller: &Caller) -> &str {
    caller.client.as_deref().unwrap_or("none")
}

/// A client made more requests than it may (wire protocol 10.2).
pub(super) fn over_limit(request: &Request, caller: &Caller, throttle: &Throttle, standing: &Standing) {
    let (client, ip, rid) = (client_of(caller), request.ip, &request.rid);
    let (user, identity) = (&caller.user, &*caller.owner.0);
    if throttle.bypass {
        if caller.policy.audit >= AuditLevel::Standard {
            remoting!(info, "throttleBypassed", remotingClient = client, %ip, rid, user, identity);
        }
        return;
    }
    let (count, limit, window) = (standing.requests, throttle.limit, throttle.window.as_secs());
    tracing::warn!(
        target: "RemotingClient", action = "throttleExceeded", remotingClient = client, count, limit, window, rid
    );
    if caller.policy.audit >= AuditLevel::Violations {
        remoting!(info, "throttled", remotingClient = client, %ip, rid, user, identity);
    }
}

/// Failures that repeated and were not written one by one (authentication 9.5).
pub(super) fn suppressed(Suppressed { reason, ip, count }: Suppressed) {
    let ip = ip.map_or_else(|| "various".to_owned(), |ip| ip.to_string());
    remoting!(warn, "failuresRepeated", reason, ip, suppressed = count);
}

pub(super) fn authenticated(request: &Request, caller: &Caller) {
    let (service, ip, rid, user) = (request.service(), request.ip, &request.rid, &caller.user);
    let kind = caller.auth_kind.as_str();
    let (client, identity) = (client_of(caller), &*caller.owner.0);
    remoting!(
        info, "authenticated", service, %ip, user, remotingClient = client, authKind = kind, rid, identity
    );
}

pub(super) fn ownership_mismatch(request: &Request, caller: &Caller, owner: &Owner, session: &SessionId) {
    let (ip, rid) = (request.ip, &request.rid);
    let (owner, own, user) = (&*owner.0, &*caller.owner.0, &caller.user);
    of_caller!(caller, info, "sessionOwnershipMismatch", %session, owner, caller = own, %ip, rid, user);
}

pub(super) fn connection_test(request: &Request, caller: &Caller) {
    if caller.policy.audit < AuditLevel::Standard {
        return;
    }
    let (user, ip, rid) = (&caller.user, request.ip, &request.rid);
    of_caller!(caller, info, "connectionTest", user, %ip, rid);
}

pub(super) fn session_cleanup(request: &Request, caller: &Caller, session: &SessionId, disposed: usize) {
    if caller.policy.audit < AuditLevel::Standard {
        return;
    }
    let (user, ip, rid) = (&caller.user, request.ip, &request.rid);
    of_caller!(caller, info, "sessionCleanup", user, %ip, sessionId = %session, disposed, rid);
}

/// Only for replies that carry records.
pub(super) fn records_delivered(request: &Request, caller: &Caller, session: &SessionId, batch: &Batch) {
    let is_error = |kind: &RecordKind| matches!(kind, RecordKind::Error(_));
    let errors = batch.records.iter().filter(|record| is_error(&record.kind)).count();
    let (count, counters, ip, rid) = (batch.records.len(), batch.counters, request.ip, &request.rid);
    let user = &caller.user;
    if count == 0 {
        return;
    }
    let (rate, size, truncated) = (counters.dropped_rate, counters.dropped_size, counters.truncated);
    of_caller!(
        caller, info, "progressStreamed", %session, count, errors, dropRate = rate, dropSize = size, truncated, %ip, rid,
        user
    );
    if errors > 0 {
        of_caller!(caller, info, "errorStreamed", %session, count = errors, %ip, rid, user);
    }
}

/// The line of a refusal. What the log says of it stays in the log.
pub(super) fn refused(refusal: &Refusal, path: &str, ip: IpAddr, caller: Option<&Caller>, rid: &str) {
    let user = caller.map_or("unknown", |caller| caller.user.as_str());
    let (client, identity) = (
        caller.map_or("none", client_of),
        caller.map_or("none", |caller| &*caller.owner.0),
    );
    let facts = refusal.facts();
    let (status, reason) = (facts.status.as_u16(), facts.code);
    match refusal {
        Refusal::ServiceDisabled { service } => remoting!(warn, "serviceDisabled", service, %ip, rid),
        Refusal::ServiceDenied { service } => {
            remoting!(info, "userUnauthorized", service, %ip, user, rid, remotingClient = client, identity);
        }
        // The stage that found it out has written a line that says more.
        Refusal::SessionNotOwned | Refusal::Unauthorized { .. } | Refusal::PathNotAllowed { .. } => {}
        Refusal::WorkerStart { cause } => {
            remoting!(error, "requestRejected", status, reason, cause, user, %ip, rid);
        }
        Refusal::RunLost { reason: cause } => {
            remoting!(error, "requestRejected", status, reason, %cause, user, %ip, rid);
        }
        Refusal::StorageFailed { cause } => {
            remoting!(error, "requestRejected", status, reason, cause, user, %ip, rid);
        }
        Refusal::Internal => remoting!(error, "requestRejected", status, reason, path, user, %ip, rid),
        _ => {
            remoting!(
                info, "requestRejected", status, reason, path, user, %ip, rid, remotingClient = client, identity
            );
        }
    }
}

/// The lines of one request for a file (wire protocol 10.2).
pub(super) struct FileLine<'a> {
    request: &'a Request,
    caller: &'a Caller,
    origin: &'a str,
    path: &'a str,
}

impl<'a> FileLine<'a> {
    /// `origin` is the folder or the database.
    pub(super) fn new(request: &'a Request, caller: &'a Caller, origin: &'a str, path: &'a str) -> Self {
        Self {
            request,
            caller,
            origin,
            path,
        }
    }

    /// Whatever the level of the policy: somebody looked for what is not theirs.
    pub(super) fn not_allowed(&self, reason: &'static str) {
        let (service, ip, rid, user) = (
            self.request.service(),
            self.request.ip,
            &self.request.rid,
            &self.caller.user,
        );
        let (origin, path) = (self.origin, self.path);
        of_caller!(self.caller, info, "fileAccessDenied", reason, service, %ip, origin, path, rid, user);
    }

    pub(super) fn downloaded(&self, file: &str, size: u64) {
        if self.is_written() {
            let (service, path, rid, user) = (self.request.service(), self.path, &self.request.rid, &self.caller.user);
            of_caller!(
                self.caller,
                info,
                "fileDownloaded",
                service,
                file,
                size,
                path,
                rid,
                user
            );
        }
    }

    pub(super) fn uploaded(&self, file: &str, size: u64) {
        if self.is_written() {
            let (service, path, rid, user) = (self.request.service(), self.path, &self.request.rid, &self.caller.user);
            of_caller!(self.caller, info, "fileUploaded", service, file, size, path, rid, user);
        }
    }

    pub(super) fn media_downloaded(&self, item: &str, size: u64) {
        if self.is_written() {
            let (service, rid, user) = (self.request.service(), &self.request.rid, &self.caller.user);
            of_caller!(self.caller, info, "mediaDownloaded", service, item, size, rid, user);
        }
    }

    /// What was left alone has no line.
    pub(super) fn media_stored(&self, stored: &Stored) {
        if !self.is_written() {
            return;
        }
        let Stored { item, outcome } = stored;
        let (service, rid, user) = (self.request.service(), &self.request.rid, &self.caller.user);
        let (size, destination) = (item.content.size, item.path());
        match outcome {
            Outcome::Created => {
                let file = item.file_name();
                of_caller!(
                    self.caller,
                    info,
                    "mediaUploaded",
                    service,
                    file,
                    size,
                    destination,
                    rid,
                    user
                );
            }
            Outcome::Replaced => {
                let item = format!("{destination} {}", item.id);
                of_caller!(self.caller, info, "mediaUpdated", service, item, size, rid, user);
            }
            Outcome::Skipped => {}
        }
    }

    fn is_written(&self) -> bool {
        self.caller.policy.audit >= AuditLevel::Violations
    }
}

/// The lines around one run of a script.
pub(super) struct ScriptLine {
    user: String,
    ip: IpAddr,
    session: SessionId,
    hash: String,
    client_session: String,
    rid: String,
    client: String,
    identity: Owner,
    /// Whether the policy has it written.
    is_written: bool,
}

impl ScriptLine {
    pub(super) fn new(request: &Request, caller: &Caller, session: &SessionId, hash: String) -> Self {
        Self {
            user: caller.user.clone(),
            ip: request.ip,
            session: session.clone(),
            hash,
            client_session: caller.client_session.clone().unwrap_or_else(|| "none".to_owned()),
            rid: request.rid.clone(),
            client: client_of(caller).to_owned(),
            identity: caller.owner.clone(),
            is_written: caller.policy.audit >= AuditLevel::Standard,
        }
    }

    pub(super) fn starting(&self) {
        let Self {
            user,
            ip,
            session,
            hash,
            client_session,
            rid,
            client,
            identity: Owner(identity),
            is_written,
        } = self;
        if !is_written {
            return;
        }
        remoting!(
            info, "scriptStarting", user, %ip, %session, scriptHash = hash, clientSession = client_session, rid,
            remotingClient = client, identity = &**identity
        );
    }

    pub(super) fn ended(&self, end: &RunEnd) {
        let Self {
            user,
            ip,
            session,
            hash,
            client_session,
            rid,
            client,
            identity: Owner(identity),
            is_written,
        } = self;
        if !is_written {
            return;
        }
        let error = match &end.outcome {
            RunOutcome::Completed => {
                let errors = if end.had_errors { "True" } else { "False" };
                remoting!(
                    info, "scriptCompleted", user, %ip, %session, scriptHash = hash, hasErrors = errors,
                    clientSession = client_session, rid, remotingClient = client, identity = &**identity
                );
                return;
            }
            RunOutcome::Failed(error) => error.exception_type.clone().unwrap_or_default(),
            RunOutcome::Stopped => "Spe.Remoting.Stopped".to_owned(),
            RunOutcome::Lost(reason) => reason.error_id().to_owned(),
        };
        remoting!(
            info, "scriptFailed", user, %ip, %session, scriptHash = hash, error, clientSession = client_session, rid,
            remotingClient = client, identity = &**identity
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wire protocol Appendix A, the script hash vectors.
    #[test]
    fn scripts_are_hashed_as_the_vectors_say() {
        assert_eq!(script_hash("Get-Date"), "c1d9af5ecced5022");
        assert_eq!(script_hash("'\u{e9}'"), "0e09b0e67834fc29");
        assert_eq!(script_hash(""), "empty");
    }
}
