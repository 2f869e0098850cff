//! The end of the pool.

use super::*;

#[tokio::test]
async fn everything_ends_and_nothing_is_started_any_more() {
    let house = House::new(&WorkerSettings {
        spares: 1,
        ..settings()
    });
    house.started(1).await;
    let held = house.lease("a").await;
    drop(house.lease("b").await);
    assert!(within(house.pool.shut_down(DEADLINE)).await);
    let starts = house.starts();
    drop(held);
    house.ended(starts).await;
    assert_eq!(house.starts(), starts);
}

#[tokio::test]
async fn calls_are_refused_those_that_wait_too() {
    let house = House::new(&WorkerSettings { max: 1, ..settings() });
    let held = house.lease("a").await;
    let waiting = house.waiting("b").await;
    within(house.pool.shut_down(DEADLINE)).await;
    assert_eq!(within(waiting).await.unwrap().err(), Some(LeaseError::ShuttingDown));
    let refused = within(house.pool.lease(key("a", "p"), Patience::Bounded)).await.err();
    assert_eq!(refused, Some(LeaseError::ShuttingDown));
    drop(held);
}

#[tokio::test]
async fn a_run_that_is_on_is_lost() {
    let house = House::new(&settings());
    let mut lease = house.lease("a").await;
    let run = tokio::spawn(async move { run(&mut lease, script("hang")).await });
    tokio::task::yield_now().await;
    within(house.pool.shut_down(DEADLINE)).await;
    assert!(matches!(within(run).await.unwrap(), RunOutcome::Lost(_)));
}
