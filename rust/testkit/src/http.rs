//! A server of HTTP/1.1 over bare sockets that does what a test tells it to, right or wrong, and keeps every request.

mod certificate;
mod request;
mod server;
mod step;

pub use certificate::Certificate;
pub use request::Request;
pub use server::HttpServer;
pub use step::{Gate, Step};
