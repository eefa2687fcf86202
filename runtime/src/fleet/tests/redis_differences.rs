//! Random commands to the table and to a Redis server: both must reply the
//! same.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{random::Random, redis_server::RedisServer};
use crate::{
    State,
    fleet::{
        protocol::{
            Command, Content, Forced, ForcedState, Instance, Lease, LeaseReply, Message, OverrideRecord,
            Quorum, Reply, Report, Reported, Restored, Service, Shared, SharedName, Shown, Standing,
            TrialEnd, Version,
        },
        store::{Connected, StoreEvent, table::Table},
    },
};

const RUNS: u64 = 30;
const STEPS: usize = 200;

/// Long enough that it does not end within a run.
const LONG: Duration = Duration::from_secs(500);
/// Short enough that it has ended one pause later.
const MOMENT: Duration = Duration::from_millis(1);

/// A command for a store of this epoch, whose newest change and trial owner are
/// these.
fn command(random: &mut Random, epoch: u64, (newest, owner): (u64, &SharedName), number: u64) -> Command {
    let breaker: SharedName = random.of(&["inventory", "payments é"]).into();
    let name: SharedName = random.of(&["one", "two", "three"]).into();
    let incarnation = 1 + u64::from(random.below(100) == 0);
    let owner = random.of(&[owner.clone(), owner.clone(), owner.clone(), name.clone()]);
    let instance = Instance {
        name: name.clone(),
        incarnation,
        program: format!("program of {name}"),
    };
    let token = Version::new(epoch, newest.saturating_sub(random.of(&[0, 0, 0, 1, 2])));
    let (who, reason) = (
        "anna".to_owned(),
        random.of(&["provider down", "a&b=c%+"]).to_owned(),
    );
    let on = random.of(&[None, Some(name.clone()), Some("four".into())]);
    match random.below(28) {
        0 | 16 | 17 => Command::Sync {
            instance,
            alive: LONG,
            digest: String::new(),
        },
        1 if random.below(4) == 0 => Command::Leave { instance },
        26 => Command::Overview,
        1..=6 => report(random, instance, breaker, number),
        7 | 23 | 24 => {
            let state = random.of(&[ForcedState::Open, ForcedState::Closed]);
            Command::Force {
                breaker,
                on,
                state,
                lasting: random.of(&[None, Some(MOMENT), Some(LONG)]),
                who,
                reason,
            }
        }
        8 | 25 => Command::Release {
            breaker,
            on,
            who,
            reason,
        },
        9 | 10 | 18 | 19 => Command::Acquire {
            breaker,
            instance: name,
            lease: Duration::from_secs(30),
        },
        11 => Command::Renew {
            breaker,
            instance: owner,
            token,
            lease: Duration::from_secs(40),
        },
        12 => Command::Abandon {
            breaker,
            instance: owner,
            token,
        },
        13 | 14 | 20..=22 => {
            let failure = TrialEnd::Failure {
                cooldown: random.of(&[MOMENT, MOMENT, MOMENT, LONG]),
            };
            let end = random.of(&[failure, TrialEnd::Success]);
            Command::Finish {
                breaker,
                instance: owner,
                token,
                end,
            }
        }
        _ => {
            let version = Version::new(random.of(&[epoch, 1, 2]), random.below(newest + 10));
            let over = OverrideRecord {
                state: ForcedState::Open,
                remaining: random.of(&[None, Some(LONG)]),
                who,
                reason,
            };
            let forced = Forced {
                over: random.of(&[None, Some(over)]),
                version,
            };
            Command::Restore {
                instance: name,
                forced: vec![Restored {
                    breaker,
                    is_own: random.below(2) == 0,
                    forced,
                }],
            }
        }
    }
}

/// A report of one breaker.
fn report(random: &mut Random, instance: Instance, breaker: SharedName, number: u64) -> Command {
    let remaining = random.of(&[MOMENT, MOMENT, MOMENT, LONG]);
    let evidence = random.below(4) > 0;
    let open = Reported::Open { remaining, evidence };
    let state = random.of(&[open, open, open, Reported::HalfOpen, Reported::Closed]);
    let alone = Quorum {
        instances: 1,
        percent: 1,
    };
    let quorum = random.of(&[
        None,
        Some(alone),
        Some(Quorum {
            instances: 2,
            percent: 50,
        }),
    ]);
    let standing = |state| {
        Shown::Forced(Standing {
            state,
            remaining: Some(LONG),
            who: "bert".to_owned(),
            reason: "a&b=c%+".to_owned(),
        })
    };
    let shown = random.of(&[
        Shown::Automatic,
        Shown::Automatic,
        Shown::Exception,
        Shown::AsOnAll,
        standing(State::ForcedOpen),
        standing(State::Disabled),
    ]);
    let number = number - u64::from(random.below(8) == 0);
    let reports = vec![Report {
        breaker,
        state,
        shown,
        quorum,
    }];
    Command::Report {
        instance,
        number,
        reports,
    }
}

/// What remains is compared in steps of ten minutes: the two clocks differ by
/// milliseconds.
fn coarse(remaining: Duration) -> Duration {
    Duration::from_secs(remaining.as_secs().div_ceil(600) * 600)
}

/// The store's own epoch becomes zero: the two stores are created at different
/// times.
fn relative(version: Version, epoch: u64) -> Version {
    if version.epoch == epoch {
        Version::new(0, version.sequence)
    } else {
        version
    }
}

fn lease(lease: Lease, epoch: u64) -> Lease {
    Lease {
        token: relative(lease.token, epoch),
        remaining: coarse(lease.remaining),
        ..lease
    }
}

fn shared(shared: Shared, epoch: u64) -> Shared {
    Shared {
        remaining: coarse(shared.remaining),
        version: relative(shared.version, epoch),
        lease: shared.lease.map(|held| lease(held, epoch)),
        ..shared
    }
}

fn forced(forced: Forced, epoch: u64) -> Forced {
    let over = forced.over.map(|over| OverrideRecord {
        remaining: over.remaining.map(coarse),
        ..over
    });
    Forced {
        over,
        version: relative(forced.version, epoch),
    }
}

fn message(message: Message, epoch: u64) -> Message {
    match message {
        Message::Forced {
            breaker,
            on,
            forced: record,
        } => Message::Forced {
            breaker,
            on,
            forced: forced(record, epoch),
        },
        Message::Opened {
            breaker,
            shared: record,
        } => Message::Opened {
            breaker,
            shared: shared(record, epoch),
        },
        Message::Closed { breaker, version } => Message::Closed {
            breaker,
            version: relative(version, epoch),
        },
        Message::Trial { breaker, lease: held } => Message::Trial {
            breaker,
            lease: lease(held, epoch),
        },
    }
}

fn reply(reply: Reply, epoch: u64) -> Reply {
    match reply {
        Reply::Snapshot(mut snapshot) => {
            snapshot.digest.clear();
            snapshot.version = relative(snapshot.version, epoch);
            if let Some(content) = &mut snapshot.content {
                for (_, record) in content.forced.iter_mut().chain(&mut content.own) {
                    *record = forced(record.clone(), epoch);
                }
                for (_, record) in &mut content.shared {
                    *record = shared(record.clone(), epoch);
                }
                content.forced.sort_by(|a, b| a.0.cmp(&b.0));
                content.own.sort_by(|a, b| a.0.cmp(&b.0));
                content.shared.sort_by(|a, b| a.0.cmp(&b.0));
            }
            Reply::Snapshot(snapshot)
        }
        Reply::Overview(mut overview) => {
            for instance in &mut overview.instances {
                instance.alive = coarse(instance.alive);
                instance.breakers.sort_by(|a, b| a.breaker.cmp(&b.breaker));
                for shown in &mut instance.breakers {
                    shown.remaining = shown.remaining.map(coarse);
                }
            }
            overview.instances.sort_by(|a, b| a.name.cmp(&b.name));
            // The snapshots compare it.
            overview.content = Content::default();
            Reply::Overview(overview)
        }
        Reply::Lease(LeaseReply::Granted { token, remaining }) => Reply::Lease(LeaseReply::Granted {
            token: relative(token, epoch),
            remaining: coarse(remaining),
        }),
        Reply::Lease(LeaseReply::Held { owner, remaining }) => Reply::Lease(LeaseReply::Held {
            owner,
            remaining: coarse(remaining),
        }),
        Reply::Lease(LeaseReply::Early { remaining }) => Reply::Lease(LeaseReply::Early {
            remaining: coarse(remaining),
        }),
        Reply::Changed(version) => Reply::Changed(relative(version, epoch)),
        other => other,
    }
}

#[tokio::test]
async fn the_scripts_mean_what_the_table_means() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let mut changes = BTreeMap::<String, u32>::new();
    for seed in 0..RUNS {
        server.run(&["FLUSHALL"]);
        let Connected { backend, mut events } = server.store().connect(&Service::new("orders").unwrap());
        assert_eq!(events.recv().await, Some(StoreEvent::Up));
        let mut random = Random(seed);
        let mut table = Table::default();
        let start = Instant::now();
        let now = || 1_000_000 + u64::try_from(start.elapsed().as_millis()).unwrap();
        let first = Instance {
            name: "one".into(),
            incarnation: 1,
            program: "program of one".to_owned(),
        };
        let first = Command::Sync {
            instance: first,
            alive: LONG,
            digest: String::new(),
        };
        let Reply::Snapshot(there) = backend.execute(first.clone()).await.unwrap() else {
            panic!("a snapshot")
        };
        let (Reply::Snapshot(here), _) = table.execute(now(), &first) else {
            panic!("a snapshot")
        };
        let (there, here) = (there.version.epoch, here.version.epoch);
        let (mut newest, mut owner) = (0, SharedName::from("one"));
        for step in 0..STEPS {
            let state = random.0;
            let number = u64::try_from(step).unwrap() + 2;
            let for_redis = command(&mut random, there, (newest, &owner), number);
            random.0 = state;
            let for_table = command(&mut random, here, (newest, &owner), number);
            let from_redis = reply(backend.execute(for_redis.clone()).await.unwrap(), there);
            let (from_table, messages) = table.execute(now(), &for_table);
            assert_eq!(
                from_redis,
                reply(from_table, here),
                "seed {seed}, step {step}: {for_redis:?}"
            );
            for expected in messages {
                let event = tokio::time::timeout(Duration::from_secs(5), events.recv()).await;
                let Ok(Some(StoreEvent::Message(received))) = event else {
                    panic!("seed {seed}, step {step}: {event:?} instead of {expected:?} after {for_redis:?}")
                };
                let received = message(received, there);
                assert_eq!(
                    received,
                    message(expected, here),
                    "seed {seed}, step {step}: {for_redis:?}"
                );
                newest = newest.max(if received.version().epoch == 0 {
                    received.version().sequence
                } else {
                    0
                });
                if let Message::Trial { lease, .. } = &received {
                    owner = lease.owner.clone();
                }
                let kind = received.encode().split('&').next().unwrap_or_default().to_owned();
                *changes.entry(kind).or_default() += 1;
            }
            // A moment must be over on both clocks.
            if format!("{for_table:?}").contains("1ms") {
                tokio::time::sleep(MOMENT * 3).await;
            }
        }
    }
    println!(
        "{} commands, the same on both stores; changes: {changes:?}",
        RUNS * STEPS as u64
    );
    let rare = changes.iter().find(|(_, count)| **count < 5);
    assert!(
        changes.len() == 7 && rare.is_none(),
        "the runs change too little: {changes:?}"
    );
}
