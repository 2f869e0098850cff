//! Whom a process serves, and what it takes along.

use super::*;

#[tokio::test]
async fn a_process_serves_its_owner_and_policy_again() {
    let house = House::new(&settings());
    let mut first = house.lease("a").await;
    let number = house.number_of(&mut first).await;
    drop(first);
    let mut second = house.lease("a").await;
    assert_eq!(house.number_of(&mut second).await, number);
}

#[tokio::test]
async fn a_process_serves_no_other_owner() {
    let house = House::new(&settings());
    let mut first = house.lease("a").await;
    let number = house.number_of(&mut first).await;
    drop(first);
    let mut second = house.lease("b").await;
    assert_ne!(house.number_of(&mut second).await, number);
}

#[tokio::test]
async fn a_process_serves_no_other_policy() {
    let house = House::new(&settings());
    let mut first = house.lease("a").await;
    let number = house.number_of(&mut first).await;
    drop(first);
    let mut second = within(house.pool.lease(key("a", "other"), Patience::Bounded))
        .await
        .unwrap();
    assert_ne!(house.number_of(&mut second).await, number);
}

#[tokio::test]
async fn a_kept_runspace_is_forgotten_before_the_next_holder() {
    let house = House::new(&settings());
    let mut lease = house.lease("a").await;
    let mut request = script("1");
    request.keep_runspace = true;
    run(&mut lease, request).await;
    drop(lease);
    let mut next = house.lease("a").await;
    run(&mut next, script("1")).await;
    let kinds: Vec<_> = house.seen.frames.lock().iter().map(|(_, kind)| kind.clone()).collect();
    assert_eq!(kinds, ["run", "forget", "run"]);
}

#[tokio::test]
async fn a_process_whose_run_was_left_is_not_used_again() {
    let house = House::new(&settings());
    let mut lease = house.lease("a").await;
    let run = lease.run(script("hang"), Observer::new(), CancellationToken::new());
    let left = tokio::time::timeout(IN_VAIN, run).await;
    assert!(left.is_err());
    assert!(matches!(
        self::run(&mut lease, script("1")).await,
        RunOutcome::Failed(_)
    ));
    drop(lease);
    house.ended(1).await;
    house.lease("a").await;
    assert_eq!(house.starts(), 2);
}

#[tokio::test]
async fn a_process_that_died_is_replaced() {
    let house = House::new(&settings());
    let mut lease = house.lease("a").await;
    assert!(matches!(run(&mut lease, script("die")).await, RunOutcome::Lost(_)));
    assert!(matches!(run(&mut lease, script("1")).await, RunOutcome::Lost(_)));
    drop(lease);
    let mut lease = house.lease("a").await;
    assert_eq!(house.number_of(&mut lease).await, 2);
}

#[tokio::test]
async fn a_process_is_replaced_after_its_runs() {
    let house = House::new(&WorkerSettings {
        recycle_runs: 2,
        ..settings()
    });
    for expected in [1, 1, 2, 2, 3] {
        let mut lease = house.lease("a").await;
        assert_eq!(house.number_of(&mut lease).await, expected);
    }
}

#[tokio::test]
async fn a_process_that_idles_is_ended_when_it_is_old() {
    let house = House::new(&WorkerSettings {
        recycle_age: IN_VAIN,
        ..settings()
    });
    house.visit("a").await;
    house.ended(1).await;
}
