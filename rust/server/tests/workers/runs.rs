//! Runs that come to their own end.

use crate::harness::Pool;

#[tokio::test]
async fn a_script_runs_and_its_output_comes_as_text() {
    let pool = Pool::new();
    assert_eq!(pool.text_of("a", "6 * 7; 'two'").await, "42two");
    pool.shut_down().await;
}
