//! What a reply that is no success means (client module 8.6 and 8.7).

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{DATE, WWW_AUTHENTICATE};
use spe_protocol::headers;

use crate::answer::Answer;
use crate::text::sentence;
use crate::{Credential, Failure, FailureKind, address, redirect};

/// Longest body that is kept, in characters.
const LONGEST_BODY: usize = 64 * 1024;

/// Longest plain body that is taken for an explanation, in bytes.
const LONGEST_EXPLANATION: usize = 1024;

/// How far two clocks may be apart before it is worth a word: tokens live this long.
const NOTABLE_SKEW: Duration = Duration::from_secs(30);

/// The failure that `answer` is for a caller with `credential` at `now`.
pub(crate) fn failure(answer: &Answer, from: &url::Url, credential: Option<&Credential>, now: SystemTime) -> Failure {
    let restriction = answer.header(headers::RESTRICTION);
    let (kind, message) = match (answer.status, restriction) {
        (StatusCode::UNAUTHORIZED, _) => (FailureKind::Authentication, unauthorized(answer, credential, now)),
        (StatusCode::FORBIDDEN, "command-blocked") => (FailureKind::CommandBlocked, command_blocked(answer)),
        (StatusCode::FORBIDDEN, "policy-blocked") => (FailureKind::PolicyBlocked, policy_blocked(answer)),
        (StatusCode::FORBIDDEN, restriction) => (FailureKind::Forbidden, forbidden(answer, restriction)),
        (StatusCode::TOO_MANY_REQUESTS, _) => (FailureKind::Throttled, throttled(answer)),
        (StatusCode::SERVICE_UNAVAILABLE, _) => (FailureKind::Unavailable, unavailable(answer)),
        _ => (FailureKind::Http, other(answer, from)),
    };
    let mut failure = Failure::new(kind, message);
    failure.status = answer.status.as_u16();
    failure.reason_phrase.clone_from(&answer.phrase);
    failure.body = answer.body.chars().take(LONGEST_BODY).collect();
    failure.body_is_json = is_json(&failure.body);
    restriction.clone_into(&mut failure.restriction);
    answer
        .header(headers::BLOCKED_COMMAND)
        .clone_into(&mut failure.blocked_command);
    policy(answer).clone_into(&mut failure.policy);
    answer
        .header(headers::AUTH_FAILURE_REASON)
        .clone_into(&mut failure.auth_failure_reason);
    answer.retry_after().clone_into(&mut failure.retry_after);
    answer
        .header(headers::RATE_LIMIT_LIMIT)
        .clone_into(&mut failure.rate_limit);
    answer.request_id().clone_into(&mut failure.request_id);
    failure
}

fn unauthorized(answer: &Answer, credential: Option<&Credential>, now: SystemTime) -> String {
    let mut message = "Authentication failed (HTTP 401). ".to_owned();
    message.push_str(match answer.header(headers::AUTH_FAILURE_REASON) {
        "expired" => expired(answer, credential),
        "disabled" => "The client of this key is disabled on the server.",
        "replay" => "The access token has already been used; get a new one.",
        "invalid" => "The server rejected the credentials.",
        _ if wants_windows_authentication(answer) => {
            "The server takes Windows authentication only (Negotiate or NTLM), which this module does not offer. \
             Use a shared secret or an access token."
        }
        _ if credential.is_none() => "The call was sent without credentials.",
        _ => "The server rejected the credentials, or does not know the user.",
    });
    message.push_str(&explained(answer));
    if let (Some(skew), Some(Credential::SharedSecret { .. })) = (skew(answer, now), credential) {
        message.push_str(&skew);
    }
    message
}

/// The token of a shared secret is made for each attempt, so what expires there is the client, unless the server says other.
fn expired(answer: &Answer, credential: Option<&Credential>) -> &'static str {
    let detail = answer.header(headers::AUTH_FAILURE_DETAIL);
    match (detail, credential) {
        ("token_expired", Some(Credential::SharedSecret { .. })) => {
            "The token had expired when it arrived; compare the clocks of this machine and of the server."
        }
        ("token_expired", _) | ("", Some(Credential::AccessToken(_))) => "The access token has expired; get a new one.",
        _ => "The shared secret client has expired; rotate its secret or extend it on the server.",
    }
}

/// How far the clocks are apart, when that alone makes tokens fail.
fn skew(answer: &Answer, now: SystemTime) -> Option<String> {
    let server = httpdate::parse_http_date(answer.header(DATE)).ok()?;
    let (apart, word) = match now.duration_since(server) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    (apart >= NOTABLE_SKEW).then(|| {
        let seconds = apart.as_secs();
        format!(" The clock of this machine is {seconds} s {word} that of the server, and a token lives 30 s.")
    })
}

fn wants_windows_authentication(answer: &Answer) -> bool {
    let schemes: Vec<_> = answer
        .headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok()?.split_whitespace().next())
        .map(|scheme| scheme.trim_end_matches(',').to_ascii_lowercase())
        .collect();
    !schemes.is_empty()
        && schemes
            .iter()
            .all(|scheme| matches!(scheme.as_str(), "negotiate" | "ntlm"))
}

fn command_blocked(answer: &Answer) -> String {
    let command = answer.header(headers::BLOCKED_COMMAND);
    let what = if command.is_empty() {
        "a command that is blocked".to_owned()
    } else {
        format!("the blocked command {command}")
    };
    format!("The script contains {what}.{}", explained(answer))
}

fn policy_blocked(answer: &Answer) -> String {
    let policy = policy(answer);
    let policy = if policy.is_empty() {
        String::new()
    } else {
        format!(" {policy}")
    };
    let command = answer.header(headers::BLOCKED_COMMAND);
    let command = if command.is_empty() {
        String::new()
    } else {
        format!(": {command}")
    };
    format!(
        "The script is blocked by the policy{policy}{command}.{}",
        explained(answer)
    )
}

fn forbidden(answer: &Answer, restriction: &str) -> String {
    let hint = match restriction {
        "session-not-owned" => {
            " The session id is in use by another identity; make a session of your own with New-ScriptSession."
        }
        "service-disabled" => " Enable the service in the configuration of the server.",
        _ => "",
    };
    format!("{}{}{hint}", server_response(answer), explained(answer))
}

fn throttled(answer: &Answer) -> String {
    let mut message = "Rate limit exceeded.".to_owned();
    let limit = answer.header(headers::RATE_LIMIT_LIMIT);
    if !limit.is_empty() {
        message = format!("Rate limit exceeded: {limit} requests per window.");
    }
    if let Some(phrase) = own_phrase(answer).filter(|phrase| !phrase.starts_with("Rate limit exceeded")) {
        message.push(' ');
        message.push_str(&sentence(phrase));
    }
    message + &explained(answer) + &retry_hint(answer)
}

fn unavailable(answer: &Answer) -> String {
    let why = own_phrase(answer).map_or_else(|| "It may be starting.".to_owned(), sentence);
    format!(
        "The service is unavailable (503). {why}{}{}",
        explained(answer),
        retry_hint(answer)
    )
}

/// The phrase, when it is not the usual one of its status.
fn own_phrase(answer: &Answer) -> Option<&str> {
    let phrase = answer.phrase.as_str();
    (!phrase.is_empty() && answer.status.canonical_reason() != Some(phrase)).then_some(phrase)
}

fn retry_hint(answer: &Answer) -> String {
    match answer.retry_after() {
        "" => String::new(),
        value => format!(" Retry-After: {value}."),
    }
}

fn other(answer: &Answer, from: &url::Url) -> String {
    let mut message = server_response(answer);
    if let Some(to) = redirect::location(from, answer) {
        let to = address::shown(&to);
        return message
            + &format!(
                " The server redirects to {to}, where neither the credential nor the request was sent. \
             If that is the server you mean, put it into the connection URI."
            );
    }
    message.push_str(&explained(answer));
    // A server that has words of its own for it is there.
    if answer.status == StatusCode::NOT_FOUND && own_phrase(answer).is_none() {
        message.push_str(" Check the connection URI, and whether remoting is installed on the server.");
    }
    if answer.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        message.push_str(" The proxy on the way wants a user and a password: give them with Proxy of -HttpOption.");
    }
    message
}

/// The text that scripts look for, with the phrase that stock servers explain a refusal in (client module 8.7, E6).
fn server_response(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    let phrase = &answer.phrase;
    if phrase.is_empty() {
        return format!("Server response: {status}.");
    }
    let stop = if phrase.ends_with('.') { "" } else { "." };
    format!("Server response: {phrase}{stop} (HTTP {status})")
}

/// The sentence that our server writes into a plain body, behind a blank, unless it only repeats the phrase.
fn explained(answer: &Answer) -> String {
    let text = answer.body.trim();
    let plain = answer.media_type() == "text/plain" && text.len() <= LONGEST_EXPLANATION;
    if !plain || text.is_empty() || text.contains(['\n', '<']) || text == answer.phrase {
        return String::new();
    }
    let text = text.strip_prefix(answer.phrase.as_str()).unwrap_or(text);
    format!(" {}", sentence(text.trim_start_matches(['.', ' '])))
}

fn policy(answer: &Answer) -> &str {
    match answer.header(headers::POLICY) {
        "" => answer.header(headers::PROFILE),
        policy => policy,
    }
}

fn is_json(body: &str) -> bool {
    !body.trim().is_empty() && serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok()
}
