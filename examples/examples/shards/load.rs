//! The load: each shard gets a query every 50 ms, whatever the others do.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fusebox::Refusal;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{
    cluster::{Cluster, SHARDS},
    query::{QueryError, query},
    recording::{Answer, Call},
};

const EVERY: Duration = Duration::from_millis(50);

/// Queries all shards until `end`.
///
/// Returns the calls in the order of their start.
pub(crate) async fn offer(cluster: &Arc<Cluster>, start: Instant, end: Duration) -> Vec<Call> {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let mut clients = JoinSet::new();
    for shard in 0..SHARDS {
        let (cluster, calls) = (Arc::clone(cluster), Arc::clone(&calls));
        clients.spawn(async move {
            let mut queries = JoinSet::new();
            // The clients do not all call at the same time.
            let mut due = EVERY * u32::try_from(shard).unwrap_or(0) / 40;
            while due < end {
                sleep_until(start + due).await;
                let (cluster, calls) = (Arc::clone(&cluster), Arc::clone(&calls));
                queries.spawn(async move {
                    let at = start.elapsed();
                    let answer = answer(&query(&cluster, shard).await);
                    let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
                    calls.push(Call {
                        due,
                        at,
                        shard,
                        answer,
                    });
                });
                due += EVERY;
            }
            queries.join_all().await;
        });
    }
    clients.join_all().await;
    let mut calls = std::mem::take(&mut *calls.lock().unwrap_or_else(PoisonError::into_inner));
    calls.sort_by_key(|call| call.at);
    calls
}

fn answer(result: &Result<(), QueryError>) -> Answer {
    match result {
        Ok(()) => Answer::Answered,
        Err(QueryError::Io(_)) => Answer::Failed,
        Err(QueryError::Refused(Refusal::TimedOut(_))) => Answer::TimedOut,
        Err(QueryError::Refused(Refusal::Rejected(_))) => Answer::Rejected,
    }
}
