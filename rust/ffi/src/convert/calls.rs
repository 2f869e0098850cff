//! Calls, to the engine.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use spe_client::{
    Client, Connection, Credential, DownloadCall, Events, Failure, FailureKind, JwtCall, Proxy, RemotePlace,
    ScriptCall, Target, UploadCall, WaitCall,
};
use url::Url;
use uuid::Uuid;

use crate::model;
use crate::operation::End;

/// A call the engine can run.
pub(crate) enum Call {
    Script(ScriptCall),
    Test(Target),
    Cleanup(Target),
    Wait(WaitCall),
    Upload(UploadCall),
    Download(DownloadCall),
}

impl Call {
    /// Runs it; dropping the future cancels it.
    pub(crate) async fn run(self, engine: &Client, events: &Events) -> Result<End, Failure> {
        match self {
            Self::Script(call) => engine.run_script(call, events).await.map(End::Replied),
            Self::Test(target) => engine.test(target, events).await.map(End::Replied),
            Self::Cleanup(target) => engine.cleanup(target, events).await.map(End::Replied),
            Self::Wait(call) => engine.wait(call, events).await.map(End::Waited),
            Self::Upload(call) => engine.upload(call, events).await.map(End::Replied),
            Self::Download(call) => engine.download(call, events).await.map(End::Received),
        }
    }
}

impl TryFrom<model::Request> for Call {
    type Error = Failure;

    fn try_from(request: model::Request) -> Result<Self, Failure> {
        Ok(match request {
            model::Request::Script(call) => Self::Script(call.try_into()?),
            model::Request::Test(target) => Self::Test(target.try_into()?),
            model::Request::Cleanup(target) => Self::Cleanup(target.try_into()?),
            model::Request::Wait(call) => Self::Wait(call.try_into()?),
            model::Request::Upload(call) => Self::Upload(call.try_into()?),
            model::Request::Download(call) => Self::Download(call.try_into()?),
        })
    }
}

impl TryFrom<model::ScriptCall> for ScriptCall {
    type Error = Failure;

    fn try_from(call: model::ScriptCall) -> Result<Self, Failure> {
        Ok(Self {
            target: call.target.try_into()?,
            script: call.script,
            arguments: call.arguments,
            output_format: call.output_format,
            persistent_session: call.persistent_session,
            structured_errors: call.structured_errors,
            capture_streams: call.capture_streams,
            max_retries: count(call.max_retries, "number of retries")?,
        })
    }
}

impl TryFrom<model::WaitCall> for WaitCall {
    type Error = Failure;

    fn try_from(call: model::WaitCall) -> Result<Self, Failure> {
        Ok(Self {
            target: call.target.try_into()?,
            job_id: call.job_id,
            job_type: call.job_type,
            hold_seconds: count(call.hold_seconds, "hold")?,
            max_retries: count(call.max_retries, "number of retries")?,
            delay: Duration::from_secs(count(call.delay_seconds, "delay")?.into()),
            cursor: call.cursor,
            want_records: call.want_records,
        })
    }
}

impl TryFrom<model::UploadCall> for UploadCall {
    type Error = Failure;

    fn try_from(call: model::UploadCall) -> Result<Self, Failure> {
        Ok(Self {
            target: call.target.try_into()?,
            source: call.source.into(),
            place: call.place.into(),
            skip_unpack: call.skip_unpack,
            skip_existing: call.skip_existing,
        })
    }
}

impl TryFrom<model::DownloadCall> for DownloadCall {
    type Error = Failure;

    fn try_from(call: model::DownloadCall) -> Result<Self, Failure> {
        Ok(Self {
            target: call.target.try_into()?,
            place: call.place.into(),
            destination: call.destination.into(),
            into_directory: call.into_directory,
            container: call.container,
            force: call.force,
        })
    }
}

impl From<model::RemotePlace> for RemotePlace {
    fn from(place: model::RemotePlace) -> Self {
        let (area, path) = (place.area, place.path);
        if place.is_media {
            Self::Media { database: area, path }
        } else {
            Self::File { root: area, path }
        }
    }
}

impl TryFrom<model::Target> for Target {
    type Error = Failure;

    fn try_from(target: model::Target) -> Result<Self, Failure> {
        let operation = seconds(target.operation_timeout_seconds, "OperationTimeout")?;
        let connect = seconds(target.connect_timeout_seconds, "ConnectTimeout")?;
        if connect.is_zero() {
            return Err(invalid("The ConnectTimeout has to be above 0 seconds."));
        }
        Ok(Self {
            base: Url::parse(&target.base_uri)
                .map_err(|error| invalid(format!("The connection URI cannot be used: {error}.")))?,
            credential: target.credential.into(),
            session_id: target.session_id,
            cookie_jar: Uuid::from_u64_pair(target.cookie_jar_high, target.cookie_jar_low),
            connect_timeout: connect,
            operation_timeout: (!operation.is_zero()).then_some(operation),
            connection: Arc::new(target.connection.try_into()?),
        })
    }
}

impl TryFrom<model::Connection> for Connection {
    type Error = Failure;

    fn try_from(connection: model::Connection) -> Result<Self, Failure> {
        let (user, password) = (connection.proxy_username, connection.proxy_password);
        let proxy = match connection.proxy.as_str() {
            "" => Proxy::System,
            "none" => Proxy::None,
            address => Proxy::Address {
                url: Url::parse(address)
                    .map_err(|error| invalid(format!("Proxy of -HttpOption is no address: {error}.")))?,
                login: (!user.is_empty()).then(|| (user, password.into())),
            },
        };
        Ok(Self {
            proxy,
            certificate_authorities: connection.certificate_authorities,
            client_certificate: Some(connection.client_certificate)
                .filter(|pem| !pem.is_empty())
                .map(SecretString::from),
            skip_certificate_check: connection.skip_certificate_check,
            http2: connection.http2,
        })
    }
}

impl From<model::Credential> for Option<Credential> {
    fn from(credential: model::Credential) -> Self {
        if !credential.access_token.is_empty() {
            return Some(Credential::AccessToken(credential.access_token.into()));
        }
        if !credential.shared_secret.is_empty() {
            return Some(Credential::SharedSecret {
                secret: credential.shared_secret.into(),
                access_key_id: Some(credential.access_key_id).filter(|id| !id.is_empty()),
                algorithm: credential.algorithm,
                username: credential.username,
            });
        }
        let known = !credential.username.is_empty() || !credential.password.is_empty();
        known.then(|| Credential::Basic {
            username: credential.username,
            password: credential.password.into(),
        })
    }
}

impl From<model::JwtCall> for JwtCall {
    fn from(call: model::JwtCall) -> Self {
        Self {
            algorithm: call.algorithm,
            token_type: call.token_type,
            key_id: call.key_id,
            issuer: call.issuer,
            audience: call.audience,
            name: call.name,
            valid_for_seconds: call.valid_for_seconds,
            secret_key: SecretString::from(call.secret_key),
            client_session_id: call.client_session_id,
            no_issued_at: call.no_issued_at,
            not_before: call.not_before,
            issued_at: call.issued_at,
            scope: call.scope,
        }
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidInput, message)
}

fn count(number: i32, name: &str) -> Result<u32, Failure> {
    u32::try_from(number).map_err(|_| invalid(format!("The {name} cannot be below 0, and is {number}.")))
}

fn seconds(number: f64, name: &str) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(number)
        .map_err(|_| invalid(format!("The {name} of {number} seconds is not a span of time.")))
}

#[cfg(test)]
mod tests;
