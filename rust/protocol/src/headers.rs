//! Names of the protocol's own headers, in the lower case HTTP libraries want (section 9 and authentication 8).

/// Request id, on every reply of our server.
pub const REQUEST_ID: &str = "x-spe-requestid";
/// Identity of the server process, new at each start; on authenticated replies of our server.
pub const SERVER_INSTANCE: &str = "x-spe-serverinstance";
/// Why a bearer token was refused: `expired`, `disabled`, `invalid`, `replay`.
pub const AUTH_FAILURE_REASON: &str = "x-spe-authfailurereason";
/// Beside reason `expired`: `token_expired` or `client_expired`.
pub const AUTH_FAILURE_DETAIL: &str = "x-spe-authfailuredetail";
/// Code of a 403, otherwise the name of the active profile.
pub const RESTRICTION: &str = "x-spe-restriction";
/// The command a policy refused.
pub const BLOCKED_COMMAND: &str = "x-spe-blockedcommand";
/// Name of the policy in force.
pub const POLICY: &str = "x-spe-policy";
/// The same under its newer name.
pub const PROFILE: &str = "x-spe-profile";
/// Language mode the script ran in.
pub const LANGUAGE_MODE: &str = "x-spe-languagemode";
/// Requests a key may make per window.
pub const RATE_LIMIT_LIMIT: &str = "x-ratelimit-limit";
/// Requests left in the window.
pub const RATE_LIMIT_REMAINING: &str = "x-ratelimit-remaining";
/// End of the window in Unix seconds.
pub const RATE_LIMIT_RESET: &str = "x-ratelimit-reset";
