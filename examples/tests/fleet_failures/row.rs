//! One row of the table: what it cost the calls, and how long it took.

use std::time::Duration;

use crate::{line::Calls, stage::Stage};

/// How long an admitted call takes to reach the service, on a busy machine.
const ON_ITS_WAY: Duration = Duration::from_millis(100);

/// A row that is being played.
pub(crate) struct Row {
    name: &'static str,
    before: Calls,
    /// The requests that reached the service since all instances had stopped.
    trials: Option<Trials>,
}

struct Trials {
    before: u64,
    reached: Option<u64>,
}

/// Prints the head of the table.
pub(crate) fn print_head() {
    println!(
        "{:<34} {:>6} {:>4} {:>6} {:>9}  {:>6}  {:>10}",
        "row", "calls", "lost", "slowed", "longest", "trials", "converged"
    );
}

impl Row {
    pub(crate) fn start(stage: &Stage, name: &'static str) -> Self {
        Self {
            name,
            before: stage.calls(),
            trials: None,
        }
    }

    /// From here on, all instances have stopped: a request is a trial call.
    pub(crate) async fn count_trials(&mut self, stage: &mut Stage) {
        // A call that was admitted before its breaker opened may be on its way.
        stage.run_for(ON_ITS_WAY).await;
        self.trials = Some(Trials {
            before: stage.inventory.requests(),
            reached: None,
        });
    }

    /// Whether a trial call has reached the service.
    pub(crate) fn has_trial(&self, stage: &Stage) -> bool {
        let trials = self.trials.as_ref().expect("they are counted");
        stage.inventory.requests() > trials.before
    }

    /// The trial calls since then.
    ///
    /// Those after this are not counted: the service has recovered.
    pub(crate) fn trials(&mut self, stage: &Stage) -> u64 {
        let trials = self.trials.as_mut().expect("they are counted");
        let reached = stage.inventory.requests() - trials.before;
        *trials.reached.get_or_insert(reached)
    }

    /// Prints the row, and checks that no call was lost or slowed.
    ///
    /// `converged`: until all instances were again in the state that they should have.
    pub(crate) async fn end(self, stage: &mut Stage, converged: Duration, note: &str) {
        stage.until_all_have_reported().await;
        let calls = stage.calls();
        let ended = calls.ended - self.before.ended;
        // An instance reports between two calls.
        let lost = calls.started - calls.ended;
        let slowed = calls.slowed - self.before.slowed;
        let trials = self.trials.and_then(|trials| trials.reached);
        println!(
            "{:<34} {ended:>6} {lost:>4} {slowed:>6} {:>9}  {:>6}  {:>10}  {note}",
            self.name,
            format!("{:.1?}", Duration::from_micros(calls.longest_overhead_micros)),
            trials.map_or("-".to_owned(), |trials| trials.to_string()),
            format!("{converged:.1?}"),
        );
        assert!(ended > 0, "calls go on");
        assert_eq!((lost, slowed), (0, 0), "calls lost and slowed");
    }
}
