//! URLs as they may be shown: without what gives something away (authentication 9.3).

use url::form_urlencoded;

/// Parameters whose values are not shown. `user` is not among them: who tried to be whom is what a log is for.
const SECRET: [&str; 17] = [
    "password",
    "username",
    "credential",
    "secret",
    "token",
    "access_token",
    "id_token",
    "refresh_token",
    "client_secret",
    "assertion",
    "code",
    "jwt",
    "apikey",
    "api_key",
    "key",
    "sig",
    "signature",
];

/// A query with `mask` in place of the values that are not shown. A name counts as what it is decoded to.
pub(crate) fn query(query: &str, mask: &str) -> String {
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={mask}"),
        _ => parameter.to_owned(),
    });
    parameters.collect::<Vec<_>>().join("&")
}

fn is_secret(name: &str) -> bool {
    let mut decoded = form_urlencoded::parse(name.as_bytes());
    decoded.any(|(name, _)| SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(&name)))
}

#[cfg(test)]
mod tests {
    /// Authentication 9.3: the name is compared as a whole, whatever its case and however it is encoded.
    #[test]
    fn secrets_are_masked_and_nothing_else() {
        for (raw, shown) in [
            ("user=a&password=b", "user=a&password=*"),
            ("PASSWORD=b&x=1", "PASSWORD=*&x=1"),
            ("p%61ssword=b", "p%61ssword=*"),
            ("access_token=a=b&Signature=", "access_token=*&Signature=*"),
            ("passwords=b&xtoken=c&key", "passwords=b&xtoken=c&key"),
            ("", ""),
        ] {
            assert_eq!(super::query(raw, "*"), shown, "{raw}");
        }
    }
}
