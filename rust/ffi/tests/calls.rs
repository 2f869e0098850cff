//! The service as C# uses it: start, step, close.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use interoptopus::wire::Wire;
use spe::{
    Client, Connection, Credential, DownloadCall, Ending, Event, FailureKind, RemotePlace, Request, Step, Target,
    WaitCall,
};

/// Bound on waits of these tests; it says that something hangs, never how fast it has to be.
const DEADLINE: Duration = Duration::from_mins(1);

fn target(base_uri: &str) -> Target {
    Target {
        base_uri: base_uri.to_owned(),
        credential: Credential {
            access_token: String::new(),
            shared_secret: "s".repeat(64),
            access_key_id: String::new(),
            algorithm: "HS256".to_owned(),
            username: "sitecore\\admin".to_owned(),
            password: String::new(),
        },
        session_id: "session-1".to_owned(),
        cookie_jar_high: 1,
        cookie_jar_low: 2,
        connect_timeout_seconds: 30.0,
        operation_timeout_seconds: 0.0,
        connection: Connection {
            proxy: String::new(),
            proxy_username: String::new(),
            proxy_password: String::new(),
            certificate_authorities: String::new(),
            client_certificate: String::new(),
            skip_certificate_check: false,
            http2: false,
        },
    }
}

fn step(client: &Client, operation: u64) -> Step {
    client.step(operation).unwire()
}

/// Takes the steps of a call to its end.
fn finish(client: &Client, operation: u64) -> Ending {
    loop {
        let step = step(client, operation);
        if !matches!(step.ending, Ending::Running) {
            return step.ending;
        }
    }
}

/// Starts a call, takes its steps, closes it.
fn run(client: &Client, request: Request) -> Ending {
    let operation = client.start(Wire::from(request));
    let ending = finish(client, operation);
    client.close(operation);
    ending
}

/// Waits until the other side closed its end. A reset is a close too; the deadline passing is neither.
fn assert_closed(mut connection: &TcpStream) {
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    if let Err(error) = connection.read_to_end(&mut Vec::new()) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
}

fn failure(ending: Ending) -> spe::Failure {
    match ending {
        Ending::Failed(failure) => failure,
        _ => panic!("the call did not fail"),
    }
}

fn assert_invalid(target: Target, word: &str) {
    let failure = failure(run(&Client::create(), Request::Test(target)));
    assert!(matches!(failure.kind, FailureKind::InvalidInput), "{}", failure.message);
    assert!(failure.message.contains(word), "{}", failure.message);
}

#[test]
fn a_uri_that_is_none_is_invalid_input() {
    assert_invalid(target("no uri"), "connection URI");
}

#[test]
fn a_negative_bound_is_invalid_input() {
    let connect = Target {
        connect_timeout_seconds: -1.0,
        ..target("http://127.0.0.1")
    };
    assert_invalid(connect, "ConnectTimeout");
    let operation = Target {
        operation_timeout_seconds: f64::NAN,
        ..target("http://127.0.0.1")
    };
    assert_invalid(operation, "OperationTimeout");
}

/// Zero is no bound for an operation, and no time at all for connecting.
#[test]
fn no_time_to_connect_is_invalid_input() {
    let none = Target {
        connect_timeout_seconds: 0.0,
        ..target("http://127.0.0.1")
    };
    assert_invalid(none, "ConnectTimeout");
}

#[test]
fn a_negative_count_is_invalid_input() {
    let call = WaitCall {
        target: target("http://127.0.0.1"),
        job_id: "job-1".to_owned(),
        job_type: "scriptsession".to_owned(),
        hold_seconds: 30,
        max_retries: -1,
        delay_seconds: 1,
        cursor: None,
        want_records: false,
    };
    let failure = failure(run(&Client::create(), Request::Wait(call)));
    assert!(matches!(failure.kind, FailureKind::InvalidInput), "{}", failure.message);
    assert!(failure.message.contains("retries"), "{}", failure.message);
}

#[test]
fn a_number_that_no_call_has_is_a_call_that_is_over() {
    let client = Client::create();
    assert!(matches!(step(&client, 17).ending, Ending::Cancelled));
    client.close(17);
}

#[test]
fn a_call_that_ended_is_over() {
    let client = Client::create();
    let operation = client.start(Wire::from(Request::Test(target("no uri"))));
    assert!(matches!(step(&client, operation).ending, Ending::Failed(_)));
    assert!(matches!(step(&client, operation).ending, Ending::Cancelled));
    client.close(operation);
    assert!(matches!(step(&client, operation).ending, Ending::Cancelled));
}

/// The caller's thread waits in a step while another one closes the call, as `StopProcessing` does.
#[test]
fn closing_a_call_ends_its_step_and_drops_its_connection() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Arc::new(Client::create());
    let address = format!("http://{}", server.local_addr().unwrap());
    let operation = client.start(Wire::from(Request::Test(target(&address))));
    let stepping = std::thread::spawn({
        let client = Arc::clone(&client);
        move || finish(&client, operation)
    });
    let (mut connection, _) = server.accept().unwrap();
    connection.read_exact(&mut [0; 4]).unwrap();
    client.close(operation);
    assert!(matches!(stepping.join().unwrap(), Ending::Cancelled));
    assert_closed(&connection);
}

/// Takes a connection and the head of its request.
fn requested(server: &TcpListener) -> TcpStream {
    let (mut connection, _) = server.accept().unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    connection
}

/// The issue: Ctrl+C leaves no half file, and so it is when the call that stops it has returned.
#[test]
fn nothing_is_left_of_a_download_that_was_closed() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::create();
    let operation = client.start(Wire::from(Request::Download(DownloadCall {
        target: target(&format!("http://{}", server.local_addr().unwrap())),
        place: RemotePlace {
            is_media: false,
            area: "App".to_owned(),
            path: "data.xml".to_owned(),
        },
        destination: folder.path().join("data.xml").to_str().unwrap().to_owned(),
        into_directory: false,
        container: false,
        force: false,
    })));
    let serving = std::thread::spawn(move || {
        let mut connection = requested(&server);
        connection
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
            .unwrap();
        connection
    });
    while !step(&client, operation)
        .events
        .iter()
        .any(|event| matches!(event, Event::Progress(_)))
    {}
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files(), 1);
    client.close(operation);
    assert_eq!(files(), 0);
    assert_closed(&serving.join().unwrap());
}

/// The call goes on by itself once it said something, so it has to be stopped with its service.
#[test]
fn a_service_that_goes_takes_its_calls_along() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", server.local_addr().unwrap());
    let client = Client::create();
    let operation = client.start(Wire::from(Request::Wait(WaitCall {
        target: target(&address),
        job_id: "job-1".to_owned(),
        job_type: "scriptsession".to_owned(),
        hold_seconds: 30,
        max_retries: 0,
        delay_seconds: 1,
        cursor: None,
        want_records: true,
    })));
    let serving = std::thread::spawn(move || {
        let mut connection = requested(&server);
        let body = r#"{"isDone":false,"status":"Busy","name":"job-1","elapsedSeconds":0,"streams":[
            {"stream":"verbose","sequence":0,"timeUtc":"","message":"m"}],"cursor":"a.b"}"#;
        write!(
            connection,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        connection
    });
    loop {
        let step = step(&client, operation);
        assert!(matches!(step.ending, Ending::Running));
        if step.events.iter().any(|event| matches!(event, Event::Records(_))) {
            break;
        }
    }
    drop(client);
    assert_closed(&serving.join().unwrap());
}
