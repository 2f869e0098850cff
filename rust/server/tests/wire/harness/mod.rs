//! A server of a test's own, and a client that says exactly what is sent.

mod beacon;
mod certificate;
mod client;
mod log;
mod server;

use std::time::Duration;

pub(crate) use beacon::Beacon;
pub(crate) use certificate::{Certificate, Trust};
pub(crate) use client::{Client, Reply, Request};
pub(crate) use log::Log;
pub(crate) use server::{Setup, TestServer, command, init, run};

/// The account that `init` makes.
pub(crate) const ADMIN: &str = r"sitecore\admin";
/// A second account, when a [`Setup`] asks for it.
pub(crate) const OTHER: &str = r"sitecore\other";
/// How long anything may take before a test fails. No test waits for it to pass.
pub(crate) const DEADLINE: Duration = Duration::from_secs(90);
