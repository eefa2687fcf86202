//! The registry of the isolated future that runs on this tokio runtime.

use tokio::runtime::{Handle, Id};

use crate::{
    registry::Registry,
    sync::{StaticMutex, StaticMutexGuard, StaticOrdering as Ordering, StaticUsize, lock_static},
};

/// How many isolated futures run: all that a call outside tests reads.
static RUNNING: StaticUsize = StaticUsize::new(0);

static ISOLATED: StaticMutex<Vec<IsolatedRuntime>> = StaticMutex::new(Vec::new());

struct IsolatedRuntime {
    runtime: Id,
    registry: Registry,
}

/// An isolated future on a tokio runtime, until this is dropped.
#[derive(Debug)]
pub(crate) struct OnRuntime {
    runtime: Option<Id>,
    registry: Registry,
}

impl OnRuntime {
    /// Enters the polled future. Outside of a runtime, it does nothing.
    pub(crate) fn enter(registry: &Registry) -> Self {
        let registry = registry.clone();
        let runtime = this_runtime();
        if let Some(runtime) = runtime {
            let registry = registry.clone();
            all().push(IsolatedRuntime { runtime, registry });
            // Release: a task that is spawned later finds the entry.
            RUNNING.fetch_add(1, Ordering::Release);
        }
        Self { runtime, registry }
    }
}

impl Drop for OnRuntime {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime else {
            return;
        };
        // Relaxed: a call that reads the old number searches and finds nothing.
        RUNNING.fetch_sub(1, Ordering::Relaxed);
        let removed = {
            let mut all = all();
            let mine = all
                .iter()
                .position(|other| other.runtime == runtime && other.registry.is(&self.registry));
            mine.map(|index| all.swap_remove(index))
        };
        drop(removed);
    }
}

/// Returns the registry that all isolated futures of this runtime have.
pub(super) fn current() -> Option<Registry> {
    // Acquire: pairs with the Release of `enter`.
    if RUNNING.load(Ordering::Acquire) == 0 {
        return None;
    }
    let runtime = this_runtime()?;
    let all = all();
    let mut here = all.iter().filter(|isolated| isolated.runtime == runtime);
    let first = here.next()?;
    let is_only = here.all(|other| other.registry.is(&first.registry));
    is_only.then(|| first.registry.clone())
}

fn this_runtime() -> Option<Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

fn all() -> StaticMutexGuard<'static, Vec<IsolatedRuntime>> {
    lock_static(&ISOLATED)
}
