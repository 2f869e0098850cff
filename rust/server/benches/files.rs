//! What files cost: the server as a process beside nginx, which serves and takes the same files on the same disk. Prints a line
//! `figure KEY VALUE` for each figure of docs/benchmarks.md that begins with `file.`. Wants nginx with its dav module on the path.

mod support;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

const LARGE: u64 = 1 << 30;
const SMALL: usize = 4096;
const BUFFER: usize = 256 * 1024;
const ROUNDS: usize = 4;
const CALLERS: usize = 16;
const RUSH: Duration = Duration::from_secs(2);
const PROGRAM: &str = env!("CARGO_BIN_EXE_spe-server");

fn main() {
    let folder = tempfile::Builder::new().prefix("spe-bench-").tempdir().unwrap();
    let files = folder.path().join("files");
    std::fs::create_dir(&files).unwrap();
    write_file(&files.join("large.bin"));
    std::fs::write(files.join("small.bin"), vec![7; SMALL]).unwrap();
    let ours = Site::ours(folder.path(), &files);
    let nginx = Site::nginx(folder.path(), &files);
    large(&ours, &nginx, &files);
    small(&ours, &nginx);
    println!("figure file.server_rss_mib {}", growth(&ours, &files));
}

/// The fastest of several, in turn: other work of the machine only ever adds.
fn large(ours: &Site, nginx: &Site, files: &Path) {
    let source = files.join("large.bin");
    let mut fastest = [f64::INFINITY; 4];
    for _ in 0..ROUNDS {
        for (place, time) in [
            ours.get("large.bin"),
            nginx.get("large.bin"),
            ours.put(&source, "a.bin"),
            nginx.put(&source, "b.bin"),
        ]
        .into_iter()
        .enumerate()
        {
            fastest[place] = fastest[place].min(time);
        }
    }
    let rate = |seconds: f64| LARGE as f64 / 1_048_576.0 / seconds;
    println!(
        "MiB a second: get {:.0} beside {:.0}, put {:.0} beside {:.0}",
        rate(fastest[0]),
        rate(fastest[1]),
        rate(fastest[2]),
        rate(fastest[3])
    );
    println!("figure file.get_ratio {}", fastest[1] / fastest[0]);
    println!("figure file.put_ratio {}", fastest[3] / fastest[2]);
}

fn small(ours: &Site, nginx: &Site) {
    let (mut best, mut other) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        best = best.max(rush(ours));
        other = other.max(rush(nginx));
    }
    println!("downloads a second: {best:.0} beside {other:.0}");
    println!("figure file.small_rps_ratio {}", best / other);
}

/// Downloads a second of several callers, each on a connection that is kept.
fn rush(site: &Site) -> f64 {
    let begun = Instant::now();
    let count: usize = std::thread::scope(|scope| {
        let callers = [(); CALLERS].map(|()| {
            scope.spawn(|| {
                let mut stream = BufReader::new(site.connect());
                let mut body = vec![0; SMALL];
                let mut count = 0;
                while begun.elapsed() < RUSH {
                    site.ask(stream.get_mut(), "GET", "small.bin", 0);
                    assert_eq!(head(&mut stream), SMALL as u64);
                    stream.read_exact(&mut body).unwrap();
                    count += 1;
                }
                count
            })
        });
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    count as f64 / begun.elapsed().as_secs_f64()
}

/// By how much the resident memory of the server grows in 16 transfers at once, half of them up.
fn growth(site: &Site, files: &Path) -> f64 {
    let process = Path::new("/proc").join(site.child.id().to_string());
    let status = |name: &str| {
        let text = std::fs::read_to_string(process.join("status")).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    };
    let before = status("VmRSS");
    std::fs::write(process.join("clear_refs"), "5").unwrap();
    std::thread::scope(|scope| {
        for number in 0..CALLERS {
            scope.spawn(move || {
                if number % 2 == 0 {
                    site.get("large.bin")
                } else {
                    site.put(&files.join("large.bin"), &format!("up-{number}.bin"))
                }
            });
        }
    });
    status("VmHWM") - before
}

/// A server of files.
struct Site {
    child: Child,
    authority: String,
    /// What stands before a name.
    target: &'static str,
    authorization: String,
}

impl Drop for Site {
    fn drop(&mut self) {
        // Not killed: the processes of nginx that do the work would go on without it.
        let id = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        let _ = kill_process(id, Signal::TERM);
        let _ = self.child.wait();
    }
}

impl Site {
    fn ours(folder: &Path, files: &Path) -> Self {
        let data = folder.join("data");
        let done = Command::new(PROGRAM)
            .args(["init", "--folder"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let spe = std::fs::read_to_string(data.join("App_Config/Include/Spe/Spe.config")).unwrap();
        let secret = spe.split_once("<sharedSecret>").unwrap().1.split_once('<').unwrap().0;
        let mut child = Command::new(PROGRAM)
            .args(["run", "--listen", "127.0.0.1:0", "--folder"])
            .arg(&data)
            .env("SPE_SERVER__FILES__TEMP", files)
            .env("SITECORE_SPE_REMOTING_FILE_ENABLED", "true")
            .env(
                "SPE_SERVER__WORKERS__HOST",
                Path::new(PROGRAM).with_file_name("engine").join("SPE.EngineHost"),
            )
            .env("SPE_SERVER_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let authority = line.trim().rsplit_once('/').expect("it listens").1.to_owned();
        Self {
            child,
            target: "/-/script/file/temp/?path=",
            authorization: format!("Authorization: Bearer {}\r\n", support::token(&authority, secret)),
            authority,
        }
    }

    fn nginx(folder: &Path, files: &Path) -> Self {
        let place = folder.join("nginx");
        std::fs::create_dir_all(place.join("logs")).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let (files, own) = (files.display(), place.display());
        // The temporary files are beside the others, so that a rename is all it takes to put them in their place.
        let conf = format!(
            "user root; daemon off; worker_processes auto; pid {own}/pid; error_log {own}/logs/error.log;\n\
             events {{ worker_connections 512; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; client_max_body_size 0;\n\
             client_body_temp_path {files}/.body; proxy_temp_path {own}/p; fastcgi_temp_path {own}/f; uwsgi_temp_path {own}/u; scgi_temp_path {own}/s;\n\
             server {{ listen 127.0.0.1:{port}; root {files}; location / {{ dav_methods PUT; }} }} }}\n"
        );
        let file: PathBuf = place.join("nginx.conf");
        std::fs::write(&file, conf).unwrap();
        let child = Command::new("nginx").arg("-c").arg(&file).arg("-p").arg(&place).spawn();
        let child = child.expect("nginx with its dav module is on the path: apt-get install nginx");
        let site = Self {
            child,
            authority: format!("127.0.0.1:{port}"),
            target: "/",
            authorization: String::new(),
        };
        let begun = Instant::now();
        while TcpStream::connect(&site.authority).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "nginx does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        site
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.authority).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    fn ask(&self, stream: &mut TcpStream, method: &str, name: &str, length: u64) {
        let Self {
            authority,
            target,
            authorization,
            ..
        } = self;
        let request = format!(
            "{method} {target}{name} HTTP/1.1\r\nHost: {authority}\r\n{authorization}Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
    }

    /// Seconds that a download takes.
    fn get(&self, name: &str) -> f64 {
        let begun = Instant::now();
        let mut stream = BufReader::with_capacity(BUFFER, self.connect());
        self.ask(stream.get_mut(), "GET", name, 0);
        let length = head(&mut stream);
        let mut body = stream.take(length);
        assert_eq!(copy(&mut body, &mut std::io::sink()), LARGE);
        begun.elapsed().as_secs_f64()
    }

    /// Seconds that an upload takes.
    fn put(&self, source: &Path, name: &str) -> f64 {
        let begun = Instant::now();
        let mut stream = self.connect();
        self.ask(&mut stream, "PUT", name, LARGE);
        copy(&mut File::open(source).unwrap(), &mut stream);
        head(&mut BufReader::new(stream));
        begun.elapsed().as_secs_f64()
    }
}

/// Reads the head of a success; the length of its body.
fn head(reader: &mut impl std::io::BufRead) -> u64 {
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    assert!(first.starts_with("HTTP/1.1 20"), "{first}");
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            return length;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
}

/// Moves everything through a buffer. The standard library would have the system move it, without one.
fn copy(from: &mut impl Read, to: &mut impl Write) -> u64 {
    let (mut buffer, mut copied) = (vec![0; BUFFER], 0);
    loop {
        match from.read(&mut buffer).unwrap() {
            0 => return copied,
            read => {
                to.write_all(&buffer[..read]).unwrap();
                copied += read as u64;
            }
        }
    }
}

/// A file without holes, since those are not read from anywhere.
fn write_file(path: &Path) {
    let piece: Vec<u8> = (0..1 << 20).map(|number: u32| (number % 251) as u8).collect();
    let mut file = File::create(path).unwrap();
    for _ in 0..LARGE / piece.len() as u64 {
        file.write_all(&piece).unwrap();
    }
}
