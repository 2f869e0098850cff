//! Processes that wait unassigned.

use super::*;

fn with_spares(spares: usize) -> WorkerSettings {
    WorkerSettings { spares, ..settings() }
}

#[tokio::test]
async fn spares_are_started_ahead_and_replaced_when_used() {
    let house = House::new(&with_spares(2));
    house.started(2).await;
    let mut lease = house.lease("a").await;
    assert!(house.number_of(&mut lease).await <= 2);
    house.started(3).await;
}

#[tokio::test]
async fn a_spare_serves_whoever_comes_first() {
    let house = House::new(&with_spares(1));
    house.started(1).await;
    let mut lease = house.lease("b").await;
    assert_eq!(house.number_of(&mut lease).await, 1);
}

#[tokio::test]
async fn spares_stay_within_the_bound_in_total() {
    let house = House::new(&WorkerSettings {
        max: 2,
        ..with_spares(8)
    });
    let first = house.lease("a").await;
    let second = house.lease("b").await;
    assert_eq!(house.starts(), 2);
    drop((first, second));
}

#[tokio::test]
async fn a_start_nobody_waits_for_any_more_is_a_spare() {
    let house = House::new(&settings());
    let waiting = house.waiting("a").await;
    waiting.abort();
    assert!(waiting.await.is_err());
    house.started(1).await;
    let mut lease = house.lease("b").await;
    assert_eq!(house.number_of(&mut lease).await, 1);
}

#[tokio::test]
async fn a_process_that_was_held_and_not_used_serves_anybody() {
    let house = House::new(&settings());
    drop(house.lease("a").await);
    let mut lease = house.lease("b").await;
    assert_eq!(house.number_of(&mut lease).await, 1);
}
