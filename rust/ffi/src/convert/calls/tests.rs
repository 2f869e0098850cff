use secrecy::ExposeSecret;

use super::*;

fn credential() -> model::Credential {
    model::Credential {
        access_token: String::new(),
        shared_secret: String::new(),
        access_key_id: "kid".to_owned(),
        algorithm: "HS384".to_owned(),
        username: "user".to_owned(),
        password: "password".to_owned(),
    }
}

fn target() -> model::Target {
    model::Target {
        base_uri: "https://server.test/base/".to_owned(),
        credential: credential(),
        session_id: "session".to_owned(),
        cookie_jar_high: 0x0011_2233_4455_6677,
        cookie_jar_low: 0x8899_aabb_ccdd_eeff,
        connect_timeout_seconds: 0.5,
        operation_timeout_seconds: 90.25,
        connection: model::Connection {
            proxy: "http://proxy.test:3128".to_owned(),
            proxy_username: "proxy-user".to_owned(),
            proxy_password: "proxy-password".to_owned(),
            certificate_authorities: "authorities".to_owned(),
            client_certificate: "certificate".to_owned(),
            skip_certificate_check: true,
            http2: true,
        },
    }
}

#[test]
fn every_member_of_a_target_arrives() {
    let target = Target::try_from(target()).unwrap();
    assert_eq!(target.base.as_str(), "https://server.test/base/");
    assert_eq!(target.session_id, "session");
    assert_eq!(target.cookie_jar.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
    assert_eq!(target.connect_timeout, Duration::from_millis(500));
    assert_eq!(target.operation_timeout, Some(Duration::from_millis(90_250)));
}

#[test]
fn every_member_of_a_connection_arrives() {
    let connection = Target::try_from(target()).unwrap().connection;
    let Proxy::Address { url, login } = &connection.proxy else {
        panic!("the proxy has an address");
    };
    let (user, password) = login.as_ref().unwrap();
    assert_eq!(
        (url.as_str(), user.as_str(), password.expose_secret()),
        ("http://proxy.test:3128/", "proxy-user", "proxy-password")
    );
    assert_eq!(connection.certificate_authorities, "authorities");
    assert_eq!(
        connection.client_certificate.as_ref().unwrap().expose_secret(),
        "certificate"
    );
    assert!(connection.skip_certificate_check && connection.http2);
    let shown = format!("{connection:?}");
    assert!(
        !shown.contains("password") && !shown.contains("\"certificate\""),
        "{shown}"
    );
}

#[test]
fn a_proxy_is_the_systems_unless_one_is_named() {
    for (text, expected) in [("", Proxy::System), ("none", Proxy::None)] {
        let mut target = target();
        target.connection.proxy = text.to_owned();
        assert_eq!(Target::try_from(target).unwrap().connection.proxy, expected);
    }
}

#[test]
fn an_operation_timeout_of_0_is_none() {
    let unbound = model::Target {
        operation_timeout_seconds: 0.0,
        ..target()
    };
    assert_eq!(Target::try_from(unbound).unwrap().operation_timeout, None);
}

#[test]
fn every_member_of_a_script_call_arrives() {
    let call = ScriptCall::try_from(model::ScriptCall {
        target: target(),
        script: "script".to_owned(),
        arguments: Some(String::new()),
        output_format: "Raw".to_owned(),
        persistent_session: true,
        structured_errors: false,
        capture_streams: true,
        max_retries: 7,
    })
    .unwrap();
    assert_eq!(call.script, "script");
    assert_eq!(call.arguments.as_deref(), Some(""));
    assert_eq!(call.output_format, "Raw");
    assert!(call.persistent_session && !call.structured_errors && call.capture_streams);
    assert_eq!(call.max_retries, 7);
    assert_eq!(call.target.session_id, "session");
}

#[test]
fn every_member_of_a_wait_call_arrives() {
    let call = WaitCall::try_from(model::WaitCall {
        target: target(),
        job_id: "job".to_owned(),
        job_type: "sitecore".to_owned(),
        hold_seconds: 11,
        max_retries: 3,
        delay_seconds: 4,
        cursor: Some("a.b".to_owned()),
        want_records: true,
    })
    .unwrap();
    assert_eq!((call.job_id.as_str(), call.job_type.as_str()), ("job", "sitecore"));
    assert_eq!((call.hold_seconds, call.max_retries), (11, 3));
    assert_eq!(call.delay, Duration::from_secs(4));
    assert_eq!(call.cursor.as_deref(), Some("a.b"));
    assert!(call.want_records);
}

/// Client module 4.2: an access token beats a shared secret, which beats user and password.
#[test]
fn the_first_credential_that_is_set_is_used() {
    let all = model::Credential {
        access_token: "token".to_owned(),
        shared_secret: "secret".to_owned(),
        ..credential()
    };
    let Some(Credential::AccessToken(token)) = all.into() else {
        panic!("not the access token")
    };
    assert_eq!(token.expose_secret(), "token");
    let without_token = model::Credential {
        shared_secret: "secret".to_owned(),
        ..credential()
    };
    let Some(Credential::SharedSecret {
        secret,
        access_key_id,
        algorithm,
        username,
    }) = without_token.into()
    else {
        panic!("not the shared secret")
    };
    assert_eq!(secret.expose_secret(), "secret");
    assert_eq!(access_key_id.as_deref(), Some("kid"));
    assert_eq!((algorithm.as_str(), username.as_str()), ("HS384", "user"));
    let Some(Credential::Basic { username, password }) = credential().into() else {
        panic!("not user and password")
    };
    assert_eq!((username.as_str(), password.expose_secret()), ("user", "password"));
}

#[test]
fn an_empty_key_id_is_none() {
    let keyless = model::Credential {
        shared_secret: "secret".to_owned(),
        access_key_id: String::new(),
        ..credential()
    };
    assert!(matches!(
        keyless.into(),
        Some(Credential::SharedSecret {
            access_key_id: None,
            ..
        })
    ));
}

/// Client module 4.2: a user without a password is Basic too; nothing at all is no credential.
#[test]
fn without_user_and_password_there_is_no_credential() {
    let user_only = model::Credential {
        password: String::new(),
        ..credential()
    };
    assert!(matches!(user_only.into(), Some(Credential::Basic { .. })));
    let nothing = model::Credential {
        username: String::new(),
        password: String::new(),
        ..credential()
    };
    assert!(Option::<Credential>::from(nothing).is_none());
}

#[test]
fn every_member_of_a_token_call_arrives() {
    let call = JwtCall::from(model::JwtCall {
        algorithm: "HS512".to_owned(),
        token_type: "type".to_owned(),
        key_id: "kid".to_owned(),
        issuer: "issuer".to_owned(),
        audience: "audience".to_owned(),
        name: "name".to_owned(),
        valid_for_seconds: -30,
        secret_key: "key".to_owned(),
        client_session_id: "client".to_owned(),
        no_issued_at: true,
        not_before: -1,
        issued_at: i64::MAX,
        scope: "a b".to_owned(),
    });
    assert_eq!((call.algorithm.as_str(), call.token_type.as_str()), ("HS512", "type"));
    assert_eq!((call.key_id.as_str(), call.issuer.as_str()), ("kid", "issuer"));
    assert_eq!((call.audience.as_str(), call.name.as_str()), ("audience", "name"));
    assert_eq!(call.valid_for_seconds, -30);
    assert_eq!(call.secret_key.expose_secret(), "key");
    assert_eq!(call.client_session_id, "client");
    assert!(call.no_issued_at);
    assert_eq!((call.not_before, call.issued_at), (-1, i64::MAX));
    assert_eq!(call.scope, "a b");
}

fn place(is_media: bool) -> model::RemotePlace {
    model::RemotePlace {
        is_media,
        area: "area".to_owned(),
        path: "path".to_owned(),
    }
}

#[test]
fn every_member_of_an_upload_call_arrives() {
    let call = UploadCall::try_from(model::UploadCall {
        target: target(),
        source: "/tmp/a file".to_owned(),
        place: place(true),
        skip_unpack: true,
        skip_existing: false,
    })
    .unwrap();
    let (database, path) = ("area".to_owned(), "path".to_owned());
    assert_eq!(call.place, RemotePlace::Media { database, path });
    assert_eq!(call.source.to_str(), Some("/tmp/a file"));
    assert!(call.skip_unpack && !call.skip_existing);
    assert_eq!(call.target.session_id, "session");
}

#[test]
fn every_member_of_a_download_call_arrives() {
    let call = DownloadCall::try_from(model::DownloadCall {
        target: target(),
        place: place(false),
        destination: "/tmp/a place".to_owned(),
        into_directory: true,
        container: false,
        force: true,
    })
    .unwrap();
    let (root, path) = ("area".to_owned(), "path".to_owned());
    assert_eq!(call.place, RemotePlace::File { root, path });
    assert_eq!(call.destination.to_str(), Some("/tmp/a place"));
    assert!(call.into_directory && !call.container && call.force);
    assert_eq!(call.target.session_id, "session");
}
