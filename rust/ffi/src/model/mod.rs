//! What crosses the boundary, as interoptopus can carry it. dotnet/SPE/Native/Calls.cs documents every member.
//!
//! These types hold secrets as plain text on their way, so none of them is `Debug`.

mod calls;
mod events;
mod results;

pub use calls::{
    Connection, Credential, DownloadCall, JwtCall, RemotePlace, Request, ScriptCall, Target, UploadCall, WaitCall,
};
pub use events::{Event, Progress, Record};
pub use results::{Ending, Failure, FailureKind, JobError, JwtOutcome, Received, Reply, Step, WaitResult};
