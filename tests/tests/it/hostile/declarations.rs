//! First and later calls of annotated functions, and lazy breakers.

use std::{
    cell::Cell,
    io,
    sync::{Arc, Mutex, OnceLock},
};

use fusebox::{
    CircuitBreaker, CircuitBreakerBuilder, LazyBreaker, Registry, circuit_breaker, testing::Isolated,
};
use fusebox_tests::{
    by_hand::now,
    hostile::{Hook, Key, Mischief, Place, Value, attack},
    log::OnLine,
};
use tracing::{Event, Subscriber};

use crate::hostile::clocks::HostileClock;

#[circuit_breaker(name = "hostile", threshold = 3)]
async fn _other() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(
    name = "hostile",
    threshold = 4,
    last_good = "1m",
    last_good_key = key.clone(),
    fallback_on = "failure"
)]
async fn load(key: &Key, answer: Option<Value>) -> io::Result<Value> {
    answer.ok_or_else(|| io::ErrorKind::BrokenPipe.into())
}

/// A `tracing` subscriber that is hostile when it gets an event.
pub(super) fn hostile_log(mischief: &Arc<Mischief>) -> impl Subscriber + Send + Sync + use<> {
    let mischief = Arc::clone(mischief);
    OnLine(move |_: &Event<'_>| mischief.at(Hook::Log))
}

/// The functions above in a registry of their own, in which none was called.
struct FirstCall {
    isolated: Isolated,
    mischief: Arc<Mischief>,
}

impl FirstCall {
    fn load(&self, number: Option<u64>) -> io::Result<u64> {
        let key = Key::new(1, &self.mischief);
        let answer = number.map(|number| Value::new(number, &self.mischief));
        now(self.isolated.run(load(&key, answer))).map(|value| value.number())
    }
}

impl Place for FirstCall {
    const HOOKS: &'static [Hook] = &[
        Hook::Log,
        Hook::Hash,
        Hook::CloneKey,
        Hook::CloneValue,
        Hook::Clock,
    ];
    const CAUGHT: &'static [Hook] = &[Hook::Log];

    fn new(mischief: &Arc<Mischief>) -> Self {
        let registry = Registry::builder()
            .clock(HostileClock(Arc::clone(mischief)))
            .build();
        Self {
            isolated: Isolated::with_registry(registry),
            mischief: Arc::clone(mischief),
        }
    }

    fn act(&self) {
        let log = hostile_log(&self.mischief);
        let first = tracing::subscriber::with_default(log, || self.load(Some(1)));
        assert_eq!(first.expect("its own answer"), 1);
    }

    fn probe(&self) {
        assert_eq!(self.load(Some(2)).expect("its own answer"), 2);
        assert_eq!(self.load(None).expect("the kept one"), 2);
        let registry = self.isolated.registry();
        registry.declare_all().expect_err("conflicts");
        let conflicts = registry.conflicts();
        let reported = conflicts.iter().filter(|conflict| conflict.name() == "hostile");
        assert_eq!(reported.count(), 1);
        assert!(registry.get("hostile").is_some() && registry.into_iter().count() >= 2);
    }
}

#[cfg_attr(
    not(feature = "catalog"),
    ignore = "the conflict that is logged needs both functions"
)]
#[test]
fn a_first_call_holds_no_lock_and_no_cell_while_user_code_runs() {
    attack::<FirstCall>();
}

/// A later call: the store is there, and holds a value.
struct NextCall(FirstCall);

impl Place for NextCall {
    const HOOKS: &'static [Hook] = &[
        Hook::Hash,
        Hook::Eq,
        Hook::CloneValue,
        Hook::DropKey,
        Hook::DropValue,
    ];

    fn new(mischief: &Arc<Mischief>) -> Self {
        let first = FirstCall::new(mischief);
        first.load(Some(1)).expect("its own answer");
        Self(first)
    }

    fn act(&self) {
        assert!(self.0.load(None).is_ok());
        assert!(self.0.load(Some(3)).is_ok());
    }

    fn probe(&self) {
        self.0.probe();
    }
}

#[cfg_attr(
    not(feature = "catalog"),
    ignore = "the conflict that is logged needs both functions"
)]
#[test]
fn a_later_call_holds_no_lock_while_user_code_runs() {
    attack::<NextCall>();
}

/// In the global registry: a first call there is possible once.
#[circuit_breaker(name = "global", threshold = 3)]
async fn _other_global() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(name = "global", threshold = 4, last_good = "1m")]
async fn ship(line: &str) -> io::Result<usize> {
    Ok(line.len())
}

/// Ships what is logged, but not what shipping logs.
fn shipper(mischief: &Arc<Mischief>) -> impl Subscriber + Send + Sync + use<> {
    thread_local!(static IS_INSIDE: Cell<bool> = const { Cell::new(false) });
    let mischief = Arc::clone(mischief);
    OnLine(move |_: &Event<'_>| {
        if !IS_INSIDE.replace(true) {
            assert_eq!(now(ship("logged")).expect("it works"), 6);
            mischief.at(Hook::Log);
        }
    })
}

struct FirstGlobalCall(Arc<Mischief>);

impl Place for FirstGlobalCall {
    const HOOKS: &'static [Hook] = &[];

    fn new(mischief: &Arc<Mischief>) -> Self {
        Self(Arc::clone(mischief))
    }

    fn act(&self) {
        let first = || now(ship("first")).expect("it works");
        assert_eq!(tracing::subscriber::with_default(shipper(&self.0), first), 5);
    }

    fn probe(&self) {
        assert_eq!(now(ship("again")).expect("it works"), 5);
    }
}

#[cfg_attr(
    not(feature = "catalog"),
    ignore = "the conflict that is logged needs both functions"
)]
#[test]
fn a_first_call_in_the_global_registry_holds_no_cell_while_user_code_runs() {
    fusebox_tests::hostile::attack_at::<FirstGlobalCall>(Hook::Log, fusebox_tests::hostile::Deed::Block);
}

/// What the function of the lazy breaker finds: a static has no field for it.
static BUILDING: Mutex<Option<Arc<Mischief>>> = Mutex::new(None);

fn hostile_builder() -> CircuitBreakerBuilder {
    let mischief = BUILDING.lock().expect("no panic under it").clone();
    mischief.expect("set before").at(Hook::Build);
    CircuitBreaker::builder("hostile lazy").threshold(3)
}

/// A new lazy breaker, because each is built once.
struct Lazy(OnceLock<LazyBreaker>);

impl Place for Lazy {
    const HOOKS: &'static [Hook] = &[Hook::Build];

    fn new(mischief: &Arc<Mischief>) -> Self {
        *BUILDING.lock().expect("no panic under it") = Some(Arc::clone(mischief));
        Self(OnceLock::from(LazyBreaker::new(hostile_builder)))
    }

    fn act(&self) {
        self.probe();
    }

    fn probe(&self) {
        let lazy = self.0.get().expect("made above");
        lazy.try_acquire().expect("closed").success();
    }
}

#[test]
fn a_lazy_breaker_holds_no_cell_while_its_builder_is_made() {
    attack::<Lazy>();
}
