//! The HTTP engine of the SPE module: connections, credentials, retry, waits.
