//! The HTTP engine of the SPE module: connections, credentials, retry, waits, transfers.
//!
//! [`Client`] is the front. A call is one value and ends as one; what it has to say meanwhile
//! goes into its [`Events`]. Section numbers in this crate are those of the client module specification, if no other is
//! named; `CM-D-nn` names one of its numbered defects.
#![forbid(unsafe_code)]
// A failure is made once in a call and handed over as it is; a box around it would help nobody.
#![allow(clippy::result_large_err)]

mod address;
mod answer;
mod calls;
mod client;
mod clock;
mod connection;
mod cookies;
mod credential;
mod engine;
mod events;
mod exchange;
mod fresh;
mod jwt;
mod model;
mod pools;
mod redirect;
mod refusal;
mod request;
mod retry;
mod text;
mod transfer;
mod transport;
mod wait;

pub use client::Client;
pub use clock::{Clock, Pause};
pub use connection::{Connection, Proxy};
pub use events::{Event, Events};
pub use jwt::new_jwt;
pub use model::*;
/// What events and results are made of.
pub use spe_protocol::{Record, RecordKind, wait::JobError};
pub use transfer::{DownloadCall, Received, RemotePlace, UploadCall};
