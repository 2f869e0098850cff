//! How many processes there are, and whose turn it is.

use super::*;

#[tokio::test]
async fn a_call_beyond_the_owners_bound_waits_for_one_of_its_own() {
    let house = House::new(&WorkerSettings {
        max_per_owner: 1,
        ..settings()
    });
    let mut first = house.lease("a").await;
    let waiting = house.waiting("a").await;
    let other = house.lease("b").await;
    assert!(!waiting.is_finished());
    let number = house.number_of(&mut first).await;
    drop(first);
    let mut second = within(waiting).await.unwrap().unwrap();
    assert_eq!(house.number_of(&mut second).await, number);
    drop(other);
}

#[tokio::test]
async fn a_call_waits_no_longer_than_the_bound() {
    let house = House::new(&WorkerSettings {
        max: 1,
        queue_timeout: IN_VAIN,
        ..settings()
    });
    let held = within(async {
        loop {
            // The one process may take longer to start than this call may wait.
            if let Ok(lease) = house.pool.lease(key("a", "p"), Patience::Bounded).await {
                return lease;
            }
        }
    });
    let held = held.await;
    assert!(matches!(refusal(&house, "b").await, LeaseError::Busy { .. }));
    drop(held);
}

async fn refusal(house: &House, owner: &str) -> LeaseError {
    let lease = within(house.pool.lease(key(owner, "p"), Patience::Bounded)).await;
    lease.err().expect("it gets no process")
}

/// The issue, item 8: beyond the bound of the queue the answer comes at once.
#[tokio::test]
async fn a_call_beyond_the_queue_is_refused_at_once() {
    let house = House::new(&WorkerSettings {
        max: 1,
        queue: 2,
        ..settings()
    });
    let held = house.lease("a").await;
    let _waiting = [house.waiting("a").await, house.waiting("b").await];
    assert!(matches!(refusal(&house, "c").await, LeaseError::Busy { .. }));
    drop(held);
}

/// One owner's calls cannot take all places of the queue.
#[tokio::test]
async fn an_owner_has_a_part_of_the_queue() {
    let house = House::new(&WorkerSettings {
        max: 1,
        queue_per_owner: 1,
        ..settings()
    });
    let held = house.lease("a").await;
    let waiting = house.waiting("a").await;
    assert!(matches!(refusal(&house, "a").await, LeaseError::Busy { .. }));
    let other = house.waiting("b").await;
    drop(within(waiting_after(held, waiting)).await);
    assert!(within(other).await.unwrap().is_ok());
}

/// The lease that a waiting call gets once `held` is given back.
async fn waiting_after(held: Lease, waiting: JoinHandle<Result<Lease, LeaseError>>) -> Lease {
    drop(held);
    waiting.await.unwrap().unwrap()
}

/// A full queue is no reason to refuse who can be served.
#[tokio::test]
async fn a_full_queue_does_not_refuse_a_call_that_gets_a_process() {
    let house = House::new(&WorkerSettings {
        max: 2,
        max_per_owner: 1,
        queue: 1,
        ..settings()
    });
    house.visit("b").await;
    let mut held = house.lease("a").await;
    house.number_of(&mut held).await;
    let waiting = house.waiting("a").await;
    house.lease("b").await;
    within(waiting_after(held, waiting)).await;
}

/// Jobs have nobody who waits for an answer: they are not counted, and not refused.
#[tokio::test]
async fn a_job_waits_as_long_as_it_takes() {
    let house = House::new(&WorkerSettings {
        max: 1,
        queue: 1,
        queue_timeout: Duration::ZERO,
        ..settings()
    });
    let first = within(house.pool.lease(key("a", "p"), Patience::Unbounded)).await;
    let pool = house.pool.clone();
    let job = tokio::spawn(async move { pool.lease(key("b", "p"), Patience::Unbounded).await });
    tokio::task::yield_now().await;
    assert!(matches!(refusal(&house, "c").await, LeaseError::Busy { .. }));
    assert!(!job.is_finished());
    drop(first);
    assert!(within(job).await.unwrap().is_ok());
}

#[tokio::test]
async fn an_idle_process_of_another_owner_makes_room() {
    let house = House::new(&WorkerSettings { max: 2, ..settings() });
    let held = house.lease("a").await;
    house.visit("b").await;
    let _third = house.lease("c").await;
    house.ended(1).await;
    assert_eq!(house.starts(), 3);
    drop(held);
}

#[tokio::test]
async fn the_one_that_idles_longest_makes_room() {
    let house = House::new(&WorkerSettings { max: 2, ..settings() });
    let (mut first, mut second) = (house.lease("a").await, house.lease("b").await);
    house.number_of(&mut first).await;
    let number = house.number_of(&mut second).await;
    drop(first);
    drop(second);
    let _third = house.lease("c").await;
    let mut second = house.lease("b").await;
    assert_eq!(house.number_of(&mut second).await, number);
}

#[tokio::test]
async fn an_owner_at_the_bound_gives_up_what_idles_under_another_policy() {
    let house = House::new(&WorkerSettings {
        max_per_owner: 1,
        ..settings()
    });
    house.visit("a").await;
    let lease = within(house.pool.lease(key("a", "other"), Patience::Bounded)).await;
    assert!(lease.is_ok());
    house.ended(1).await;
}

#[tokio::test]
async fn owners_take_turns() {
    let house = House::new(&WorkerSettings { max: 1, ..settings() });
    let mut held = house.lease("a").await;
    house.number_of(&mut held).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for owner in ["a", "a", "a", "b", "c"] {
        let waiting = house.waiting(owner).await;
        let order = order.clone();
        tasks.push(tokio::spawn(async move {
            let mut lease = waiting.await.unwrap().unwrap();
            run(&mut lease, script("1")).await;
            order.lock().push(owner);
        }));
        tokio::task::yield_now().await;
    }
    drop(held);
    for task in tasks {
        within(task).await.unwrap();
    }
    assert_eq!(*order.lock(), ["a", "b", "c", "a", "a"]);
}

#[tokio::test]
async fn a_call_that_gives_up_loses_its_place() {
    let house = House::new(&WorkerSettings { max: 1, ..settings() });
    let held = house.lease("a").await;
    let given_up = house.waiting("a").await;
    let waiting = house.waiting("a").await;
    given_up.abort();
    assert!(given_up.await.is_err());
    drop(held);
    assert!(within(waiting).await.unwrap().is_ok());
}

#[tokio::test]
async fn many_calls_of_many_owners_all_get_a_process() {
    let house = House::new(&WorkerSettings {
        max: 3,
        max_per_owner: 2,
        spares: 1,
        recycle_runs: 3,
        ..settings()
    });
    let calls = (0..200).map(|call| {
        let pool = house.pool.clone();
        tokio::spawn(async move {
            let mut lease = pool
                .lease(key(["a", "b", "c", "d"][call % 4], "p"), Patience::Bounded)
                .await
                .unwrap();
            let text = if call % 17 == 0 { "die" } else { "1" };
            run(&mut lease, script(text)).await;
        })
    });
    for call in calls.collect::<Vec<_>>() {
        within(call).await.unwrap();
    }
}
