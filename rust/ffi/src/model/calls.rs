//! What C# asks.

use interoptopus::ffi;

/// What proves who calls; the first that is set is used.
#[ffi]
pub struct Credential {
    /// Access token, or empty.
    pub access_token: String,
    /// Shared secret, or empty.
    pub shared_secret: String,
    /// `kid`, or empty.
    pub access_key_id: String,
    /// HMAC of tokens.
    pub algorithm: String,
    /// User, or empty.
    pub username: String,
    /// Password, or empty.
    pub password: String,
}

/// How connections are made.
#[ffi]
pub struct Connection {
    /// Address of a proxy, `none` for none, empty for what the system says.
    pub proxy: String,
    /// User of the proxy, or empty.
    pub proxy_username: String,
    /// Password of the proxy, or empty.
    pub proxy_password: String,
    /// Certificates in PEM, or empty.
    pub certificate_authorities: String,
    /// Certificates and PKCS #8 key in PEM, or empty.
    pub client_certificate: String,
    /// Whether any certificate is taken.
    pub skip_certificate_check: bool,
    /// Whether HTTP/2 is offered.
    pub http2: bool,
}

/// Where a call goes and as whom.
#[ffi]
pub struct Target {
    /// The connection URI.
    pub base_uri: String,
    /// What proves who calls.
    pub credential: Credential,
    /// The session's id.
    pub session_id: String,
    /// High half of the jar's id.
    pub cookie_jar_high: u64,
    /// Low half of the jar's id.
    pub cookie_jar_low: u64,
    /// Seconds, above 0.
    pub connect_timeout_seconds: f64,
    /// Seconds, 0 for no bound.
    pub operation_timeout_seconds: f64,
    /// How connections are made.
    pub connection: Connection,
}

/// A script to run.
#[ffi]
pub struct ScriptCall {
    /// Where and as whom.
    pub target: Target,
    /// The script.
    pub script: String,
    /// Arguments as CLIXML.
    pub arguments: Option<String>,
    /// Name of the output format.
    pub output_format: String,
    /// Whether the runspace is kept.
    pub persistent_session: bool,
    /// Whether JSON errors are objects.
    pub structured_errors: bool,
    /// Whether stream records stand in the output.
    pub capture_streams: bool,
    /// Times a call is tried again.
    pub max_retries: i32,
}

/// A wait for the end of a job.
#[ffi]
pub struct WaitCall {
    /// Where and as whom.
    pub target: Target,
    /// The job.
    pub job_id: String,
    /// Kind of the job.
    pub job_type: String,
    /// Hold of one request in seconds.
    pub hold_seconds: i32,
    /// Times in a row a call is tried again.
    pub max_retries: i32,
    /// Pause after a transport failure in seconds.
    pub delay_seconds: i32,
    /// Where to go on reading.
    pub cursor: Option<String>,
    /// Whether records are handed over.
    pub want_records: bool,
}

/// A file or media item on the server.
#[ffi]
pub struct RemotePlace {
    /// Whether it is a media item.
    pub is_media: bool,
    /// Root or database.
    pub area: String,
    /// Path below it.
    pub path: String,
}

/// A file to send.
#[ffi]
pub struct UploadCall {
    /// Where and as whom.
    pub target: Target,
    /// The file, by an absolute path.
    pub source: String,
    /// Where it goes.
    pub place: RemotePlace,
    /// Whether a zip file stays one.
    pub skip_unpack: bool,
    /// Whether an item that is there is left alone.
    pub skip_existing: bool,
}

/// A file to fetch.
#[ffi]
pub struct DownloadCall {
    /// Where and as whom.
    pub target: Target,
    /// What to fetch.
    pub place: RemotePlace,
    /// A file or directory, by an absolute path.
    pub destination: String,
    /// Whether the destination is meant as a directory.
    pub into_directory: bool,
    /// Whether the directories of the item are made.
    pub container: bool,
    /// Whether a file that is there is replaced.
    pub force: bool,
}

/// A call to start.
#[ffi]
pub enum Request {
    /// Run a script.
    Script(ScriptCall),
    /// Ask whether the server answers.
    Test(Target),
    /// Dispose a session.
    Cleanup(Target),
    /// Wait for a job.
    Wait(WaitCall),
    /// Send a file.
    Upload(UploadCall),
    /// Fetch a file.
    Download(DownloadCall),
}

/// A token to mint.
#[ffi]
pub struct JwtCall {
    /// Name of the HMAC.
    pub algorithm: String,
    /// `typ`.
    pub token_type: String,
    /// `kid`.
    pub key_id: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// `name`.
    pub name: String,
    /// From now to `exp`.
    pub valid_for_seconds: i32,
    /// The key.
    pub secret_key: String,
    /// `client_session`.
    pub client_session_id: String,
    /// Whether `iat` is left out.
    pub no_issued_at: bool,
    /// `nbf`.
    pub not_before: i64,
    /// `iat`.
    pub issued_at: i64,
    /// `scope`.
    pub scope: String,
}
