//! Hostile user code: it panics, calls back into the crate, or blocks.
//!
//! No lock, guard or map reference is held while user code runs. Every place that runs user code is
//! attacked with [`attack`], which shows that.

use std::{
    fmt,
    hash::{Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

/// A limit far above the time of any operation.
const PATIENCE: Duration = Duration::from_secs(10);

/// User code that the library runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// `Hash` of a key.
    Hash,
    /// `Eq` of a key.
    Eq,
    /// `Clone` of a key.
    CloneKey,
    /// `Clone` of a value.
    CloneValue,
    /// `Drop` of a key.
    DropKey,
    /// `Drop` of a value, of a callback or of a future.
    DropValue,
    /// The clock of a registry.
    Clock,
    /// A `tracing` subscriber.
    Log,
    /// A subscriber of events.
    Subscriber,
    /// The waker of a waiter.
    Waker,
    /// A function that makes a builder.
    Build,
    /// A body, a fallback or a classifier.
    Call,
}

/// What the hostile code does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It panics.
    Panic,
    /// It uses the library again, on the same thread.
    Reenter,
    /// It waits until another thread has used the library.
    Block,
}

/// A place of the library that runs user code.
pub trait Place: Send + Sync + 'static {
    /// The hooks that [`act`](Self::act) runs.
    const HOOKS: &'static [Hook];
    /// The hooks whose panic does not reach the caller.
    const CAUGHT: &'static [Hook] = &[];

    /// Makes the place, with user code that calls [`Mischief::at`].
    fn new(mischief: &Arc<Mischief>) -> Self;

    /// Makes the library run the user code.
    fn act(&self);

    /// Uses everything that user code can use, from any thread, at any time.
    fn probe(&self);
}

/// A deed that is done when its hook runs.
#[derive(Default)]
pub struct Mischief(Mutex<Option<Armed>>);

struct Armed {
    hook: Hook,
    deed: Box<dyn FnOnce() + Send>,
}

impl Mischief {
    /// Does the deed, once, if `hook` is the armed one. User code calls this.
    pub fn at(&self, hook: Hook) {
        let deed = {
            let mut armed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            armed.take_if(|armed| armed.hook == hook)
        };
        if let Some(armed) = deed {
            (armed.deed)();
        }
    }

    fn arm(&self, hook: Hook, deed: impl FnOnce() + Send + 'static) {
        let deed = Box::new(deed);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Armed { hook, deed });
    }

    fn is_done(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl fmt::Debug for Mischief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mischief")
    }
}

/// Does every deed at every hook of a place, each time in a new one.
///
/// # Panics
/// If a hook is not reached, if a thread waits for ever, if a panic spreads further than it may, or
/// if the place does not work afterwards.
pub fn attack<P: Place>() {
    for &hook in P::HOOKS {
        for deed in [Deed::Panic, Deed::Reenter, Deed::Block] {
            attack_at::<P>(hook, deed);
        }
    }
}

/// Does one deed at one hook of a new place.
///
/// # Panics
/// See [`attack`].
pub fn attack_at<P: Place>(hook: Hook, deed: Deed) {
    let case = format!("{deed:?} at {hook:?}");
    let mischief = Arc::new(Mischief::default());
    let place = Arc::new(P::new(&mischief));
    let used = Arc::clone(&place);
    mischief.arm(hook, move || match deed {
        Deed::Panic => panic!("a deed"),
        Deed::Reenter => used.probe(),
        Deed::Block => on_a_thread(&format!("{deed:?} at {hook:?}"), move || used.probe()),
    });
    let acting = Arc::clone(&place);
    let panicked = on_a_thread(&case, move || {
        catch_unwind(AssertUnwindSafe(|| acting.act())).is_err()
    });
    assert!(mischief.is_done(), "{case}: the hook was not reached");
    let may_panic = deed == Deed::Panic && !P::CAUGHT.contains(&hook);
    assert_eq!(panicked, may_panic, "{case}: whether the caller gets a panic");
    on_a_thread(&case, move || place.probe());
}

/// Runs code on a thread of its own, because a deadlock must fail, not hang.
fn on_a_thread<T: Send + 'static>(case: &str, run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, is_done) = mpsc::channel();
    let thread = thread::spawn(move || {
        let result = run();
        let _ = done.send(());
        result
    });
    let waited = is_done.recv_timeout(PATIENCE);
    assert_ne!(
        waited,
        Err(mpsc::RecvTimeoutError::Timeout),
        "{case}: a lock is held while user code runs"
    );
    thread
        .join()
        .unwrap_or_else(|_| panic!("{case}: the place does not work"))
}

/// A hostile key.
#[derive(Debug)]
pub struct Key {
    id: u64,
    mischief: Arc<Mischief>,
}

impl Key {
    /// Makes a key that equals all others with this number.
    pub fn new(id: u64, mischief: &Arc<Mischief>) -> Self {
        let mischief = Arc::clone(mischief);
        Self { id, mischief }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.mischief.at(Hook::Hash);
        self.id.hash(hasher);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.mischief.at(Hook::Eq);
        self.id == other.id
    }
}

impl Eq for Key {}

impl Clone for Key {
    fn clone(&self) -> Self {
        self.mischief.at(Hook::CloneKey);
        Self::new(self.id, &self.mischief)
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.mischief.at(Hook::DropKey);
    }
}

/// A hostile value.
#[derive(Debug)]
pub struct Value {
    number: u64,
    mischief: Arc<Mischief>,
}

impl Value {
    /// Makes a value with this number.
    pub fn new(number: u64, mischief: &Arc<Mischief>) -> Self {
        let mischief = Arc::clone(mischief);
        Self { number, mischief }
    }

    /// Returns the number.
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        self.mischief.at(Hook::CloneValue);
        Self::new(self.number, &self.mischief)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.mischief.at(Hook::DropValue);
    }
}
