//! A command to one instance, with real breakers under paused time.

use std::time::Duration;

use tokio::time::sleep;

use super::cut::{self, Switch};
use crate::{
    CircuitBreaker, Event, EventKind, Operator, Registry, State,
    fleet::{Fleet, FleetOptions, ReportedBreaker, Store, StoreError, protocol::Service},
};

const SECOND: Duration = Duration::from_secs(1);
/// Longer than any message, and shorter than anything that ends.
const MOMENT: Duration = Duration::from_millis(50);

/// One instance with the breaker `stock`.
struct Pod {
    stock: CircuitBreaker,
    fleet: Fleet,
    switch: Switch,
}

impl Pod {
    async fn join(store: &Store, name: &str) -> Self {
        let registry = Registry::new();
        let stock = registry.breaker("stock").build().unwrap();
        let options = FleetOptions::new("orders").instance(name);
        let (connected, switch) = cut::connect(store, &Service::new("orders").unwrap());
        let fleet = Fleet::start(&registry, connected, options.check().unwrap());
        fleet.joined().await;
        Self { stock, fleet, switch }
    }

    /// Returns what the store shows of `stock` on an instance.
    async fn shown_of(&self, name: &str) -> Option<ReportedBreaker> {
        let overview = self.fleet.overview().await.unwrap();
        let mut instances = overview.instances.into_iter();
        let instance = instances.find(|instance| &*instance.name == name)?;
        instance
            .breakers
            .into_iter()
            .find(|breaker| &*breaker.name == "stock")
    }

    fn changes(&self) -> u64 {
        self.stock.generation()
    }
}

async fn two_pods() -> (Pod, Pod) {
    let store = Store::local();
    (Pod::join(&store, "pod-1").await, Pod::join(&store, "pod-2").await)
}

fn anna() -> Operator {
    Operator::new("anna", "is it this host?")
}

#[tokio::test(start_paused = true)]
async fn one_instance_is_forced_and_shown_and_released_by_the_end() {
    let (one, two) = two_pods().await;
    let target = one.fleet.on_instance("pod-2");
    target
        .force_open("stock", Some(SECOND * 60), anna())
        .await
        .unwrap();
    sleep(MOMENT).await;
    assert_eq!(
        [one.stock.state(), two.stock.state()],
        [State::Closed, State::ForcedOpen]
    );
    let shown = one.shown_of("pod-2").await.expect("it is reported");
    assert_eq!(
        (shown.state.as_str(), shown.operator),
        ("forced_open", Some(anna()))
    );
    assert!(
        shown
            .remaining
            .is_some_and(|left| left <= SECOND * 60 && left > SECOND * 55)
    );
    assert_eq!(one.shown_of("pod-1").await, None);

    sleep(SECOND * 60).await;
    assert_eq!(two.stock.state(), State::Closed, "it ends by itself");
    sleep(MOMENT).await;
    assert_eq!(one.shown_of("pod-2").await, None, "no call is needed for that");
}

#[tokio::test(start_paused = true)]
async fn a_command_takes_effect_once() {
    let (one, two) = two_pods().await;
    let target = one.fleet.on_instance("pod-2");
    target.force_open("stock", None, anna()).await.unwrap();
    sleep(MOMENT).await;
    let after = two.changes();
    sleep(SECOND * 30).await;
    assert_eq!(two.changes(), after, "snapshots do not repeat it");
    two.stock
        .release_override_by(Operator::new("bert", "here it works"));
    two.switch.cut().await;
    sleep(SECOND).await;
    two.switch.restore().await;
    sleep(SECOND * 30).await;
    assert_eq!(
        two.stock.state(),
        State::Closed,
        "an operator of the instance has the last word"
    );
    assert_eq!(one.shown_of("pod-2").await, None);
}

#[tokio::test(start_paused = true)]
async fn the_newest_command_decides_and_then_the_one_for_all() {
    let (one, two) = two_pods().await;
    let target = one.fleet.on_instance("pod-2");
    one.fleet.force_open("stock", None, anna()).await.unwrap();
    target
        .force_closed("stock", Some(SECOND * 10), anna())
        .await
        .unwrap();
    sleep(MOMENT).await;
    assert_eq!(
        [one.stock.state(), two.stock.state()],
        [State::ForcedOpen, State::ForcedClosed]
    );
    assert_eq!(one.shown_of("pod-2").await.unwrap().state, "forced_closed");
    assert_eq!(
        one.shown_of("pod-1").await,
        None,
        "the store has it once, for all"
    );
    sleep(SECOND * 10).await;
    assert_eq!(two.stock.state(), State::ForcedOpen, "what is forced on all");
    sleep(MOMENT).await;
    assert_eq!(one.shown_of("pod-2").await, None);

    target.force_closed("stock", None, anna()).await.unwrap();
    one.fleet.force_open("stock", None, anna()).await.unwrap();
    sleep(MOMENT).await;
    assert_eq!(
        two.stock.state(),
        State::ForcedOpen,
        "a command to all ends one to one"
    );
    target.force_closed("stock", None, anna()).await.unwrap();
    sleep(MOMENT).await;
    one.fleet.release("stock", anna()).await.unwrap();
    sleep(MOMENT).await;
    assert_eq!([one.stock.state(), two.stock.state()], [State::Closed; 2]);
    sleep(SECOND * 30).await;
    assert_eq!([one.stock.state(), two.stock.state()], [State::Closed; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_release_ends_what_the_instance_itself_has_forced() {
    let (one, two) = two_pods().await;
    two.stock
        .force_open_by(Operator::new("bert", "on the page of pod-2"));
    sleep(MOMENT).await;
    let shown = one.shown_of("pod-2").await.expect("it is reported");
    assert_eq!(
        shown.operator,
        Some(Operator::new("bert", "on the page of pod-2"))
    );
    assert_eq!(shown.remaining, None);
    one.fleet.release("stock", anna()).await.unwrap();
    sleep(SECOND * 10).await;
    assert_eq!(two.stock.state(), State::ForcedOpen, "it was not forced on all");
    one.fleet
        .on_instance("pod-2")
        .release("stock", anna())
        .await
        .unwrap();
    sleep(MOMENT).await;
    assert_eq!(two.stock.state(), State::Closed);
    assert_eq!(one.shown_of("pod-2").await, None);
}

#[tokio::test(start_paused = true)]
async fn an_exception_to_what_is_forced_on_all_is_shown() {
    let (one, two) = two_pods().await;
    one.fleet.force_open("stock", None, anna()).await.unwrap();
    sleep(MOMENT).await;
    two.stock
        .release_override_by(Operator::new("bert", "here it works"));
    sleep(MOMENT).await;
    assert_eq!(one.shown_of("pod-2").await.unwrap().state, "closed");
    one.fleet.release("stock", anna()).await.unwrap();
    sleep(MOMENT).await;
    assert_eq!(one.shown_of("pod-2").await, None);
}

#[tokio::test(start_paused = true)]
async fn what_an_instance_missed_reaches_it_when_it_is_back() {
    let (one, two) = two_pods().await;
    let target = one.fleet.on_instance("pod-2");
    two.switch.cut().await;
    target
        .force_open("stock", Some(SECOND * 5), anna())
        .await
        .unwrap();
    sleep(SECOND).await;
    assert_eq!(two.stock.state(), State::Closed, "it is cut off");
    two.switch.restore().await;
    sleep(SECOND).await;
    assert_eq!(two.stock.state(), State::ForcedOpen);

    two.switch.cut().await;
    sleep(SECOND * 4).await;
    assert_eq!(two.stock.state(), State::Closed, "it ends during the outage, too");
    target
        .force_open("stock", Some(SECOND * 5), anna())
        .await
        .unwrap();
    sleep(SECOND * 6).await;
    two.switch.restore().await;
    sleep(SECOND * 2).await;
    assert_eq!(two.stock.state(), State::Closed, "it ended before it arrived");

    two.stock.force_open_by(Operator::new("bert", "by hand"));
    two.switch.cut().await;
    target.release("stock", anna()).await.unwrap();
    sleep(SECOND).await;
    assert_eq!(two.stock.state(), State::ForcedOpen);
    two.switch.restore().await;
    sleep(SECOND).await;
    assert_eq!(two.stock.state(), State::Closed, "a release that it missed");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_starts_again_takes_its_state_over_and_no_old_release() {
    let store = Store::local();
    let one = Pod::join(&store, "pod-1").await;
    let two = Pod::join(&store, "pod-2").await;
    let target = one.fleet.on_instance("pod-2");
    target.force_open("stock", None, anna()).await.unwrap();
    sleep(MOMENT).await;
    two.fleet.leave().await;
    let again = Pod::join(&store, "pod-2").await;
    sleep(MOMENT).await;
    assert_eq!(again.stock.state(), State::ForcedOpen);
    target.release("stock", anna()).await.unwrap();
    sleep(MOMENT).await;
    again.fleet.leave().await;

    let registry = Registry::new();
    let stock = registry.breaker("stock").build().unwrap();
    stock.force_open();
    let options = FleetOptions::new("orders").instance("pod-2");
    let fleet = Fleet::join(&registry, &store, options).unwrap();
    fleet.joined().await;
    sleep(SECOND * 30).await;
    assert_eq!(stock.state(), State::ForcedOpen, "the program forced it since");
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_takes_no_commands_is_an_error() {
    let (one, two) = two_pods().await;
    for name in ["pod-9", "", "pod 2", "pod-2\n", "{pod}", &"a".repeat(100_000)] {
        let error = one
            .fleet
            .on_instance(name)
            .force_open("stock", None, anna())
            .await;
        let error = error.expect_err("it is unknown");
        assert!(matches!(error, StoreError::UnknownInstance { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with("no live instance is named `"), "{text}");
        assert!(text.len() < 200 && !text.contains('\n'), "{text}");
    }
    two.fleet.leave().await;
    let gone = one.fleet.on_instance("pod-2").release("stock", anna()).await;
    assert!(
        matches!(gone, Err(StoreError::UnknownInstance { .. })),
        "{gone:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_command_while_the_store_is_down_is_an_error() {
    let (one, two) = two_pods().await;
    one.switch.cut().await;
    let target = one.fleet.on_instance("pod-2");
    let lost = target.force_open("stock", None, anna()).await;
    assert!(matches!(lost, Err(StoreError::Unreachable { .. })), "{lost:?}");
    one.switch.restore().await;
    sleep(SECOND * 10).await;
    assert_eq!(two.stock.state(), State::Closed, "and nothing is sent later");
}

#[tokio::test(start_paused = true)]
async fn a_state_of_one_instance_names_its_operator_there() {
    let (one, two) = two_pods().await;
    let mut events = two.stock.events();
    let target = one.fleet.on_instance("pod-2");
    target
        .force_closed("stock", Some(SECOND * 60), anna())
        .await
        .unwrap();
    let Event::Breaker(event) = events.recv().await.unwrap() else {
        panic!("nothing was dropped")
    };
    assert_eq!(event.operator, Some(anna()));
    let EventKind::Transition { to, override_for, .. } = event.kind else {
        panic!("it changed: {event:?}")
    };
    assert_eq!(to, State::ForcedClosed);
    assert!(
        override_for.is_some_and(|left| left <= SECOND * 60),
        "{override_for:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_is_made_later_is_forced_from_the_start() {
    let store = Store::local();
    let one = Pod::join(&store, "pod-1").await;
    let registry = Registry::new();
    let options = FleetOptions::new("orders").instance("pod-2");
    let fleet = Fleet::join(&registry, &store, options).unwrap();
    fleet.joined().await;
    let target = one.fleet.on_instance("pod-2");
    target.force_open("stock", None, anna()).await.unwrap();
    sleep(SECOND).await;
    assert_eq!(one.shown_of("pod-2").await, None, "there is no such breaker yet");
    let stock = registry.breaker("stock").build().unwrap();
    sleep(MOMENT).await;
    assert_eq!(stock.state(), State::ForcedOpen);
    assert_eq!(one.shown_of("pod-2").await.unwrap().operator, Some(anna()));
}
