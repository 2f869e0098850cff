//! Signed cursors (wire protocol 6.8, Appendix A).

use spe_protocol::SessionId;
use spe_protocol::cursor::CursorSigner;

const JOB: &str = "11111111-2222-3333-4444-555555555555";
const VECTOR: &str = "eyJzIjoiMTExMTExMTEtMjIyMi0zMzMzLTQ0NDQtNTU1NTU1NTU1NTU1IiwibyI6NX0.\
                      nuH9QwWd0kX3lVld0X5c-H9Dc7nhjwW_4lXKD-st_Qk";

fn signer() -> CursorSigner {
    CursorSigner::new(&std::array::from_fn(|at| at as u8))
}

fn job(text: &str) -> SessionId {
    SessionId::parse(text).unwrap()
}

/// Appendix A, cursor vector.
#[test]
fn vector_of_appendix_a() {
    assert_eq!(signer().sign(&job(JOB), 5), VECTOR);
    assert_eq!(signer().verify(&job(JOB), VECTOR), Ok(5));
}

/// 6.8: another job, in any spelling, is another cursor.
#[test]
fn a_cursor_is_bound_to_its_job() {
    let cursor = signer().sign(&job("abc"), 7);
    assert!(signer().verify(&job("ABC"), &cursor).is_err());
    assert!(signer().verify(&job("ab"), &cursor).is_err());
    assert!(signer().verify(&job("abcd"), &cursor).is_err());
}

/// 6.8: a server that was started anew does not take the cursors of the one before.
#[test]
fn a_cursor_dies_with_its_key() {
    let other = CursorSigner::new(&[9; 32]);
    assert!(other.verify(&job(JOB), VECTOR).is_err());
}

/// 6.8: every change of one character is noticed.
#[test]
fn a_changed_cursor_is_refused() {
    for at in 0..VECTOR.len() {
        let mut bytes = VECTOR.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(bytes).unwrap();
        assert!(signer().verify(&job(JOB), &text).is_err(), "character {at}");
    }
    for text in [
        "",
        ".",
        "a.b",
        &VECTOR[..VECTOR.len() - 1],
        &format!("{VECTOR}A"),
        &"A".repeat(5000),
    ] {
        assert!(signer().verify(&job(JOB), text).is_err(), "{text}");
    }
}
