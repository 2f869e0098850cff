//! When keys are fetched (5.5), as a table of what happens at which second.

use std::time::Duration;

use spe_auth::PublicAlgorithm;
use spe_auth::jwks::{KeyCache, KeySet, Lookup, Settings};
use spe_testkit::vectors::{AUTH_ES256, AUTH_RS256};

/// What a lookup comes to.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Key,
    None,
    Fetch,
}

struct Machine(KeyCache);

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl Machine {
    fn new(stale_grace: u64) -> Self {
        Self(KeyCache::new(Settings {
            stale_grace: at(stale_grace),
            ..Settings::default()
        }))
    }

    fn ask(&self, kid: &str, second: u64) -> Answer {
        self.ask_for(kid, true, second)
    }

    fn ask_for(&self, kid: &str, refresh: bool, second: u64) -> Answer {
        answer(&self.0.lookup(kid, PublicAlgorithm::RS256, refresh, at(second)))
    }

    fn settle(&self, kid: &str, second: u64) -> Answer {
        answer(&self.0.settle(kid, PublicAlgorithm::RS256, at(second)))
    }

    fn fetch(&mut self, second: u64) {
        self.0.fetch_begins(at(second));
        let document = format!("{{\"keys\":[{},{}]}}", AUTH_RS256.jwk, AUTH_ES256.jwk);
        self.0
            .fetched(KeySet::parse(document.as_bytes()).unwrap().0, at(second));
    }

    fn fail(&mut self, second: u64) {
        self.0.fetch_begins(at(second));
        self.0.failed(at(second), 0.0);
    }
}

fn answer(lookup: &Lookup) -> Answer {
    match lookup {
        Lookup::Key(_) => Answer::Key,
        Lookup::None(_) => Answer::None,
        Lookup::Fetch => Answer::Fetch,
    }
}

/// The first token fetches, and one fetch is enough also when its key is not there.
#[test]
fn the_first_token_fetches_once() {
    let mut machine = Machine::new(0);
    assert_eq!(machine.ask("rsa-1", 0), Answer::Fetch);
    machine.fetch(0);
    assert_eq!(machine.settle("rsa-1", 0), Answer::Key);
    assert_eq!(machine.settle("other", 0), Answer::None);
    assert_eq!(machine.ask("other", 1), Answer::None);
}

/// One fetch for unknown keys in 30 s, however many there are (AU-D-29); tokens that are refused anyway cause none (4.10).
#[test]
fn unknown_keys_fetch_once_in_a_while() {
    let mut machine = Machine::new(0);
    machine.fetch(0);
    assert_eq!(machine.ask("other", 29), Answer::None);
    assert_eq!(machine.ask_for("other", false, 30), Answer::None);
    assert_eq!(machine.ask("other", 30), Answer::Fetch);
    machine.fetch(30);
    let random = (0..10_000).filter(|number| machine.ask(&format!("k{number}"), 59) == Answer::Fetch);
    assert_eq!(random.count(), 0);
    assert_eq!(machine.ask("rsa-1", 59), Answer::Key);
}

/// While a fetch is on its way, who wants what it may bring waits for it, and who has a key does not.
#[test]
fn a_fetch_on_its_way_is_waited_for() {
    let mut machine = Machine::new(0);
    machine.fetch(0);
    machine.0.fetch_begins(at(40));
    assert_eq!(machine.ask("other", 41), Answer::Fetch);
    assert_eq!(machine.ask("rsa-1", 41), Answer::Key);
    machine.0.failed(at(42), 0.0);
    assert_eq!(machine.ask("other", 43), Answer::None);
}

/// AU-D-30: failures pause fetches, 15 s at first, doubling to 240 s, and touch no key that is there.
#[test]
fn failures_pause_fetches_and_nothing_else() {
    let mut machine = Machine::new(0);
    machine.fetch(0);
    let mut now = 30;
    for pause in [15, 30, 60, 120, 240] {
        machine.fail(now);
        assert_eq!(machine.ask("rsa-1", now), Answer::Key, "{now}");
        // The cooldown of unknown keys is 30 s in any case.
        let next = now + pause.max(30);
        assert_eq!(machine.ask("other", next - 1), Answer::None, "{now}");
        assert_eq!(machine.ask("other", next), Answer::Fetch, "{now}");
        now = next;
    }
    let mut machine = Machine::new(0);
    for pause in [15, 30, 60, 120, 240, 240] {
        machine.fail(now);
        assert_eq!(machine.ask("rsa-1", now + pause - 1), Answer::None, "{pause}");
        assert_eq!(machine.ask("rsa-1", now + pause), Answer::Fetch, "{pause}");
        now += pause;
    }
}

/// A document past its time counts no more; with a grace it does while fetching fails, and only so long.
#[test]
fn a_document_counts_until_its_time_is_over() {
    let mut machine = Machine::new(0);
    machine.fetch(0);
    assert_eq!(machine.ask("rsa-1", 599), Answer::Key);
    assert_eq!(machine.ask("rsa-1", 600), Answer::Fetch);
    machine.fail(600);
    assert_eq!(machine.settle("rsa-1", 600), Answer::None);

    let mut machine = Machine::new(100);
    machine.fetch(0);
    assert_eq!(machine.ask("rsa-1", 600), Answer::Fetch);
    machine.fail(600);
    assert_eq!(machine.settle("rsa-1", 600), Answer::Key);
    assert_eq!(machine.ask("rsa-1", 614), Answer::Key);
    assert_eq!(machine.settle("rsa-1", 700), Answer::None);
}

/// Several servers that failed at one moment do not come back at one.
#[test]
fn pauses_are_spread_over_a_quarter() {
    let mut machine = Machine::new(0);
    machine.0.fetch_begins(at(0));
    machine.0.failed(at(0), 1.0);
    assert_eq!(machine.ask("rsa-1", 18), Answer::None);
    assert_eq!(machine.ask("rsa-1", 19), Answer::Fetch);
}
