//! Who may use a service (wire protocol 2.10, authentication 1.11).

use crate::config::{Account, IdentityType, Permission};

/// The role of the lists that every administrator has.
const ADMINISTRATORS: &str = r"sitecore\IsAdministrator";

/// What the entries of one type say so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Silent,
    Allowed,
    Denied,
}

impl Column {
    /// The last matching entry counts, except that nothing comes after a denial.
    fn after(self, entry: &Permission) -> Self {
        match (self, entry.allow) {
            (Self::Denied, _) | (_, false) => Self::Denied,
            (_, true) => Self::Allowed,
        }
    }
}

/// Whether the list lets `account` in. What it says of the user outweighs what it says of roles; where it says nothing, the
/// answer is no.
pub(super) fn permits(permissions: &[Permission], account: &Account) -> bool {
    let (mut users, mut roles) = (Column::Silent, Column::Silent);
    for entry in permissions {
        match entry.identity_type {
            IdentityType::User if matches(&entry.identity, &account.name) => users = users.after(entry),
            IdentityType::Role if has_role(account, &entry.identity) => roles = roles.after(entry),
            IdentityType::User | IdentityType::Role => {}
        }
    }
    let decisive = if users == Column::Silent { roles } else { users };
    decisive == Column::Allowed
}

fn has_role(account: &Account, role: &str) -> bool {
    let own = account.roles.iter().any(|own| own.eq_ignore_ascii_case(role));
    own || account.administrator && role.eq_ignore_ascii_case(ADMINISTRATORS)
}

/// Whether `name` follows `pattern`, in which `*` is any text and `?` any one character, ASCII case apart. It takes at most the
/// product of both lengths in steps, whatever the pattern.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern = pattern.chars().collect::<Vec<_>>();
    let name = name.chars().collect::<Vec<_>>();
    let (mut at, mut read) = (0, 0);
    // Behind the last star: where the pattern goes on, and the first character of the name that the star leaves to it.
    let mut star = None;
    while read < name.len() {
        match pattern.get(at) {
            Some('*') => {
                at += 1;
                star = Some((at, read));
            }
            Some(wanted) if *wanted == '?' || wanted.eq_ignore_ascii_case(&name[read]) => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((resume, left)) => {
                    (at, read) = (resume, left + 1);
                    star = Some((resume, left + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(roles: &[&str], administrator: bool) -> Account {
        Account {
            name: r"sitecore\Bob".into(),
            roles: roles.iter().map(|role| (*role).into()).collect(),
            administrator,
            password: None,
        }
    }

    /// Entries as `+role:x` or `-user:x`.
    fn list(entries: &[&str]) -> Vec<Permission> {
        let entry = |text: &&str| {
            let (kind, identity) = text[1..].split_once(':').unwrap();
            Permission {
                allow: text.starts_with('+'),
                identity_type: if kind == "role" {
                    IdentityType::Role
                } else {
                    IdentityType::User
                },
                identity: identity.into(),
            }
        };
        entries.iter().map(entry).collect()
    }

    fn may(entries: &[&str]) -> bool {
        permits(&list(entries), &account(&[r"sitecore\Dev", r"sitecore\Ops"], false))
    }

    #[test]
    fn without_a_matching_entry_nobody_is_let_in() {
        assert!(!may(&[]));
        assert!(!may(&[r"+role:sitecore\Other", r"+user:sitecore\alice"]));
        assert!(!may(&["+user:", "+role:"]));
    }

    #[test]
    fn roles_and_users_are_let_in_by_name_in_any_case() {
        assert!(may(&[r"+role:sitecore\dev"]));
        assert!(may(&[r"+user:SITECORE\bob"]));
        assert!(!may(&["+user:bob"]));
    }

    /// Wire protocol 2.10: once a denial matched for a type it stays.
    #[test]
    fn a_denial_outlasts_what_comes_after_it() {
        assert!(!may(&[r"+role:sitecore\Dev", r"-role:sitecore\Ops"]));
        assert!(!may(&[r"-role:sitecore\Ops", r"+role:sitecore\Dev"]));
        assert!(may(&[r"-role:sitecore\Other", r"+role:sitecore\Dev"]));
    }

    /// Wire protocol 2.10: a result for the user outweighs any for roles.
    #[test]
    fn the_user_outweighs_roles() {
        assert!(may(&[r"-role:sitecore\Dev", r"+user:sitecore\bob"]));
        assert!(!may(&[r"+role:sitecore\Dev", r"-user:sitecore\b*"]));
    }

    #[test]
    fn every_administrator_has_the_pseudo_role() {
        let list = list(&[r"+role:sitecore\IsAdministrator"]);
        assert!(permits(&list, &account(&[], true)));
        assert!(!permits(&list, &account(&[], false)));
    }

    #[test]
    fn users_are_named_by_patterns_and_roles_are_not() {
        for pattern in [
            "*",
            r"sitecore\*",
            r"sitecore\b?b",
            r"*\bob",
            r"s*e\b*",
            "**b",
            r"sitecore\bob*",
        ] {
            assert!(may(&[&format!("+user:{pattern}")]), "{pattern}");
        }
        for pattern in [r"sitecore\?", r"sitecore\bob?", "s*x", "", "*z*", r"sitecore\b??b"] {
            assert!(!may(&[&format!("+user:{pattern}")]), "{pattern}");
        }
        assert!(!may(&[r"+role:sitecore\*"]));
    }

    /// A pattern that makes backtracking matchers take forever.
    #[test]
    fn a_pattern_full_of_stars_is_answered() {
        let pattern = "*a".repeat(200);
        assert!(!matches(&pattern, &("a".repeat(199) + "b")));
        assert!(matches(&pattern, &"a".repeat(256)));
    }
}
