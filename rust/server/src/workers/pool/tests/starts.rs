//! Starts that fail.

use super::*;

#[tokio::test]
async fn one_failure_is_tried_again_at_once() {
    let house = House::failing(&settings(), 1);
    house.lease("a").await;
    assert_eq!(house.starts(), 2);
}

#[tokio::test]
async fn a_second_failure_is_told_with_its_cause() {
    let house = House::failing(&settings(), usize::MAX);
    let error = within(house.pool.lease(key("a", "p"), Patience::Bounded)).await.err();
    assert_eq!(error, Some(LeaseError::Start("there is no engine".to_owned())));
}

#[tokio::test]
async fn calls_during_the_pause_are_told_at_once_and_start_nothing() {
    let house = House::failing(&settings(), usize::MAX);
    assert!(
        within(house.pool.lease(key("a", "p"), Patience::Bounded))
            .await
            .is_err()
    );
    let starts = house.starts();
    let error = within(house.pool.lease(key("b", "p"), Patience::Bounded)).await.err();
    assert_eq!(error, Some(LeaseError::Start("there is no engine".to_owned())));
    assert_eq!(house.starts(), starts);
}

#[tokio::test]
async fn spares_are_tried_again_after_the_pause() {
    let house = House::failing(
        &WorkerSettings {
            spares: 1,
            ..settings()
        },
        2,
    );
    house.started(3).await;
    house.lease("a").await;
}

#[tokio::test]
async fn an_owner_with_a_process_waits_for_it_while_nothing_can_be_started() {
    let house = House::new(&WorkerSettings {
        max_per_owner: 1,
        ..settings()
    });
    let held = house.lease("a").await;
    house.seen.failing.store(usize::MAX, Ordering::Relaxed);
    assert!(
        within(house.pool.lease(key("b", "p"), Patience::Bounded))
            .await
            .is_err()
    );
    let waiting = house.waiting("a").await;
    drop(held);
    assert!(within(waiting).await.unwrap().is_ok());
}

/// What `/-/health/ready` goes by.
#[tokio::test]
async fn a_pool_is_ready_while_its_last_start_worked() {
    let house = House::failing(&settings(), 2);
    assert!(house.pool.census().is_ready, "none was wanted yet");
    assert!(
        within(house.pool.lease(key("a", "p"), Patience::Bounded))
            .await
            .is_err()
    );
    assert!(!house.pool.census().is_ready);
    let spares = WorkerSettings {
        spares: 1,
        ..settings()
    };
    assert!(
        !House::failing(&spares, usize::MAX).pool.census().is_ready,
        "the first start has not ended"
    );
    let house = House::new(&settings());
    let held = house.lease("a").await;
    let census = house.pool.census();
    assert!(census.is_ready);
    assert_eq!((census.busy, census.idle), (1, 0));
    drop(held);
    within(house.pool.shut_down(Duration::from_secs(1))).await;
    assert!(!house.pool.census().is_ready);
}
