//! What a script could reach of the server's user without opening a file (SECURITY.md: a script that attacks the server or
//! another caller).

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use crate::harness::Pool;

/// A script that says what `call` throws, or that it did not.
fn attempt(call: &str) -> String {
    format!("try {{ {call}; 'done' }} catch {{ $_.Exception.GetBaseException().GetType().Name }}")
}

/// Behind such sockets are a pwsh of any user's, a container engine, a service manager.
#[tokio::test]
async fn programs_that_listen_in_the_file_system_cannot_be_called() {
    let pool = Pool::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _listening = UnixListener::bind(&path).unwrap();
    let connect = attempt(&format!(
        "$socket = [Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')\n\
         $socket.Connect([Net.Sockets.UnixDomainSocketEndPoint]::new('{}'))",
        path.display()
    ));
    assert_eq!(pool.text_of("a", &connect).await, "SocketException");
    pool.shut_down().await;
}

/// The engine listens for debuggers unless it is told not to, and runs whatever they send.
#[tokio::test]
async fn workers_listen_nowhere() {
    let pool = Pool::new();
    let listening = "[IO.File]::ReadAllLines('/proc/net/unix').Where({ $_.Contains($env:TMPDIR) }).Count";
    assert_eq!(pool.text_of("a", listening).await, "0");
    pool.shut_down().await;
}

/// Else a script could open the shared secret to everybody on the machine, or lock the server out of its configuration.
#[tokio::test]
async fn modes_of_files_stay_as_they_are() {
    let pool = Pool::new();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "s3cret").unwrap();
    let mode = || secret.metadata().unwrap().permissions().mode();
    let before = mode();
    let change = |mode: &str| attempt(&format!("[IO.File]::SetUnixFileMode('{}', '{mode}')", secret.display()));
    pool.text_of("a", &change("OtherRead, OtherWrite")).await;
    pool.text_of("a", &change("None")).await;
    assert_eq!(mode(), before);
    pool.shut_down().await;
}

/// A limit of no processor time ends the server.
#[tokio::test]
async fn limits_of_processes_outside_stay_as_they_are() {
    let pool = Pool::new();
    let mut outside = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().unwrap();
    let limits = format!("/proc/{}/limits", outside.id());
    let before = std::fs::read_to_string(&limits).unwrap();
    let change = format!(
        "$start = [Diagnostics.ProcessStartInfo]::new('prlimit', '--pid {} --cpu=7:7')\n\
         $start.RedirectStandardError = $true\n\
         [Diagnostics.Process]::Start($start).StandardError.ReadToEnd()",
        outside.id()
    );
    let answer = pool.text_of("a", &change).await;
    assert!(answer.contains("not permitted"), "{answer}");
    assert_eq!(std::fs::read_to_string(&limits).unwrap(), before);
    outside.kill().unwrap();
    outside.wait().unwrap();
    pool.shut_down().await;
}

#[tokio::test]
async fn a_worker_cannot_slow_another_down() {
    let pool = Pool::new();
    let victim = pool.lease("b").await;
    let pids = "[Diagnostics.Process]::GetProcesses().Where({ $_.ProcessName -like 'SPE.Engine*' -or $_.ProcessName -eq 'pwsh' }).Id";
    let slow = format!(
        "foreach ($id in {pids}) {{ if ($id -ne $pid) {{ {} }} }}",
        attempt("[Diagnostics.Process]::GetProcessById($id).PriorityClass = 'Idle'")
    );
    let answer = pool.text_of("a", &slow).await;
    assert!(
        answer.contains("Win32Exception") && !answer.contains("done"),
        "{answer}"
    );
    drop(victim);
    pool.shut_down().await;
}
