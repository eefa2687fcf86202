//! Many waiters at once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use fusebox::{CircuitBreaker, Outcome};
use tokio::{sync::mpsc, task::JoinSet};

use super::settle;

/// Tasks that wait for a permit, and then end their call as the test decides.
pub(crate) struct Crowd {
    admitted: Arc<AtomicUsize>,
    ends: Vec<mpsc::UnboundedSender<Option<Outcome>>>,
    /// Ends with the crowd.
    _tasks: JoinSet<()>,
    permits: mpsc::UnboundedReceiver<usize>,
}

impl Crowd {
    pub(crate) fn of(waiters: usize, breaker: &CircuitBreaker) -> Self {
        let admitted = Arc::new(AtomicUsize::new(0));
        let (sender, permits) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        let ends = (0..waiters)
            .map(|number| {
                let (end, mut ending) = mpsc::unbounded_channel::<Option<Outcome>>();
                let (breaker, admitted, sender) = (breaker.clone(), Arc::clone(&admitted), sender.clone());
                tasks.spawn(async move {
                    let permit = breaker.ready().await;
                    admitted.fetch_add(1, Ordering::SeqCst);
                    sender.send(number).expect("the test still runs");
                    let end = ending.recv().await.expect("the test still runs");
                    if let Some(outcome) = end {
                        permit.record(outcome);
                    }
                });
                end
            })
            .collect();
        Self {
            admitted,
            ends,
            _tasks: tasks,
            permits,
        }
    }

    pub(crate) fn admitted(&self) -> usize {
        self.admitted.load(Ordering::SeqCst)
    }

    /// Ends the call that was admitted first, of those that still run.
    /// Either with this outcome or by dropping its permit.
    pub(crate) async fn end_one(&mut self, end: Option<Outcome>) {
        let number = self.permits.recv().await.expect("somebody was admitted");
        self.ends[number].send(end).expect("it waits to be ending");
        settle().await;
    }
}
