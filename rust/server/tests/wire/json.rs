//! Wire protocol 4.4: JSON bodies of scripts.

use serde_json::{Value, json};

use crate::harness::{Setup, TestServer};

fn run(script: &str) -> Value {
    let reply = TestServer::shared().script("outputFormat=Json", script);
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.json()
}

/// The only output object of a script.
fn value(script: &str) -> Value {
    let body = run(script);
    assert_eq!(body["errors"], json!([]), "{body}");
    assert_eq!(body["output"].as_array().unwrap().len(), 1, "{body}");
    body["output"][0].clone()
}

/// An empty pipeline is an empty array, and a null is one element.
#[test]
fn nothing_and_null_are_told_apart() {
    assert_eq!(run("$x = 1"), json!({"output": [], "errors": []}));
    assert_eq!(run("$null")["output"], json!([null]));
}

/// CM-D-13, WP-D-53: values that read as false are values.
#[test]
fn falsy_values_are_there() {
    assert_eq!(run("0; $false; ''; @()")["output"], json!([0, false, ""]));
}

/// WP-D-56: dates in ISO 8601, enums by name, and what has no number as text.
#[test]
fn scalars_have_one_form() {
    for (script, expected) in [
        ("'a\"\\b<>&'", json!("a\"\\b<>&")),
        ("1.5", json!(1.5)),
        ("[decimal]12.50", json!(12.50)),
        ("[double]::NaN", json!("NaN")),
        ("[double]::PositiveInfinity", json!("Infinity")),
        ("[uint64]::MaxValue", json!(u64::MAX)),
        ("[long]::MinValue", json!(i64::MIN)),
        ("[bigint]::Parse('7')", json!(7)),
        ("[DayOfWeek]::Friday", json!("Friday")),
        (
            "[datetime]::new(2026, 11, 25, 8, 30, 0, [DateTimeKind]::Utc)",
            json!("2026-11-25T08:30:00.0000000Z"),
        ),
        (
            "[datetimeoffset]::new(2026, 11, 25, 8, 30, 0, [timespan]::FromHours(2))",
            json!("2026-11-25T08:30:00.0000000+02:00"),
        ),
        ("[timespan]::FromMinutes(90)", json!("01:30:00")),
        (
            "[guid]'00000000-0000-0000-0000-000000000001'",
            json!("00000000-0000-0000-0000-000000000001"),
        ),
        ("[uri]'https://h.test/a'", json!("https://h.test/a")),
        ("[version]'1.2.3'", json!("1.2.3")),
        ("[char]'x'", json!("x")),
        (", [byte[]](1, 2, 3)", json!("AQID")),
        ("{ Get-Date }", json!(" Get-Date ")),
        ("[int]", json!("System.Int32")),
    ] {
        assert_eq!(value(script), expected, "{script}");
    }
}

/// Secure strings are readable outside of Windows, so their content goes nowhere.
#[test]
fn secure_strings_are_not_shown() {
    let script = "$s = [securestring]::new(); $s.AppendChar('q'); $s";
    assert_eq!(value(script), json!("System.Security.SecureString"));
}

/// WP-D-56: members in an order that stays.
#[test]
fn members_keep_an_order() {
    let reply = TestServer::shared().script(
        "outputFormat=Json",
        "[pscustomobject]@{ z = 1; a = 2 }; @{ z = 1; a = 2; m = 3 }; [ordered]@{ z = 1; a = 2 }",
    );
    let text = reply.text();
    assert_eq!(
        text,
        r#"{"output":[{"z":1,"a":2},{"a":2,"m":3,"z":1},{"z":1,"a":2}],"errors":[]}"#
    );
}

/// WP-D-56: what lies deeper than the depth says so, with its text.
#[test]
fn the_depth_is_marked() {
    let script = "@{ a = @{ b = @{ c = @{ d = @{ e = 1 } } } } }";
    let deep = value(script);
    assert_eq!(deep["a"]["b"]["c"]["d"]["$truncated"], "System.Collections.Hashtable");
    let reply = TestServer::shared().script("outputFormat=Json&jsonDepth=5", script);
    assert_eq!(reply.json()["output"][0]["a"]["b"]["c"]["d"]["e"], 1);
    let reply = TestServer::shared().script("outputFormat=Json&jsonDepth=1", script);
    assert_eq!(
        reply.json()["output"][0]["a"]["b"]["$truncated"],
        "System.Collections.Hashtable"
    );
}

/// The depth has a range, and a value out of it is named.
#[test]
fn a_depth_out_of_range_is_refused() {
    let reply = TestServer::shared().script("outputFormat=Json&jsonDepth=99", "1");
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json()["errors"][0], "jsonDepth is a whole number from 1 to 20.");
}

/// Objects that refer to themselves, that throw, and lists within lists do no harm.
#[test]
fn objects_that_resist_are_written_as_far_as_they_can() {
    let circle = value("$x = @{}; $x.self = $x; $x");
    assert!(
        circle["self"]["self"]["self"]["self"].get("$truncated").is_some(),
        "{circle}"
    );
    let throwing = value(
        "$x = [pscustomobject]@{ good = 1 }; $x.psobject.Properties.Add([psscriptproperty]::new('bad', { throw 'no' })); $x",
    );
    assert_eq!(throwing, json!({"good": 1, "bad": null}));
    assert_eq!(value(", @(1, @(2, @(3)))"), json!([1, [2, [3]]]));
    assert_eq!(value("\"a$([char]0xD800)b\""), json!("a\u{FFFD}b"));
}

/// 4.4, flat: the text of each error, beside the output.
#[test]
fn errors_are_texts_unless_asked_otherwise() {
    let body = run("'before'; Write-Error 'bad'; 'after'");
    assert_eq!(body, json!({"output": ["before", "after"], "errors": ["bad"]}));
}

/// 4.4, structured and sanitised: what may be told, and where to look for the rest.
#[test]
fn structured_errors_are_sanitised() {
    let reply = TestServer::shared().script(
        "outputFormat=Json&errorFormat=structured",
        "Write-Error 'the secret reason' -ErrorId MyId -Category ResourceBusy",
    );
    assert_eq!(reply.status, 200);
    let rid = reply.header("x-spe-requestid").unwrap().to_owned();
    let error = &reply.json()["errors"][0];
    assert_eq!(error["correlationId"], rid.as_str());
    assert_eq!(error["errorCategory"], "ResourceBusy");
    assert_eq!(error["message"], format!("Script error. See SPE log id={rid}."));
    assert!(error["fullyQualifiedErrorId"].as_str().unwrap().starts_with("MyId"));
    assert_eq!(error.as_object().unwrap().len(), 4);
    assert!(!reply.text().contains("the secret reason"));
}

fn detailed() -> TestServer {
    TestServer::with(&Setup {
        spe: vec![("DetailedErrors\" value=\"false\"", "DetailedErrors\" value=\"true\"")],
        ..Setup::default()
    })
}

/// 4.4, structured and detailed.
#[test]
fn detailed_errors_say_everything() {
    let server = detailed();
    let reply = server.script(
        "outputFormat=Json&errorFormat=structured",
        "Write-Error 'the reason' -ErrorId MyId -Category ResourceBusy -TargetObject 'thing'",
    );
    let error = &reply.json()["errors"][0];
    assert_eq!(error["message"], "the reason");
    assert_eq!(error["exceptionMessage"], "the reason");
    assert_eq!(error["categoryTargetName"], "thing");
    assert_eq!(error["categoryTargetType"], "String");
    assert!(error["exceptionType"].as_str().unwrap().contains("Exception"));
    assert!(error["scriptStackTrace"].as_str().unwrap().contains("line 1"));
    assert!(error["invocationInfo"]["positionMessage"].is_string());

    let reply = server.script("outputFormat=Json", "'before'; throw 'the end'");
    assert_eq!(reply.status, 424);
    assert_eq!(reply.json(), json!({"output": ["before"], "errors": ["the end"]}));
}

/// WP-D-50: a script that failed has its output and an error in the body, with 424.
#[test]
fn a_failure_keeps_the_output_before_it() {
    let server = TestServer::shared();
    let reply = server.script("outputFormat=Json", "1; 2; throw 'the secret reason'");
    assert_eq!((reply.status, reply.reason.as_str()), (424, "Method Failure"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let rid = reply.header("x-spe-requestid").unwrap().to_owned();
    assert_eq!(
        reply.json(),
        json!({"output": [1, 2], "errors": [format!("Script execution failed. correlationId={rid}")]})
    );

    let reply = server.script(
        "outputFormat=Json&errorFormat=structured",
        "Write-Error 'first'; throw 'the secret reason'",
    );
    let errors = reply.json()["errors"].clone();
    let rid = reply.header("x-spe-requestid").unwrap();
    assert_eq!(errors[1]["fullyQualifiedErrorId"], "Spe.Remoting.ScriptExecutionFailed");
    assert_eq!(errors[1]["errorCategory"], "NotSpecified");
    assert_eq!(
        errors[1]["message"],
        format!("Script execution failed. See SPE log id={rid}.")
    );
    assert!(!reply.text().contains("the secret reason"));
}

/// 4.5 and WP-D-11: captured records stand in the output, in order; errors stay in their own place.
#[test]
fn captured_records_stand_in_the_output() {
    let reply = TestServer::shared().script(
        "outputFormat=Json&captureStreams=true",
        "'one'; Write-Verbose 'two'; Write-Error 'three'; Write-Warning 'four'; 'five'",
    );
    let body = reply.json();
    let output = body["output"].as_array().unwrap();
    let texts: Vec<_> = output
        .iter()
        .map(|item| item.get("message").unwrap_or(item).as_str().unwrap())
        .collect();
    assert_eq!(texts, ["one", "two", "four", "five"]);
    assert_eq!(
        (&output[1]["stream"], &output[2]["stream"]),
        (&json!("verbose"), &json!("warning"))
    );
    assert_eq!(body["errors"], json!(["three"]));
}

/// WP-D-22: output beyond the limit ends the run in this format too, and a list without end ends.
#[test]
fn output_without_end_ends() {
    let server = TestServer::with(&Setup {
        settings: "[limits]\noutput = \"1MiB\"\n".to_owned(),
        ..Setup::default()
    });
    let reply = server.script("outputFormat=Json", "1..100 | ForEach-Object { 'x' * 100000 }");
    assert!(reply.status >= 400, "{}", reply.status);
    assert_eq!(server.script("outputFormat=Json", "1").json()["output"], json!([1]));
}
