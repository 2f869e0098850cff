//! Lets a test see what a script does while it runs: the script connects here, and its end, however it comes, hangs up.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use super::DEADLINE;

/// A place where scripts report.
pub(crate) struct Beacon {
    port: u16,
    arrivals: mpsc::Receiver<TcpStream>,
}

/// A script that runs.
pub(crate) struct Running(TcpStream);

impl Beacon {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, arrivals) = mpsc::channel();
        std::thread::spawn(move || listener.incoming().flatten().try_for_each(|stream| sender.send(stream)));
        Self { port, arrivals }
    }

    /// Script text that reports, goes on when it is released, runs `then`, and can be stopped at any time.
    pub(crate) fn script(&self, then: &str) -> String {
        format!(
            "$beacon = [System.Net.Sockets.TcpClient]::new('127.0.0.1', {})
             try {{ while ($beacon.Available -eq 0) {{ Start-Sleep -Milliseconds 5 }} }} finally {{ $beacon.Dispose() }}
             {then}",
            self.port
        )
    }

    /// The next script that reports.
    pub(crate) fn arrival(&self) -> Running {
        let stream = self.arrivals.recv_timeout(DEADLINE).expect("a script reports");
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Running(stream)
    }
}

impl Running {
    /// Lets it go on.
    pub(crate) fn release(mut self) {
        self.0.write_all(b"!").unwrap();
        self.ended();
    }

    /// Waits until it has hung up.
    pub(crate) fn ended(mut self) {
        match self.0.read(&mut [0]) {
            Ok(0) => {}
            Ok(_) => panic!("a script says nothing"),
            // A killed process resets the connection, which is an end as well.
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "the script goes on"),
        }
    }
}
