//! What every store does with a command to one instance.
//!
//! Each claim runs against each store.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    claims::claims,
    stand::{LONG, SHORT, Stand},
};
use crate::{
    State,
    fleet::{
        Store,
        protocol::{
            Command, Forced, ForcedState, Message, NotTaken, OverrideRecord, Reply, Report, Reported,
            Restored, Shown, Standing, Version,
        },
    },
};

claims! {
    a_command_to_one_instance_is_in_its_snapshot_alone
    a_command_to_an_unknown_instance_changes_nothing
    a_command_to_all_ends_the_earlier_ones_to_one
    a_command_to_all_that_has_ended_has_ended_the_earlier_ones_to_one
    the_newest_of_two_operators_decides
    a_release_of_one_instance_is_remembered
    a_store_that_lost_its_data_takes_the_states_of_one_instance_back
    an_instance_that_starts_again_finds_its_states
    the_overview_shows_overrides_with_their_operators
    what_is_forced_on_all_is_not_shown_again
}

/// What is forced on the instance that reads.
async fn own(stand: &mut Stand) -> Vec<(String, Option<ForcedState>)> {
    let own = stand.content().await.own.into_iter();
    own.map(|(name, forced)| (name.to_string(), forced.over.map(|over| over.state)))
        .collect()
}

fn open(name: &str) -> (String, Option<ForcedState>) {
    (name.to_owned(), Some(ForcedState::Open))
}

async fn a_command_to_one_instance_is_in_its_snapshot_alone(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    let reply = one
        .force_on(Some("two"), "inventory", ForcedState::Open, Some(SHORT))
        .await;
    let Reply::Changed(version) = reply else {
        panic!("it was changed: {reply:?}")
    };
    let over = OverrideRecord {
        state: ForcedState::Open,
        remaining: Some(SHORT),
        who: "anna".to_owned(),
        reason: "provider down".to_owned(),
    };
    let message = Message::Forced {
        breaker: "inventory".into(),
        on: Some("two".into()),
        forced: Forced {
            over: Some(over),
            version,
        },
    };
    assert_eq!(two.message().await, message);
    assert_eq!(own(&mut two).await, [open("inventory")]);
    let content = one.content().await;
    assert_eq!((content.own, content.forced), (Vec::new(), Vec::new()));
    sleep(SHORT * 2).await;
    assert_eq!(own(&mut two).await, [], "it ends by itself");
}

async fn a_command_to_an_unknown_instance_changes_nothing(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut dead = Stand::connect(&store, "dead").await;
    dead.sync_for(SHORT, "").await;
    sleep(SHORT * 2).await;
    let left = Stand::join(&store, "left").await;
    let instance = left.instance.clone();
    left.execute(Command::Leave { instance }).await;
    let before = one.sync("").await.version;
    for name in ["never", "dead", "left", "*", "one/inventory", ""] {
        let forced = one
            .force_on(Some(name), "inventory", ForcedState::Open, None)
            .await;
        assert_eq!(forced, Reply::NotTaken(NotTaken::Unknown), "{name}");
        let released = one.release_on(Some(name), "inventory").await;
        assert_eq!(released, Reply::NotTaken(NotTaken::Unknown), "{name}");
    }
    one.hears_nothing().await;
    assert_eq!(one.sync("").await.version, before);
}

async fn a_command_to_all_ends_the_earlier_ones_to_one(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    one.force_on(Some("one"), "inventory", ForcedState::Open, None)
        .await;
    one.force_on(Some("one"), "payments", ForcedState::Open, None)
        .await;
    one.force("inventory", ForcedState::Closed, None).await;
    one.release("payments").await;
    assert_eq!(own(&mut one).await, []);
    one.force_on(Some("one"), "inventory", ForcedState::Open, None)
        .await;
    assert_eq!(own(&mut one).await, [open("inventory")], "a later one lasts");
    assert_eq!(one.content().await.forced.len(), 2);
}

async fn a_command_to_all_that_has_ended_has_ended_the_earlier_ones_to_one(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    one.force_on(Some("one"), "inventory", ForcedState::Open, None)
        .await;
    one.force("inventory", ForcedState::Closed, Some(SHORT)).await;
    sleep(SHORT * 2).await;
    let content = one.content().await;
    assert_eq!((content.own, content.forced), (Vec::new(), Vec::new()));
}

async fn the_newest_of_two_operators_decides(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let two = Stand::join(&store, "two").await;
    // At the same time: the store decides which of them is the newer one.
    let (closed, opened) = tokio::join!(
        one.force_on(Some("one"), "inventory", ForcedState::Closed, Some(LONG)),
        two.force_on(Some("one"), "inventory", ForcedState::Open, Some(LONG)),
    );
    let (Reply::Changed(closed), Reply::Changed(opened)) = (closed, opened) else {
        panic!("both are taken")
    };
    let newest = if closed > opened {
        ForcedState::Closed
    } else {
        ForcedState::Open
    };
    assert_eq!(own(&mut one).await, [("inventory".to_owned(), Some(newest))]);
    let mut versions = [one.message().await.version(), one.message().await.version()];
    assert!(versions.is_sorted(), "messages come in the order of the changes");
    versions.sort_unstable();
    let mut expected = [closed, opened];
    expected.sort_unstable();
    assert_eq!(versions, expected);
}

async fn a_release_of_one_instance_is_remembered(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    one.force_on(Some("one"), "inventory", ForcedState::Open, None)
        .await;
    one.message().await;
    let Reply::Changed(version) = one.release_on(Some("one"), "inventory").await else {
        panic!("it is released")
    };
    let released = Forced { over: None, version };
    let message = Message::Forced {
        breaker: "inventory".into(),
        on: Some("one".into()),
        forced: released.clone(),
    };
    assert_eq!(one.message().await, message);
    assert_eq!(one.content().await.own, [("inventory".into(), released)]);
}

async fn a_store_that_lost_its_data_takes_the_states_of_one_instance_back(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    let over = OverrideRecord {
        state: ForcedState::Open,
        remaining: Some(LONG),
        who: "anna".to_owned(),
        reason: "before".to_owned(),
    };
    let offer = |sequence| Restored {
        breaker: "inventory".into(),
        is_own: true,
        forced: Forced {
            over: Some(over.clone()),
            version: Version::new(1, sequence),
        },
    };
    let command = |forced| Command::Restore {
        instance: "one".into(),
        forced,
    };
    one.execute(command(vec![offer(40), offer(39)])).await;
    assert_eq!(own(&mut one).await, [open("inventory")]);
    let known = one.content().await.own;
    assert_eq!(known[0].1.version, Version::new(1, 40), "it keeps its version");
    assert_eq!(own(&mut two).await, []);
    let Message::Forced { on, .. } = two.message().await else {
        panic!("it is forced")
    };
    assert_eq!(on.as_deref(), Some("one"));
    // A command of this store beats what is restored.
    one.release_on(Some("one"), "inventory").await;
    one.execute(command(vec![offer(41)])).await;
    assert_eq!(own(&mut one).await, [("inventory".to_owned(), None)]);
}

async fn an_instance_that_starts_again_finds_its_states(store: Store) {
    let one = Stand::join(&store, "one").await;
    one.force_on(Some("one"), "inventory", ForcedState::Open, None)
        .await;
    let instance = one.instance.clone();
    one.execute(Command::Leave { instance }).await;
    let mut again = Stand::connect(&store, "one").await;
    again.instance.incarnation = 2;
    assert_eq!(own(&mut again).await, [open("inventory")]);
}

fn standing(state: State, remaining: Option<Duration>, who: &str) -> Shown {
    Shown::Forced(Standing {
        state,
        remaining,
        who: who.to_owned(),
        reason: "a drill: 50% & more".to_owned(),
    })
}

async fn reports(stand: &mut Stand, number: u64, reports: Vec<(&str, Reported, Shown)>) {
    let reports = reports.into_iter().map(|(breaker, state, shown)| Report {
        breaker: breaker.into(),
        state,
        shown,
        quorum: None,
    });
    stand.report_all(number, reports.collect()).await;
}

/// The states that the first instance shows, with their operators.
async fn shown(stand: &Stand) -> Vec<(String, String, Option<String>)> {
    let overview = stand.overview().await;
    let mut shown: Vec<_> = overview.instances[0]
        .breakers
        .iter()
        .map(|shown| {
            let who = shown.author.as_ref().map(|(who, _)| who.clone());
            (shown.breaker.to_string(), shown.state.clone(), who)
        })
        .collect();
    shown.sort();
    shown
}

async fn the_overview_shows_overrides_with_their_operators(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let tripped = Reported::Open {
        remaining: LONG,
        evidence: true,
    };
    let overrides = vec![
        ("a", tripped, standing(State::ForcedOpen, Some(SHORT), "anna")),
        ("b", Reported::Closed, standing(State::ForcedClosed, None, "bert")),
        ("c", Reported::Closed, standing(State::Disabled, None, "")),
        ("d", Reported::HalfOpen, Shown::Automatic),
        ("e", Reported::Closed, Shown::Automatic),
    ];
    reports(&mut one, 1, overrides).await;
    let row = |name: &str, state: &str, who: Option<&str>| {
        (name.to_owned(), state.to_owned(), who.map(str::to_owned))
    };
    let lasting = [
        row("b", "forced_closed", Some("bert")),
        row("c", "disabled", None),
        row("d", "half_open", None),
    ];
    let first = [&[row("a", "forced_open", Some("anna"))], &lasting[..]].concat();
    assert_eq!(shown(&one).await, first);
    let overview = one.overview().await;
    let breakers = &overview.instances[0].breakers;
    let find = |name: &str| breakers.iter().find(|shown| &*shown.breaker == name).unwrap();
    assert!(find("a").remaining.unwrap() <= SHORT);
    assert_eq!(find("b").remaining, None);
    let (_, reason) = find("b").author.clone().unwrap();
    assert_eq!(reason, "a drill: 50% & more");
    assert!(overview.instances[0].is_addressable);
    sleep(SHORT * 2).await;
    assert_eq!(
        shown(&one).await,
        lasting,
        "an override that has ended is not shown"
    );
}

async fn what_is_forced_on_all_is_not_shown_again(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    reports(&mut one, 1, vec![("a", Reported::HalfOpen, Shown::Automatic)]).await;
    assert_eq!(shown(&one).await.len(), 1);
    reports(&mut one, 2, vec![("a", Reported::HalfOpen, Shown::AsOnAll)]).await;
    assert_eq!(shown(&one).await, []);
    reports(&mut one, 3, vec![("a", Reported::Closed, Shown::Exception)]).await;
    let exception = ("a".to_owned(), "closed".to_owned(), None);
    assert_eq!(
        shown(&one).await,
        [exception],
        "an exception is shown, closed as well"
    );
    reports(&mut one, 4, vec![("a", Reported::Closed, Shown::Automatic)]).await;
    assert_eq!(shown(&one).await, []);
}
