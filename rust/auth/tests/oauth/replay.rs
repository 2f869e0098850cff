//! Tokens that are taken once (4.8).

use std::sync::Arc;

use spe_auth::{Issuer, ReplayCache, ReplayError};

fn issuer(text: &str) -> Issuer {
    Issuer::canonical(text).unwrap()
}

#[test]
fn the_first_of_all_is_taken() {
    let cache = Arc::new(ReplayCache::new(100));
    let take = |cache: Arc<ReplayCache>| move || cache.consume(&issuer("https://a"), "1", 100, 10).is_ok();
    let threads: Vec<_> = (0..16).map(|_| std::thread::spawn(take(cache.clone()))).collect();
    let taken = threads.into_iter().map(|thread| thread.join().unwrap());
    assert_eq!(taken.filter(|taken| *taken).count(), 1);
}

/// The issuer is part of the key, and not by putting two texts side by side.
#[test]
fn an_id_belongs_to_its_issuer() {
    let cache = ReplayCache::new(100);
    for (from, id) in [
        ("https://a", "b"),
        ("https://b", "b"),
        ("https://a", "|b"),
        ("a", "b|c"),
        ("a|b", "c"),
    ] {
        assert_eq!(cache.consume(&issuer(from), id, 100, 10), Ok(false), "{from} {id}");
    }
    assert_eq!(
        cache.consume(&issuer("HTTPS://A/"), "b", 100, 10),
        Err(ReplayError::Used)
    );
}

/// AU-D-27: it is remembered as long as it could be taken.
#[test]
fn it_is_remembered_to_its_end() {
    let cache = ReplayCache::new(100);
    assert_eq!(cache.consume(&issuer("a"), "1", 100, 10), Ok(false));
    assert_eq!(cache.consume(&issuer("a"), "1", 100, 99), Err(ReplayError::Used));
    assert_eq!(cache.consume(&issuer("a"), "1", 200, 100), Ok(false));
}

#[test]
fn it_holds_ten_times_its_size_and_no_more() {
    let cache = ReplayCache::new(3);
    for number in 0..30 {
        let more = cache.consume(&issuer("a"), &number.to_string(), 100, 10);
        assert_eq!(more, Ok(number >= 3), "{number}");
    }
    assert_eq!(cache.consume(&issuer("a"), "30", 100, 10), Err(ReplayError::Full));
    assert_eq!(cache.consume(&issuer("a"), "5", 100, 10), Err(ReplayError::Used));
    assert_eq!(cache.consume(&issuer("a"), "30", 200, 100), Ok(false));
    assert_eq!(cache.len(), 1);
}
