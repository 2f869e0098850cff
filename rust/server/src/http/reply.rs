//! Replies: status with its reason phrase, body, and the headers that are on every reply of their kind.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use hyper::ext::ReasonPhrase;
use serde_json::json;
use spe_protocol::headers;
use spe_protocol::rejection::JsonBody;

use super::query::Query;
use super::refusal::{Facts, Refusal};

pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const JSON: &str = "application/json";

/// A reply with a body of `content_type`.
pub(super) fn reply(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    set(&mut response, CONTENT_TYPE, content_type);
    response
}

/// Sets a header. A value that is no header value is left out: ids and names here are of grammars without such.
pub(super) fn set(response: &mut Response, name: impl TryInto<HeaderName>, value: &str) {
    if let (Ok(name), Ok(value)) = (name.try_into(), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}

/// Gives the status line a phrase of the catalogue (wire protocol 9), for clients of HTTP/1.1 that read nothing else.
pub(super) fn phrase(response: &mut Response, phrase: &str) {
    if let Ok(phrase) = ReasonPhrase::try_from(phrase.as_bytes()) {
        response.extensions_mut().insert(phrase);
    }
}

/// How a refusal is written down for one request.
pub(super) struct Form<'a> {
    pub(super) rid: &'a str,
    pub(super) query: &'a Query,
    pub(super) detailed_errors: bool,
}

/// A refusal as a reply: the phrase on the status line, and code, message and request id in the body (WP-D-21).
pub(super) fn refuse(refusal: &Refusal, form: &Form<'_>) -> Response {
    let facts = refusal.facts();
    let mut response = if form.query.is("outputFormat", "json") {
        reply(facts.status, JSON, json_body(&facts, form))
    } else {
        let text = format!(
            "{} Code: {}. Request: {}.\n",
            closed(facts.sentence()),
            facts.code,
            form.rid
        );
        reply(facts.status, TEXT, text)
    };
    phrase(&mut response, &facts.phrase);
    if let Some(code) = refusal.restriction() {
        set(&mut response, headers::RESTRICTION, code);
    }
    if let Some(seconds) = refusal.retry_after() {
        set(&mut response, RETRY_AFTER, &seconds.to_string());
    }
    match refusal {
        Refusal::MethodNotAllowed { allow } => set(&mut response, ALLOW, allow),
        // In clear, whatever the details of errors are set to (decisions, headers).
        Refusal::PolicyBlocked {
            blocked: Some(blocked), ..
        } => {
            set(&mut response, headers::BLOCKED_COMMAND, &visible(&blocked.command));
        }
        Refusal::RangeUnsatisfiable { length } => set(&mut response, CONTENT_RANGE, &format!("bytes */{length}")),
        Refusal::CodingUnsupported => set(&mut response, ACCEPT_ENCODING, "gzip, identity"),
        Refusal::Unauthorized { challenge, .. } => {
            set(&mut response, CACHE_CONTROL, "no-store");
            set(&mut response, WWW_AUTHENTICATE, challenge.authenticate);
            if challenge.basic {
                let basic = HeaderValue::from_static(r#"Basic realm="SPE Remoting""#);
                response.headers_mut().append(WWW_AUTHENTICATE, basic);
            }
            if let Some(reason) = challenge.reason {
                set(&mut response, headers::AUTH_FAILURE_REASON, reason);
            }
            if let Some(detail) = challenge.detail {
                set(&mut response, headers::AUTH_FAILURE_DETAIL, detail);
            }
        }
        _ => {}
    }
    response
}

/// A text as a header may have it: all but visible ASCII is percent-encoded (authentication 8.4).
fn visible(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' || byte == b' ' {
            value.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(value, "%{byte:02X}");
        }
    }
    value
}

fn json_body(facts: &Facts, form: &Form<'_>) -> Bytes {
    let body = if form.query.is("errorFormat", "structured") {
        let mut body = JsonBody::structured(facts.status.as_u16(), form.rid);
        if form.detailed_errors
            && let Some(error) = body.errors.first_mut()
        {
            error["message"] = json!(facts.phrase);
            error["exceptionType"] = json!("System.Web.HttpException");
            error["exceptionMessage"] = json!(facts.phrase);
        }
        body
    } else {
        JsonBody::flat(&facts.phrase)
    };
    serde_json::to_vec(&body).unwrap_or_default().into()
}

fn closed(sentence: &str) -> String {
    if sentence.ends_with('.') {
        sentence.to_owned()
    } else {
        format!("{sentence}.")
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn text(refusal: &Refusal, query: &str, detailed_errors: bool) -> String {
        let form = Form {
            rid: "0a1b2c3d",
            query: &Query::parse(Some(query)),
            detailed_errors,
        };
        let body = refuse(refusal, &form).into_body().collect().await.unwrap();
        String::from_utf8(body.to_bytes().to_vec()).unwrap()
    }

    /// Wire protocol 4.3: the flat form carries the reason phrase.
    #[tokio::test]
    async fn json_is_flat_unless_asked_otherwise() {
        let body = text(&Refusal::ScriptBlank, "outputFormat=JSON", false).await;
        assert_eq!(body, r#"{"output":[],"errors":["The specified script is invalid."]}"#);
    }

    /// Wire protocol 4.3 and the minimal exchange of Appendix A.
    #[tokio::test]
    async fn structured_json_correlates_and_says_no_more() {
        let query = "outputFormat=json&errorFormat=structured";
        let body: serde_json::Value =
            serde_json::from_str(&text(&Refusal::SessionNotOwned, query, false).await).unwrap();
        let expected = json!({"output": [], "errors": [{
            "correlationId": "0a1b2c3d",
            "errorCategory": "SecurityError",
            "fullyQualifiedErrorId": "Spe.Remoting.Http403",
            "message": "Remoting request rejected with HTTP 403. See SPE log id=0a1b2c3d.",
        }]});
        assert_eq!(body, expected);
    }

    /// Wire protocol 4.3: with detailed errors the message is the phrase.
    #[tokio::test]
    async fn detailed_errors_say_the_phrase() {
        let body = text(&Refusal::ScriptBlank, "outputFormat=json&errorFormat=structured", true).await;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let error = &body["errors"][0];
        assert_eq!(error["message"], "The specified script is invalid.");
        assert_eq!(error["exceptionMessage"], "The specified script is invalid.");
        assert_eq!(error["errorCategory"], "ConnectionError");
    }

    /// WP-D-21: code and request id are in the body.
    #[tokio::test]
    async fn a_plain_body_has_code_and_request_id() {
        let body = text(&Refusal::CursorInvalid, "", false).await;
        let expected = "The cursor was not issued for this job by this server process. \
                        Code: invalid_cursor. Request: 0a1b2c3d.\n";
        assert_eq!(body, expected);
    }
}
