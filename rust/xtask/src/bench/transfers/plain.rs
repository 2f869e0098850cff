//! A server and a client with nothing to them: sockets, files, and a buffer between.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};

/// Bytes of the buffer.
const BUFFER: usize = 256 * 1024;

/// Takes any upload and hands out a file of one size, until the process ends.
pub(super) struct Server {
    authority: String,
}

impl Server {
    pub(super) fn start(size: u64) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let authority = listener.local_addr()?.to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away ends its connection and nothing else.
                std::thread::spawn(move || serve(stream, size));
            }
        });
        Ok(Self { authority })
    }

    pub(super) fn uri(&self) -> String {
        format!("http://{}", self.authority)
    }
}

/// Answers the requests of one connection.
fn serve(mut stream: TcpStream, size: u64) -> anyhow::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut buffer = vec![7; BUFFER];
    while let Some((is_upload, length)) = head(&mut reader)? {
        if is_upload {
            copy(&mut reader.by_ref().take(length), &mut std::io::sink(), &mut buffer)?;
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
            continue;
        }
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nContent-Disposition: attachment; filename=\"file.bin\"\r\n\r\n"
        )?;
        let mut left = size;
        while left > 0 {
            let piece = left.min(buffer.len() as u64) as usize;
            stream.write_all(&buffer[..piece])?;
            left -= piece as u64;
        }
    }
    Ok(())
}

/// Whether the first line is that of an upload or a success, and the length of the body; none at the end of a connection.
fn head(reader: &mut impl std::io::BufRead) -> anyhow::Result<Option<(bool, u64)>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            return Ok(Some((
                first.starts_with("POST") || first.starts_with("HTTP/1.1 200"),
                length,
            )));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
}

/// Moves everything through `buffer`. The standard library would have the system move it, without a buffer in between.
fn copy(from: &mut impl Read, to: &mut impl Write, buffer: &mut [u8]) -> anyhow::Result<u64> {
    let mut copied = 0;
    loop {
        match from.read(buffer)? {
            0 => return Ok(copied),
            read => {
                to.write_all(&buffer[..read])?;
                copied += read as u64;
            }
        }
    }
}

/// One transfer after the other, each over a connection of its own.
pub(super) struct Client<'a> {
    server: &'a Server,
    upload: &'a Path,
    download: PathBuf,
}

impl<'a> Client<'a> {
    pub(super) fn new(server: &'a Server, upload: &'a Path, download: PathBuf) -> Self {
        Self {
            server,
            upload,
            download,
        }
    }

    /// Sends the file and returns the milliseconds that took.
    pub(super) fn upload(&self) -> anyhow::Result<f64> {
        let start = Instant::now();
        let mut file = File::open(self.upload)?;
        let length = file.metadata()?.len();
        let mut stream = self.request("POST", length)?;
        copy(&mut file, &mut stream, &mut vec![0; BUFFER])?;
        self.accepted(&mut BufReader::new(stream))?;
        Ok(milliseconds(start))
    }

    /// Fetches a file and returns the milliseconds that took.
    pub(super) fn download(&self) -> anyhow::Result<f64> {
        let start = Instant::now();
        let mut reader = BufReader::new(self.request("GET", 0)?);
        let length = self.accepted(&mut reader)?;
        let mut file = File::create(&self.download)?;
        if copy(&mut reader.take(length), &mut file, &mut vec![0; BUFFER])? != length {
            bail!("the download broke off");
        }
        let took = milliseconds(start);
        std::fs::remove_file(&self.download)?;
        Ok(took)
    }

    fn request(&self, method: &str, length: u64) -> anyhow::Result<TcpStream> {
        let authority = &self.server.authority;
        let mut stream = TcpStream::connect(authority)?;
        write!(
            stream,
            "{method} / HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {length}\r\n\r\n"
        )?;
        Ok(stream)
    }

    /// Reads the head of a reply that has to be a success; the length of its body.
    fn accepted(&self, reader: &mut impl std::io::BufRead) -> anyhow::Result<u64> {
        let (is_success, length) = head(reader)?.context("the plain server closed the connection")?;
        if !is_success {
            bail!("{} refused a transfer", self.server.authority);
        }
        Ok(length)
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
