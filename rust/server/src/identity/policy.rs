//! What the scripts of a caller may do (wire protocol 7; authentication 2.8).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

/// PowerShell's language modes that policies use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LanguageMode {
    /// Everything.
    Full,
    /// No methods and types beyond the core ones.
    Constrained,
}

impl LanguageMode {
    /// The engine's name for it, as in `X-SPE-LanguageMode`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "FullLanguage",
            Self::Constrained => "ConstrainedLanguage",
        }
    }
}

/// Which audit lines are written of what a policy steers (wire protocol 7.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuditLevel {
    /// None of them.
    None,
    /// What was refused.
    Violations,
    /// And what was run.
    Standard,
    /// And details of it.
    Full,
}

impl AuditLevel {
    /// Each with its name.
    pub const NAMES: [(&str, Self); 4] = [
        ("None", Self::None),
        ("Violations", Self::Violations),
        ("Standard", Self::Standard),
        ("Full", Self::Full),
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}

/// Why a policy lets nothing run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denial {
    /// The client has no policy.
    Unassigned,
    /// The policy is there to let nothing run, or is one that nobody knows.
    DenyAll,
}

/// The effective policy of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Its name; `unrestricted` for the built-in one.
    pub name: String,
    /// The language mode scripts run in.
    pub language_mode: LanguageMode,
    /// Commands that scripts may use beside those of every script (7.4); none is no bound.
    pub commands: Option<Arc<[String]>>,
    /// What is written of its callers.
    pub audit: AuditLevel,
    /// Services that its callers may use; none is all of them.
    pub services: Option<Arc<[String]>>,
    /// Why it lets nothing run, where it does.
    pub denial: Option<Denial>,
}

impl Policy {
    /// Name of [`Self::unrestricted`].
    pub const UNRESTRICTED: &str = "unrestricted";
    /// Name of [`Self::deny_all`].
    pub const DENY_ALL: &str = "deny-all";

    /// The built-in policy of those who signed in with the server-wide secret (wire protocol 7.2).
    pub fn unrestricted() -> Arc<Self> {
        static UNRESTRICTED: LazyLock<Arc<Policy>> = LazyLock::new(|| {
            Arc::new(Policy {
                name: Policy::UNRESTRICTED.into(),
                language_mode: LanguageMode::Full,
                commands: None,
                audit: AuditLevel::Standard,
                services: None,
                denial: None,
            })
        });
        UNRESTRICTED.clone()
    }

    /// What a call gets that asks for a policy nobody knows: nothing (authentication 2.8).
    pub fn deny_all() -> Arc<Self> {
        static DENY_ALL: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(Policy::denying(Denial::DenyAll)));
        DENY_ALL.clone()
    }

    /// What a client without a policy gets: nothing, and is told why (authentication 3.2).
    pub fn unassigned() -> Arc<Self> {
        static UNASSIGNED: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(Policy::denying(Denial::Unassigned)));
        UNASSIGNED.clone()
    }

    fn denying(denial: Denial) -> Self {
        Self {
            name: Self::DENY_ALL.into(),
            language_mode: LanguageMode::Constrained,
            commands: Some(Arc::default()),
            audit: AuditLevel::Violations,
            services: None,
            denial: Some(denial),
        }
    }

    /// What both allow. Neither can widen the other: what one does not allow, both do not (authentication 2.8).
    #[must_use]
    pub fn narrowed(self: Arc<Self>, other: &Arc<Self>) -> Arc<Self> {
        if self.denial.is_some() || self.name == other.name || other.name == Self::UNRESTRICTED {
            return self;
        }
        if other.denial.is_some() || self.name == Self::UNRESTRICTED {
            return other.clone();
        }
        let mut names = [self.name.as_str(), other.name.as_str()];
        names.sort_unstable();
        Arc::new(Self {
            name: names.join("+"),
            language_mode: self.language_mode.max(other.language_mode),
            commands: both(self.commands.as_ref(), other.commands.as_ref()),
            audit: self.audit.max(other.audit),
            services: both(self.services.as_ref(), other.services.as_ref()),
            denial: None,
        })
    }

    /// Whether its callers may use a service.
    pub fn allows_service(&self, service: &str) -> bool {
        let services = self.services.as_ref();
        services.is_none_or(|services| services.iter().any(|own| own.eq_ignore_ascii_case(service)))
    }
}

/// What is in both lists, of which none is everything. Names have any case.
fn both(one: Option<&Arc<[String]>>, other: Option<&Arc<[String]>>) -> Option<Arc<[String]>> {
    let (one, other) = match (one, other) {
        (None, list) | (list, None) => return list.cloned(),
        (Some(one), Some(other)) => (one, other),
    };
    let known: HashSet<_> = other.iter().map(|name| name.to_ascii_lowercase()).collect();
    let common = one.iter().filter(|name| known.contains(&name.to_ascii_lowercase()));
    Some(common.cloned().collect())
}

/// A policy of a file, with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPolicy {
    /// What client records name it by.
    pub id: String,
    /// The policy, whose name is what tokens name it by.
    pub policy: Arc<Policy>,
}

/// All policies there are. A snapshot: a new one replaces it whole.
#[derive(Debug)]
pub struct Policies {
    by_id: HashMap<String, Arc<Policy>>,
    by_name: HashMap<String, Arc<Policy>>,
}

impl Default for Policies {
    fn default() -> Self {
        Self::new(&[]).0
    }
}

impl Policies {
    /// The built-in ones and `own`. Of two with one id or name neither is there (WP-D-38); their ids come back.
    pub fn new(own: &[NamedPolicy]) -> (Self, Vec<String>) {
        let built_in = [Policy::unrestricted(), Policy::deny_all()].map(|policy| NamedPolicy {
            id: policy.name.clone(),
            policy,
        });
        let all: Vec<_> = built_in.iter().chain(own).collect();
        let same = |one: &NamedPolicy, other: &NamedPolicy| {
            one.id == other.id || one.policy.name.eq_ignore_ascii_case(&other.policy.name)
        };
        let clashes = |policy: &NamedPolicy| {
            let others = all.iter().filter(|other| !std::ptr::eq(**other, policy));
            others.into_iter().any(|other| same(policy, other))
        };
        let doubled: Vec<_> = own
            .iter()
            .filter(|policy| clashes(policy))
            .map(|policy| policy.id.clone())
            .collect();
        let mut policies = Self {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
        };
        for policy in built_in.iter().chain(own.iter().filter(|policy| !clashes(policy))) {
            policies.by_id.insert(policy.id.clone(), policy.policy.clone());
            policies
                .by_name
                .insert(policy.policy.name.to_ascii_lowercase(), policy.policy.clone());
        }
        (policies, doubled)
    }

    /// The one that a client record means.
    pub fn by_id(&self, id: &str) -> Option<&Arc<Policy>> {
        self.by_id.get(id)
    }

    /// The one that a token means, whatever the case.
    pub fn by_name(&self, name: &str) -> Option<&Arc<Policy>> {
        self.by_name.get(&name.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str, commands: &[&str], audit: AuditLevel) -> Arc<Policy> {
        Arc::new(Policy {
            name: name.into(),
            language_mode: LanguageMode::Constrained,
            commands: Some(commands.iter().map(|name| (*name).to_owned()).collect()),
            audit,
            services: None,
            denial: None,
        })
    }

    fn names(policy: &Policy) -> Vec<&str> {
        policy.commands.as_deref().unwrap().iter().map(String::as_str).collect()
    }

    /// Authentication 2.8: the most constrained of everything, the most verbose audit.
    #[test]
    fn two_policies_allow_what_both_do() {
        let one = policy("a", &["Get-Item", "Get-Date"], AuditLevel::None);
        let other = policy("b", &["get-date", "Get-Process"], AuditLevel::Full);
        let both = one.clone().narrowed(&other);
        assert_eq!(
            (both.name.as_str(), names(&both), both.audit),
            ("a+b", vec!["Get-Date"], AuditLevel::Full)
        );
        assert_eq!(other.narrowed(&one).name, "a+b");
    }

    /// N230: nothing widens.
    #[test]
    fn nothing_widens_a_policy() {
        let one = policy("a", &["Get-Item"], AuditLevel::None);
        assert_eq!(one.clone().narrowed(&Policy::unrestricted()), one);
        assert_eq!(Policy::unrestricted().narrowed(&one), one);
        assert_eq!(one.clone().narrowed(&Policy::deny_all()), Policy::deny_all());
        for denying in [Policy::deny_all(), Policy::unassigned()] {
            assert_eq!(denying.clone().narrowed(&one), denying);
            assert_eq!(denying.clone().narrowed(&Policy::unrestricted()), denying);
        }
    }

    #[test]
    fn services_are_those_of_both() {
        let with = |name: &str, services: &[&str]| {
            let mut policy = (*policy(name, &[], AuditLevel::None)).clone();
            policy.services = Some(services.iter().map(|name| (*name).to_owned()).collect());
            Arc::new(policy)
        };
        let both = with("a", &["remoting", "fileDownload"]).narrowed(&with("b", &["Remoting"]));
        assert!(both.allows_service("remoting") && !both.allows_service("fileDownload"));
        assert!(Policy::unrestricted().allows_service("fileDownload"));
    }

    /// WP-D-38: two of one name or id are nobody's, and none takes the place of a built-in one.
    #[test]
    fn policies_that_clash_are_not_there() {
        let named = |id: &str, name: &str| NamedPolicy {
            id: id.into(),
            policy: policy(name, &[], AuditLevel::None),
        };
        let all = [
            named("1", "a"),
            named("2", "A"),
            named("3", "b"),
            named("3", "c"),
            named("4", "Unrestricted"),
            named("5", "d"),
        ];
        let (policies, doubled) = Policies::new(&all);
        assert_eq!(doubled, ["1", "2", "3", "3", "4"]);
        assert!(policies.by_id("5").is_some() && policies.by_name("D").is_some());
        assert!(policies.by_name("a").is_none() && policies.by_id("3").is_none());
        assert_eq!(policies.by_id("unrestricted"), Some(&Policy::unrestricted()));
    }
}
