//! Random failures of everything at once: what must hold holds, and the fleet
//! converges.

use std::time::Duration;

use proptest::prelude::*;

use super::simulation::{BREAKER, Network, Simulation};
use crate::fleet::{
    member::Timing,
    protocol::{Command, Forced, ForcedState, Instance, Overview, Reply, SharedName},
    store::table::Table,
};

const NODES: usize = 5;
const MILLI: Duration = Duration::from_millis(1);

/// One thing that happens, and how long nothing else does.
#[derive(Debug, Clone)]
enum Step {
    Service {
        is_healthy: bool,
    },
    Path {
        node: usize,
        is_served: bool,
    },
    Kill {
        node: usize,
    },
    LoseStore {
        noticed: u32,
    },
    BringStore {
        is_empty: bool,
    },
    Forget,
    /// A replica without the newest changes takes over.
    FailOver,
    Replicate,
    /// On one instance, or on all.
    Force {
        on: Option<usize>,
        is_open: bool,
        seconds: Option<u32>,
    },
    Release {
        on: Option<usize>,
    },
    Network {
        lost: u64,
        doubled: u64,
        reordered: bool,
    },
    SlowCalls {
        millis: u32,
    },
    ServerClock {
        offset: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<bool>().prop_map(|is_healthy| Step::Service { is_healthy }),
        4 => (0..NODES, any::<bool>()).prop_map(|(node, is_served)| Step::Path { node, is_served }),
        1 => (1..NODES).prop_map(|node| Step::Kill { node }),
        2 => (0..3500_u32).prop_map(|noticed| Step::LoseStore { noticed }),
        3 => any::<bool>().prop_map(|is_empty| Step::BringStore { is_empty }),
        1 => Just(Step::Forget),
        1 => Just(Step::FailOver),
        1 => Just(Step::Replicate),
        3 => (proptest::option::of(0..NODES), any::<bool>(), proptest::option::of(1..60_u32))
            .prop_map(|(on, is_open, seconds)| Step::Force { on, is_open, seconds }),
        2 => proptest::option::of(0..NODES).prop_map(|on| Step::Release { on }),
        2 => (0..40_u64, 0..40_u64, any::<bool>())
            .prop_map(|(lost, doubled, reordered)| Step::Network { lost, doubled, reordered }),
        1 => (1..20_000_u32).prop_map(|millis| Step::SlowCalls { millis }),
        1 => prop_oneof![Just(1_000_u64), Just(40_000_000_000)].prop_map(|offset| Step::ServerClock { offset }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<(Step, u32)>> {
    proptest::collection::vec((step(), 1..15_000_u32), 1..40)
}

fn take(fleet: &mut Simulation, step: &Step, replica: &mut Table) {
    let (who, reason) = ("anna".to_owned(), "by hand".to_owned());
    match *step {
        Step::Service { is_healthy } => fleet.is_healthy = is_healthy,
        Step::Path { node, is_served } => fleet.nodes[node].is_served = is_served,
        Step::Kill { node } => fleet.kill(node),
        Step::LoseStore { noticed } => fleet.lose_store(MILLI * noticed),
        Step::BringStore { is_empty } => fleet.bring_store(is_empty, MILLI * 2000),
        Step::Forget => fleet.forget(),
        Step::FailOver => fleet.fail_over(replica.clone()),
        Step::Replicate => *replica = fleet.table.clone(),
        Step::Force { on, is_open, seconds } => {
            let state = if is_open {
                ForcedState::Open
            } else {
                ForcedState::Closed
            };
            let lasting = seconds.map(|seconds| Duration::from_secs(seconds.into()));
            fleet.operate(&Command::Force {
                breaker: BREAKER.into(),
                on: on.map(name),
                state,
                lasting,
                who,
                reason,
            });
        }
        Step::Release { on } => fleet.operate(&Command::Release {
            breaker: BREAKER.into(),
            on: on.map(name),
            who,
            reason,
        }),
        Step::Network {
            lost,
            doubled,
            reordered,
        } => {
            fleet.network = Network {
                lost,
                doubled,
                reordered,
                ..Network::default()
            };
        }
        Step::SlowCalls { millis } => fleet.call_time = MILLI * millis,
        Step::ServerClock { offset } => {
            fleet.server_offset = offset;
            // A lease may seem to have ended, or never to end: its owner uses it for its length at
            // most.
            fleet.store_lost_until = fleet.now + Timing::default().lease;
        }
    }
}

fn name(node: usize) -> SharedName {
    format!("node-{node}").into()
}

fn ask(fleet: &Simulation, command: &Command) -> Reply {
    let now = u64::try_from(fleet.now.as_millis()).unwrap() + fleet.server_offset;
    fleet.table.clone().execute(now, command).0
}

/// What the store holds.
fn stored(fleet: &Simulation) -> Overview {
    match ask(fleet, &Command::Overview) {
        Reply::Overview(overview) => overview,
        other => panic!("{other:?} is an overview"),
    }
}

/// What the store would force on this node.
///
/// The command to it, or else the one to all.
fn forced_on(fleet: &Simulation, node: usize) -> Option<ForcedState> {
    let instance = Instance {
        name: name(node),
        incarnation: node as u64,
        program: String::new(),
    };
    let sync = Command::Sync {
        instance,
        alive: Duration::from_secs(15),
        digest: String::new(),
    };
    let Reply::Snapshot(snapshot) = ask(fleet, &sync) else {
        panic!("a snapshot")
    };
    let content = snapshot.content.unwrap();
    let state = |records: &[(SharedName, Forced)]| Some(records.first()?.1.over.as_ref()?.state);
    state(&content.own).or_else(|| state(&content.forced))
}

/// What operators see of a node.
fn shown(overview: &Overview, node: usize) -> String {
    let instance = overview
        .instances
        .iter()
        .find(|instance| instance.name == name(node));
    let reported = instance.and_then(|instance| instance.breakers.first());
    let forced = overview
        .content
        .forced
        .first()
        .and_then(|(_, forced)| forced.over.as_ref());
    reported.map_or_else(
        || {
            forced
                .map_or("closed", |over| over.state.as_state().as_str())
                .to_owned()
        },
        |reported| reported.state.clone(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// At every event the simulation itself asserts that at most one instance owns
    /// the trial, except within one lease of a store that lost its data.
    #[test]
    fn whatever_fails_the_fleet_converges(seed in any::<u64>(), steps in steps()) {
        let mut fleet = Simulation::new(seed, NODES, MILLI * 50);
        let mut replica = fleet.table.clone();
        fleet.run_for(MILLI * 500);
        for (step, pause) in &steps {
            take(&mut fleet, step, &mut replica);
            fleet.run_for(MILLI * *pause);
        }
        // Everything works again.
        fleet.network = Network::default();
        fleet.is_healthy = true;
        fleet.call_time = MILLI * 20;
        fleet.nodes.iter_mut().for_each(|node| node.is_served = true);
        fleet.bring_store(false, MILLI * 2000);
        // The longest call, forced state, cooldown and lease of above.
        fleet.run_for(Duration::from_secs(200));
        let overview = stored(&fleet);
        for (index, node) in fleet.nodes.iter().enumerate().filter(|(_, node)| node.is_running) {
            let forced = node.breakers.forced(BREAKER);
            prop_assert_eq!(forced, forced_on(&fleet, index), "node {}: {:?}", index, node.member);
            prop_assert!(node.member.is_up());
            if let Some(forced) = forced {
                prop_assert_eq!(shown(&overview, index), forced.as_state().as_str(), "node {}", index);
            }
        }
        // Under a forced state no trial decides, so it comes now.
        take(&mut fleet, &Step::Release { on: None }, &mut replica);
        fleet.run_for(Duration::from_secs(100));
        let overview = stored(&fleet);
        for (index, node) in fleet.nodes.iter().enumerate() {
            prop_assert!(!node.is_running || shown(&overview, index) == "closed", "node {}: {:?}", index, overview);
            let is_decided = !node.is_running || node.breakers.is_closed(BREAKER);
            prop_assert!(is_decided, "at {:?}: {:?} {:?}", fleet.now, node.breakers, node.member);
        }
        let content = overview.content;
        let members: Vec<_> = fleet.nodes.iter().map(|node| &node.member).collect();
        prop_assert!(content.shared.is_empty(), "{:?} {:?}", content.shared, members);
    }

    #[test]
    fn one_bad_node_never_opens_the_others(
        seed in any::<u64>(),
        (lost, doubled, reordered) in (0..40_u64, 0..40_u64, any::<bool>()),
        paths in proptest::collection::vec((any::<bool>(), 1..20_000_u32), 1..20),
        forget in any::<bool>(),
    ) {
        let mut fleet = Simulation::new(seed, NODES, MILLI * 50);
        fleet.run_for(MILLI * 500);
        fleet.network = Network { lost, doubled, reordered, ..Network::default() };
        for (is_served, pause) in paths {
            fleet.nodes[0].is_served = is_served;
            if forget {
                fleet.forget();
            }
            fleet.run_for(MILLI * pause);
            for node in 1..NODES {
                prop_assert!(fleet.nodes[node].breakers.is_closed(BREAKER), "node {}", node);
            }
        }
    }
}
