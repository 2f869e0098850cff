//! Names of accounts (authentication 1.10, 10.10).

use spe_auth::username::normalise;

#[test]
fn a_name_without_a_domain_is_of_sitecore() {
    assert_eq!(normalise("admin").as_deref(), Some(r"sitecore\admin"));
    assert_eq!(normalise(r"extranet\bob").as_deref(), Some(r"extranet\bob"));
}

#[test]
fn names_of_accounts_pass_as_they_are() {
    for name in [
        r"sitecore\svc-spe",
        r"sitecore\svc remoting",
        r"sitecore\a.b@c_d-e",
        r"sitecore\_x",
        r"sitecore\7",
        r"my-domain.local\x",
        "sitecore\\J\u{f6}rg",
    ] {
        assert_eq!(normalise(name).as_deref(), Some(name), "{name}");
    }
}

/// N014, N056, N312, N313, N315 and their like.
#[test]
fn what_no_account_can_be_called_is_refused() {
    for name in [
        "",
        "\\",
        r"sitecore\",
        r"\admin",
        r"a\b\c",
        r"sitecore\\admin",
        "sitecore\\admin\n",
        "sitecore\\admin\r\n",
        "ad\nmin",
        "ad\0min",
        "ad\tmin",
        "ad\u{7f}min",
        "ad\u{85}min",
        "ad\u{200b}min",
        "ad\u{202e}min",
        "ad\u{2028}min",
        " admin",
        ".admin",
        "-admin",
        "@admin",
        "auth0|abc",
        "admin/x",
        "admin:x",
        "admin*",
        "admin?",
        "admin'",
        "admin\"",
        "admin<",
        "admin%00",
        r"site core\admin",
        r"sitecore @x\admin",
    ] {
        assert_eq!(normalise(name), None, "{name:?}");
    }
}

#[test]
fn a_name_has_at_most_256_characters() {
    assert!(normalise(&"a".repeat(256)).is_some());
    assert_eq!(normalise(&"a".repeat(257)), None);
    assert_eq!(normalise(&"a".repeat(1024 * 1024)), None);
}
