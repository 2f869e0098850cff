//! Wire types and grammar of the SPE remoting protocol, without I/O.
//!
//! Both sides use it: the server to read requests and write replies, the client the other way round. Section numbers in
//! this crate are those of the wire protocol specification; `WP-D-nn` names one of its numbered defects.
#![forbid(unsafe_code)]

pub mod body;
pub mod cursor;
pub mod headers;
pub mod id;
pub mod record;
pub mod rejection;
pub mod timestamp;
pub mod wait;

pub use body::ScriptBody;
pub use id::{InvalidId, SessionId};
pub use record::{Record, RecordKind};
pub use wait::WaitReply;

/// The path under which every route of the protocol lives (section 1.3), with the trailing slash.
pub const ROUTE_PREFIX: &str = "/-/script/";

/// What separates raw output from the error records behind it (section 4.2).
pub const MESSAGES_MARKER: &str = "<#messages#>";

/// The reply to `action=test` (section 3.1.1).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TestReply {
    /// Version of the remoting product that answers.
    #[serde(rename = "SPEVersion")]
    pub spe_version: String,
    /// Version of the platform that hosts it.
    #[serde(default)]
    pub sitecore_version: String,
    /// The server's clock, ISO 8601 in UTC with seven fractional digits.
    #[serde(default)]
    pub current_time: String,
}
