//! What every store does: each claim runs against each store.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    claims::claims,
    stand::{LONG, SHORT, Stand, TWO_AND_HALF},
};
use crate::fleet::{
    Store,
    protocol::{
        Command, Forced, ForcedState, LeaseReply, Message, OverrideRecord, Quorum, ReportReply, Reported,
        Restored, SharedName, TrialEnd, Version,
    },
};

claims! {
    a_dead_instance_is_not_counted
    an_instance_that_leaves_is_not_counted
    a_second_process_with_the_same_name_is_noticed
    an_unchanged_content_is_sent_once
    a_forced_state_reaches_every_member_and_ends_by_itself
    a_released_breaker_is_not_forced
    a_quorum_opens_the_breaker_for_all
    one_bad_node_never_opens_the_others
    a_percentage_is_of_the_live_instances
    a_dead_instance_is_not_evidence
    a_breaker_opened_for_the_fleet_is_not_evidence
    an_older_report_changes_nothing
    a_report_of_an_unknown_instance_is_refused
    a_lease_is_granted_after_the_cooldown
    two_hundred_contenders_get_one_lease
    an_owner_that_competes_again_gets_the_same_lease
    a_renewed_lease_lasts
    a_dead_owners_lease_expires
    a_stale_owners_result_is_refused
    a_late_result_counts_if_no_instance_took_over
    an_abandoned_lease_is_free
    a_successful_trial_closes_for_all
    a_failed_trial_reopens_for_all
    a_quorum_after_a_missed_trial_opens_again
    a_store_that_lost_its_data_takes_forced_states_back
    a_released_state_does_not_come_back
    an_operator_beats_what_is_restored
    a_bounded_reason_arrives_cut
    strange_names_survive
    the_overview_shows_which_breakers_are_open_where
    messages_arrive_in_the_order_of_their_versions
}

async fn a_dead_instance_is_not_counted(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::connect(&store, "two").await;
    assert_eq!(two.sync_for(SHORT, "").await.live, 2);
    assert_eq!(one.sync("").await.live, 2);
    sleep(SHORT * 2).await;
    assert_eq!(one.sync("").await.live, 1);
}

async fn an_instance_that_leaves_is_not_counted(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let two = Stand::join(&store, "two").await;
    two.execute(Command::Leave {
        instance: two.instance.clone(),
    })
    .await;
    assert_eq!(one.sync("").await.live, 1);
    let mut other = one.instance.clone();
    other.incarnation += 1;
    one.execute(Command::Leave { instance: other }).await;
    assert_eq!(one.sync("").await.live, 1, "another process with its name left");
}

async fn a_second_process_with_the_same_name_is_noticed(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut twin = Stand::connect(&store, "one").await;
    twin.instance.incarnation = 2;
    twin.instance.program = "billing".to_owned();
    let snapshot = twin.sync("").await;
    assert!(snapshot.replaced);
    assert_eq!(
        snapshot.program, "orders-api",
        "the program of the first instance"
    );
    assert!(one.sync("").await.replaced);
    assert!(!one.sync("").await.replaced);
}

async fn an_unchanged_content_is_sent_once(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let first = one.sync("").await;
    assert!(first.content.is_some());
    let second = one.sync(&first.digest).await;
    assert_eq!(second.content, None);
    one.force("inventory", ForcedState::Open, None).await;
    let third = one.sync(&first.digest).await;
    assert_eq!(third.content.unwrap().forced.len(), 1);
    assert_eq!(third.version.sequence, first.version.sequence + 1);
    assert_eq!(third.version.epoch, first.version.epoch);
}

async fn a_forced_state_reaches_every_member_and_ends_by_itself(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let two = Stand::join(&store, "two").await;
    let version = two.force("inventory", ForcedState::Open, Some(SHORT)).await;
    let Message::Forced {
        breaker,
        on: None,
        forced,
    } = one.message().await
    else {
        panic!("it is a forced state")
    };
    assert_eq!((&*breaker, forced.version), ("inventory", version));
    let over = forced.over.unwrap();
    assert_eq!(
        (over.who.as_str(), over.reason.as_str()),
        ("anna", "provider down")
    );
    assert_eq!((over.state, over.remaining), (ForcedState::Open, Some(SHORT)));
    let known = one.content().await.forced;
    assert_eq!(known.len(), 1);
    let remaining = known[0].1.over.as_ref().unwrap().remaining.unwrap();
    assert!(remaining <= SHORT && remaining > Duration::ZERO, "{remaining:?}");
    sleep(SHORT * 2).await;
    assert_eq!(one.content().await.forced, []);
}

async fn a_released_breaker_is_not_forced(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    one.force("inventory", ForcedState::Closed, None).await;
    let version = one.release("inventory").await;
    one.message().await;
    let released = Forced { over: None, version };
    assert_eq!(
        one.message().await,
        Message::Forced {
            breaker: "inventory".into(),
            on: None,
            forced: released.clone()
        }
    );
    assert_eq!(one.content().await.forced, [("inventory".into(), released)]);
}

async fn a_quorum_opens_the_breaker_for_all(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    let mut three = Stand::join(&store, "three").await;
    one.trips("inventory", LONG / 2).await;
    three.hears_nothing().await;
    two.trips("inventory", LONG).await;
    let Message::Opened { breaker, shared } = three.message().await else {
        panic!("it opened")
    };
    assert_eq!(
        (&*breaker, shared.open, shared.live, shared.round),
        ("inventory", 2, 3, 0)
    );
    assert_eq!(
        shared.remaining, LONG,
        "the cooldown of the instance that completed the quorum"
    );
    let known = three.content().await.shared;
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].1.version, shared.version);
    assert!(known[0].1.remaining <= shared.remaining);
}

async fn one_bad_node_never_opens_the_others(store: Store) {
    let mut bad = Stand::join(&store, "bad").await;
    let mut good = Stand::join(&store, "good").await;
    for _ in 0..10 {
        bad.trips("inventory", LONG).await;
        bad.report("inventory", Reported::Closed, Some(TWO_AND_HALF))
            .await;
        bad.trips("inventory", LONG).await;
    }
    good.hears_nothing().await;
    assert_eq!(good.content().await.shared, []);
}

async fn a_percentage_is_of_the_live_instances(store: Store) {
    let mut members = Vec::new();
    for name in ["1", "2", "3", "4", "5"] {
        members.push(Stand::join(&store, name).await);
    }
    members[0].trips("inventory", LONG).await;
    members[1].trips("inventory", LONG).await;
    assert_eq!(members[4].content().await.shared, [], "40 % are open");
    members[2].trips("inventory", LONG).await;
    assert_eq!(members[4].content().await.shared.len(), 1, "60 % are open");
}

async fn a_dead_instance_is_not_evidence(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    one.trips("inventory", LONG).await;
    one.sync_for(SHORT, "").await;
    sleep(SHORT * 2).await;
    two.trips("inventory", LONG).await;
    assert_eq!(two.content().await.shared, []);
}

async fn a_breaker_opened_for_the_fleet_is_not_evidence(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    let followed = Reported::Open {
        remaining: LONG,
        evidence: false,
    };
    one.report("inventory", followed, Some(TWO_AND_HALF)).await;
    two.trips("inventory", LONG).await;
    assert_eq!(two.content().await.shared, []);
}

async fn an_older_report_changes_nothing(store: Store) {
    let one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    let open = Reported::Open {
        remaining: LONG,
        evidence: true,
    };
    assert_eq!(
        one.report_as(2, "inventory", Reported::Closed, None).await,
        ReportReply::Accepted
    );
    assert_eq!(
        one.report_as(1, "inventory", open, Some(TWO_AND_HALF)).await,
        ReportReply::Stale
    );
    assert_eq!(
        one.report_as(2, "inventory", open, Some(TWO_AND_HALF)).await,
        ReportReply::Stale
    );
    two.trips("inventory", LONG).await;
    assert_eq!(two.content().await.shared, []);
}

async fn a_report_of_an_unknown_instance_is_refused(store: Store) {
    let one = Stand::connect(&store, "one").await;
    assert_eq!(
        one.report_as(1, "inventory", Reported::HalfOpen, None).await,
        ReportReply::Unknown
    );
    let mut twin = Stand::join(&store, "one").await;
    twin.instance.incarnation = 2;
    assert_eq!(
        twin.report_as(9, "inventory", Reported::HalfOpen, None).await,
        ReportReply::Unknown
    );
    twin.sync("").await;
    assert_eq!(
        twin.report_as(1, "inventory", Reported::HalfOpen, None).await,
        ReportReply::Accepted
    );
}

/// Two instances with `inventory` open for all, for `cooldown`.
async fn opened(store: &Store, cooldown: Duration) -> (Stand, Stand) {
    let mut one = Stand::join(store, "one").await;
    let mut two = Stand::join(store, "two").await;
    one.trips("inventory", cooldown).await;
    two.trips("inventory", cooldown).await;
    for stand in [&mut one, &mut two] {
        assert!(matches!(stand.message().await, Message::Opened { .. }));
    }
    (one, two)
}

/// Two instances, with the cooldown over.
async fn due(store: &Store) -> (Stand, Stand) {
    let stands = opened(store, SHORT).await;
    sleep(SHORT * 2).await;
    stands
}

async fn a_lease_is_granted_after_the_cooldown(store: Store) {
    let (one, mut two) = opened(&store, SHORT).await;
    assert_eq!(one.acquire("payments", LONG).await, LeaseReply::NotOpen);
    match one.acquire("inventory", LONG).await {
        LeaseReply::Early { remaining } => assert!(remaining <= SHORT && remaining > Duration::ZERO),
        other => panic!("the cooldown has not ended: {other:?}"),
    }
    sleep(SHORT * 2).await;
    let token = one.acquires("inventory", LONG).await;
    let Message::Trial { breaker, lease } = two.message().await else {
        panic!("it is a trial")
    };
    assert_eq!(
        (&*breaker, &*lease.owner, lease.token),
        ("inventory", "one", token)
    );
    assert_eq!(lease.remaining, LONG);
    match two.acquire("inventory", LONG).await {
        LeaseReply::Held { owner, remaining } => {
            assert_eq!(&*owner, "one");
            assert!(remaining <= LONG && remaining > LONG / 2, "{remaining:?}");
        }
        other => panic!("the lease is held: {other:?}"),
    }
    let known = two.content().await.shared.remove(0).1;
    assert_eq!(known.remaining, Duration::ZERO);
    assert_eq!(known.lease.unwrap().token, token);
}

async fn two_hundred_contenders_get_one_lease(store: Store) {
    let (one, _two) = due(&store).await;
    let contend = |number: u32| {
        let (breaker, instance): (SharedName, SharedName) = ("inventory".into(), number.to_string().into());
        one.execute(Command::Acquire {
            breaker,
            instance,
            lease: LONG,
        })
    };
    let mut contenders: Vec<_> = (0..200).map(|number| Box::pin(contend(number))).collect();
    let mut granted = 0;
    // All are sent before the first reply is read.
    std::future::poll_fn(|context| {
        contenders.retain_mut(|contender| match contender.as_mut().poll(context) {
            std::task::Poll::Ready(reply) => {
                let reply = format!("{reply:?}");
                granted += u32::from(reply.contains("Granted"));
                assert!(reply.contains("Granted") || reply.contains("Held"), "{reply}");
                false
            }
            std::task::Poll::Pending => true,
        });
        if contenders.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    assert_eq!(granted, 1);
}

async fn an_owner_that_competes_again_gets_the_same_lease(store: Store) {
    let (one, two) = due(&store).await;
    let token = one.acquires("inventory", LONG).await;
    assert_eq!(one.acquires("inventory", LONG).await, token);
    assert!(matches!(
        two.acquire("inventory", LONG).await,
        LeaseReply::Held { .. }
    ));
}

async fn a_renewed_lease_lasts(store: Store) {
    let (one, two) = due(&store).await;
    let token = one.acquires("inventory", SHORT * 2).await;
    assert!(one.renew("inventory", token, LONG).await);
    sleep(SHORT * 3).await;
    assert!(matches!(
        two.acquire("inventory", LONG).await,
        LeaseReply::Held { .. }
    ));
    assert!(!two.renew("inventory", Version::new(token.epoch, 0), LONG).await);
}

async fn a_dead_owners_lease_expires(store: Store) {
    let (one, two) = due(&store).await;
    let token = one.acquires("inventory", SHORT).await;
    sleep(SHORT * 2).await;
    assert!(!one.renew("inventory", token, LONG).await);
    let next = two.acquires("inventory", LONG).await;
    assert!(next > token);
}

async fn a_stale_owners_result_is_refused(store: Store) {
    let (one, mut two) = due(&store).await;
    let token = one.acquires("inventory", SHORT).await;
    sleep(SHORT * 2).await;
    let next = two.acquires("inventory", LONG).await;
    assert!(!one.finish("inventory", token, TrialEnd::Success).await);
    assert!(
        !one.finish("inventory", token, TrialEnd::Failure { cooldown: LONG })
            .await
    );
    assert!(!one.abandon("inventory", token).await);
    assert!(
        !one.renew("inventory", next, LONG).await,
        "the token of another owner"
    );
    assert!(
        !one.finish("inventory", next, TrialEnd::Success).await,
        "the token of another owner"
    );
    assert_eq!(two.content().await.shared.remove(0).1.lease.unwrap().token, next);
    assert!(two.finish("inventory", next, TrialEnd::Success).await);
    assert!(!two.finish("inventory", next, TrialEnd::Success).await, "doubled");
}

async fn a_late_result_counts_if_no_instance_took_over(store: Store) {
    let (one, mut two) = due(&store).await;
    let token = one.acquires("inventory", SHORT).await;
    sleep(SHORT * 2).await;
    assert!(one.finish("inventory", token, TrialEnd::Success).await);
    assert_eq!(two.content().await.shared, []);
}

async fn an_abandoned_lease_is_free(store: Store) {
    let (one, mut two) = due(&store).await;
    let token = one.acquires("inventory", LONG).await;
    two.message().await;
    assert!(one.abandon("inventory", token).await);
    let Message::Trial { lease, .. } = two.message().await else {
        panic!("it is a trial")
    };
    assert_eq!(lease.remaining, Duration::ZERO);
    assert!(two.acquires("inventory", LONG).await > token);
}

async fn a_successful_trial_closes_for_all(store: Store) {
    let (mut one, mut two) = due(&store).await;
    let token = one.acquires("inventory", LONG).await;
    assert!(one.finish("inventory", token, TrialEnd::Success).await);
    two.message().await;
    let Message::Closed { breaker, version } = two.message().await else {
        panic!("it closed")
    };
    assert_eq!(&*breaker, "inventory");
    assert!(version > token);
    assert_eq!(two.content().await.shared, []);
    one.trips("inventory", LONG).await;
    assert_eq!(two.content().await.shared, [], "the evidence of before is gone");
}

async fn a_failed_trial_reopens_for_all(store: Store) {
    let (one, mut two) = due(&store).await;
    let token = one.acquires("inventory", LONG).await;
    assert!(
        one.finish("inventory", token, TrialEnd::Failure { cooldown: LONG })
            .await
    );
    two.message().await;
    let Message::Opened { shared, .. } = two.message().await else {
        panic!("it reopened")
    };
    assert_eq!(
        (shared.round, shared.last.as_deref(), shared.remaining),
        (1, Some("one"), LONG)
    );
    assert!(matches!(
        two.acquire("inventory", LONG).await,
        LeaseReply::Early { .. }
    ));
}

async fn a_quorum_after_a_missed_trial_opens_again(store: Store) {
    let (mut one, mut two) = due(&store).await;
    one.trips("inventory", LONG).await;
    two.hears_nothing().await;
    two.trips("inventory", LONG).await;
    assert!(matches!(one.message().await, Message::Opened { .. }));
    assert!(matches!(
        two.acquire("inventory", LONG).await,
        LeaseReply::Early { .. }
    ));
}

fn offer(breaker: &str, version: Version, reason: Option<&str>) -> Restored {
    let over = reason.map(|reason| OverrideRecord {
        state: ForcedState::Open,
        remaining: None,
        who: "anna".to_owned(),
        reason: reason.to_owned(),
    });
    Restored {
        breaker: breaker.into(),
        is_own: false,
        forced: Forced { over, version },
    }
}

async fn reasons(stand: &mut Stand) -> Vec<(String, Option<String>)> {
    let forced = stand.content().await.forced;
    let mut reasons: Vec<_> = forced
        .into_iter()
        .map(|(name, forced)| (name.to_string(), forced.over.map(|over| over.reason)))
        .collect();
    reasons.sort();
    reasons
}

async fn a_store_that_lost_its_data_takes_forced_states_back(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let old = Version::new(1, 40);
    one.execute(Command::Restore {
        instance: "one".into(),
        forced: vec![offer("inventory", old, Some("new"))],
    })
    .await;
    one.execute(Command::Restore {
        instance: "one".into(),
        forced: vec![offer("inventory", Version::new(1, 39), Some("old"))],
    })
    .await;
    assert_eq!(
        reasons(&mut one).await,
        [("inventory".to_owned(), Some("new".to_owned()))]
    );
    let Message::Forced { forced, .. } = one.message().await else {
        panic!("it is forced")
    };
    assert_eq!(forced.version, old, "it keeps its version");
    one.hears_nothing().await;
    let epoch = one.sync("").await.version.epoch;
    let lost = Version::new(epoch, 7);
    one.execute(Command::Restore {
        instance: "one".into(),
        forced: vec![offer("payments", lost, Some("a replica lost it"))],
    })
    .await;
    assert_eq!(reasons(&mut one).await[1].1.as_deref(), Some("a replica lost it"));
    assert_eq!(one.sync("").await.version, lost, "later changes are newer");
}

async fn a_released_state_does_not_come_back(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let released = offer("inventory", Version::new(1, 41), None);
    one.execute(Command::Restore {
        instance: "one".into(),
        forced: vec![released],
    })
    .await;
    one.execute(Command::Restore {
        instance: "one".into(),
        forced: vec![offer("inventory", Version::new(1, 40), Some("old"))],
    })
    .await;
    assert_eq!(reasons(&mut one).await, [("inventory".to_owned(), None)]);
}

async fn an_operator_beats_what_is_restored(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    one.force("inventory", ForcedState::Open, None).await;
    one.force("payments", ForcedState::Open, None).await;
    one.release("payments").await;
    let far = Version::new(u64::MAX / 4, 1);
    let offers = ["inventory", "payments"].map(|breaker| offer(breaker, far, Some("of before")));
    one.execute(Command::Restore {
        instance: "one".into(),
        forced: offers.to_vec(),
    })
    .await;
    let expected = [
        ("inventory".to_owned(), Some("provider down".to_owned())),
        ("payments".to_owned(), None),
    ];
    assert_eq!(reasons(&mut one).await, expected);
}

async fn a_bounded_reason_arrives_cut(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let reason = "é".repeat(100_000);
    let (who, lasting) = ("anna\r\n".to_owned(), Some(Duration::MAX));
    let command = Command::Force {
        breaker: "inventory".into(),
        on: None,
        state: ForcedState::Open,
        lasting,
        who,
        reason,
    };
    one.execute(command).await;
    let Message::Forced { forced, .. } = one.message().await else {
        panic!("it is forced")
    };
    let over = forced.over.unwrap();
    assert_eq!((over.reason, over.who.as_str()), ("é".repeat(200), "anna  "));
    assert_eq!(over.remaining, Some(Duration::from_secs(366 * 24 * 60 * 60)));
}

async fn strange_names_survive(store: Store) {
    let name = "inventory[eu-1] é%&=+#?\"'{}";
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    one.force(name, ForcedState::Open, None).await;
    assert_eq!(&**one.message().await.breaker(), name);
    one.trips(name, SHORT).await;
    two.trips(name, SHORT).await;
    assert_eq!(&**one.message().await.breaker(), name);
    sleep(SHORT * 2).await;
    let token = one.acquires(name, LONG).await;
    assert!(
        one.finish(name, token, TrialEnd::Failure { cooldown: LONG })
            .await
    );
    let content = two.content().await;
    assert_eq!((&*content.forced[0].0, &*content.shared[0].0), (name, name));
}

async fn the_overview_shows_which_breakers_are_open_where(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    one.trips("inventory", LONG).await;
    one.report("payments", Reported::HalfOpen, None).await;
    two.trips("inventory", LONG).await;
    two.report("inventory", Reported::Closed, None).await;
    one.force("orders", ForcedState::Closed, None).await;
    let mut overview = one.overview().await;
    overview.instances.sort_by(|a, b| a.name.cmp(&b.name));
    let instance = &mut overview.instances[0];
    instance.breakers.sort_by(|a, b| a.breaker.cmp(&b.breaker));
    assert_eq!(
        (&*instance.name, instance.program.as_str()),
        ("one", "orders-api")
    );
    let states: Vec<_> = instance
        .breakers
        .iter()
        .map(|shown| (&*shown.breaker, shown.state.as_str()))
        .collect();
    assert_eq!(states, [("inventory", "open"), ("payments", "half_open")]);
    assert!(instance.breakers[0].remaining > Some(LONG / 2));
    assert_eq!(overview.instances[1].breakers, []);
    assert_eq!(overview.content.forced.len(), 1);
    assert_eq!(overview.content.shared.len(), 1);
}

async fn messages_arrive_in_the_order_of_their_versions(store: Store) {
    let mut one = Stand::join(&store, "one").await;
    let two = Stand::join(&store, "two").await;
    for _ in 0..50 {
        two.force("inventory", ForcedState::Open, None).await;
        two.release("inventory").await;
    }
    let mut last = Version::default();
    for _ in 0..100 {
        let version = one.message().await.version();
        assert!(version > last);
        last = version;
    }
}

// Of `Quorum`, both halves are conditions; the claims above use the common rule.
#[tokio::test(start_paused = true)]
async fn one_instance_is_a_quorum_if_the_rule_allows_it() {
    let store = Store::local();
    let mut one = Stand::join(&store, "one").await;
    let open = Reported::Open {
        remaining: LONG,
        evidence: true,
    };
    one.report(
        "inventory",
        open,
        Some(Quorum {
            instances: 1,
            percent: 100,
        }),
    )
    .await;
    assert_eq!(one.content().await.shared.len(), 1);
}
