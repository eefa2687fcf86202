//! The callers: every way in which a call can be made and can end.

use std::{
    future::{Future, pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use fusebox::{CallError, Outcome, OwnedPermit};

use crate::{chance::Chance, watch::Watched};

/// One caller.
pub(crate) struct Load {
    chance: Chance,
    breakers: Vec<Arc<Watched>>,
    stop: Arc<AtomicBool>,
    /// Permits kept for a while, so that their results come late.
    kept: Vec<(OwnedPermit, Arc<Watched>)>,
}

impl Load {
    pub(crate) fn new(seed: u64, breakers: Vec<Arc<Watched>>, stop: Arc<AtomicBool>) -> Self {
        Self {
            chance: Chance::new(seed),
            breakers,
            stop,
            kept: Vec::new(),
        }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn breaker(&mut self) -> Arc<Watched> {
        Arc::clone(self.chance.one_of(&self.breakers))
    }

    /// Returns whether the service fails now: it works for a while and fails for a
    /// while.
    fn is_ill(&mut self) -> bool {
        let phase = self.breakers[0].breaker.snapshot().totals.calls() / 512 % 4;
        self.chance.below(10) < if phase == 3 { 8 } else { 1 }
    }

    /// Calls through `call` and `call_classified` on the runtime.
    pub(crate) async fn in_a_task(mut self) {
        while !self.is_over() {
            let watched = self.breaker();
            let is_ill = self.is_ill();
            match self.chance.below(40) {
                0 => cancelled(&watched).await,
                1 => panicking(&watched).await,
                2 => drop(watched.breaker.call(pending::<Result<(), ()>>())),
                3 => ignored(&watched).await,
                4 => watched.note(watched.breaker.call(slow(is_ill)).await),
                _ => watched.note(watched.breaker.call(quick(is_ill)).await),
            }
        }
    }

    /// Calls through permits on a thread of its own.
    pub(crate) fn on_a_thread(mut self) {
        while !self.is_over() {
            let watched = self.breaker();
            let is_ill = self.is_ill();
            let Ok(permit) = watched.breaker.try_acquire_owned() else {
                watched.rejected();
                thread::yield_now();
                continue;
            };
            watched.admitted();
            match self.chance.below(20) {
                0 => drop(permit),
                1 => permit.ignore(),
                2 if self.kept.len() < 50 => self.kept.push((permit, watched)),
                _ if is_ill => permit.failure(),
                _ => permit.success(),
            }
            if self.kept.len() > 40 {
                self.end_the_kept();
            }
        }
        self.end_the_kept();
    }

    fn end_the_kept(&mut self) {
        for (number, (permit, _)) in self.kept.drain(..).enumerate() {
            match number % 3 {
                0 => permit.success(),
                1 => permit.failure(),
                _ => drop(permit),
            }
        }
    }
}

impl Watched {
    /// Counts the result of a call, apart from the breaker's own counts.
    fn note(&self, result: Result<(), CallError<()>>) {
        match result {
            Err(CallError::Rejected(_)) => self.rejected(),
            Ok(()) | Err(_) => self.admitted(),
        }
    }
}

async fn quick(is_ill: bool) -> Result<(), ()> {
    tokio::task::yield_now().await;
    if is_ill { Err(()) } else { Ok(()) }
}

async fn slow(is_ill: bool) -> Result<(), ()> {
    tokio::time::sleep(Duration::from_millis(4)).await;
    if is_ill { Err(()) } else { Ok(()) }
}

/// A caller that gives up after a while.
async fn cancelled(watched: &Watched) {
    let mut call = Box::pin(watched.breaker.call(pending::<Result<(), ()>>()));
    if poll_once(call.as_mut()).is_ready() {
        return watched.rejected();
    }
    watched.admitted();
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// A call that panics in its own poll.
async fn panicking(watched: &Watched) {
    let mut call = pin!(watched.breaker.call(poll_fn(|_| -> Poll<Result<(), ()>> {
        resume_unwind(Box::new(()))
    })));
    match catch_unwind(AssertUnwindSafe(|| poll_once(call.as_mut()))) {
        Ok(_) => watched.rejected(),
        Err(_) => watched.admitted(),
    }
}

async fn ignored(watched: &Watched) {
    match watched
        .breaker
        .call_classified(async {}, |()| Outcome::Ignored)
        .await
    {
        Ok(()) => watched.admitted(),
        Err(_) => watched.rejected(),
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
