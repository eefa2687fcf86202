//! What a fleet costs a real Redis server, in bytes.

use std::{env, time::Duration};

use super::{redis_server::RedisServer, stand::TWO_AND_HALF};
use crate::fleet::{
    protocol::{Command, ForcedState, Instance, Report, Reported, Service, Shown},
    store::{Connected, StoreEvent},
};

/// Breakers per instance.
///
/// `FUSEBOX_FLEET_BREAKERS=1000` measures the table of docs/fleet.md.
fn breakers() -> usize {
    env::var("FUSEBOX_FLEET_BREAKERS").map_or(10, |number| number.parse().expect("it is a number"))
}

const INSTANCES: u64 = 1000;

/// One number of `INFO`.
fn info(server: &RedisServer, name: &str) -> u64 {
    field(server, name).parse().expect("it is a whole number")
}

/// The seconds that the server's thread has computed.
fn computed(server: &RedisServer) -> f64 {
    ["used_cpu_user", "used_cpu_sys"]
        .iter()
        .map(|name| field(server, name).parse::<f64>().unwrap())
        .sum()
}

fn field(server: &RedisServer, name: &str) -> String {
    let text = match server.run(&["INFO", "everything"]) {
        redis::Value::BulkString(text) => String::from_utf8(text).expect("it is text"),
        redis::Value::VerbatimString { text, .. } => text,
        other => panic!("{other:?} is a text"),
    };
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.expect("Redis reports it").trim().to_owned()
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "one measurement after the other")]
async fn the_cost_of_a_thousand_instances() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let Connected { backend, mut events } = server.store().connect(&Service::new("orders").unwrap());
    assert_eq!(events.recv().await, Some(StoreEvent::Up));
    let run = async |command: Command| backend.execute(command).await.expect("the store works");
    let instance = |number: u64| Instance {
        name: format!("orders-7d9f6c5b8-{number:05}").into(),
        incarnation: number,
        program: "orders-api".to_owned(),
    };
    let sync = |number: u64, digest: &str| Command::Sync {
        instance: instance(number),
        alive: Duration::from_secs(3600),
        digest: digest.to_owned(),
    };
    let start = info(&server, "used_memory");
    run(sync(0, "")).await;
    for number in 0..INSTANCES {
        run(sync(number, "")).await;
    }
    let registered = info(&server, "used_memory");

    let crate::fleet::protocol::Reply::Snapshot(snapshot) = run(sync(0, "")).await else {
        panic!("a snapshot")
    };
    let bytes = || {
        (
            info(&server, "total_net_input_bytes"),
            info(&server, "total_net_output_bytes"),
        )
    };
    let before = bytes();
    for _ in 0..1000 {
        run(sync(0, &snapshot.digest)).await;
    }
    let after = bytes();
    println!(
        "a snapshot without changes: {} bytes to the server, {} back",
        (after.0 - before.0) / 1000,
        (after.1 - before.1) / 1000
    );

    let breakers = breakers();
    let open = Reported::Open {
        remaining: Duration::from_secs(3000),
        evidence: true,
    };
    let before = bytes();
    for number in 1..=100 {
        run(Command::Report {
            instance: Instance {
                name: "orders-7d9f6c5b8-00000".into(),
                ..instance(0)
            },
            number,
            reports: vec![Report {
                breaker: "inventory-service-0000".into(),
                state: Reported::HalfOpen,
                shown: Shown::Automatic,
                quorum: None,
            }],
        })
        .await;
    }
    let after = bytes();
    println!(
        "a report of one state: {} bytes to the server, {} back",
        (after.0 - before.0) / 100,
        (after.1 - before.1) / 100
    );
    let names: Vec<_> = (0..breakers)
        .map(|number| format!("inventory-service-{number:04}"))
        .collect();
    let before = bytes();
    let (clock, cpu) = (std::time::Instant::now(), computed(&server));
    let mut commands = 0;
    for number in 0..INSTANCES {
        for (index, chunk) in names.chunks(64).enumerate() {
            let report = |name: &String| Report {
                breaker: name.as_str().into(),
                state: open,
                shown: Shown::Automatic,
                quorum: Some(TWO_AND_HALF),
            };
            let reports = chunk.iter().map(report).collect();
            let number_of_report = u64::try_from(index).unwrap() + 101;
            run(Command::Report {
                instance: instance(number),
                number: number_of_report,
                reports,
            })
            .await;
            commands += 1;
        }
    }
    let (elapsed, cpu) = (clock.elapsed(), computed(&server) - cpu);
    let after = bytes();
    let reported = info(&server, "used_memory");
    let records = INSTANCES * u64::try_from(breakers).unwrap();
    println!(
        "{INSTANCES} instances: {} KiB; {records} open states: {} MiB, {} bytes each; {} bytes each on the wire; \
         {commands} commands in {elapsed:?}, {cpu:.1} s of one core",
        (registered - start) / 1024,
        (reported - registered) >> 20,
        (reported - registered) / records,
        (after.0 - before.0) / records,
    );
    for name in &names {
        let (who, reason) = ("anna".to_owned(), "provider maintenance until 14:00".to_owned());
        run(Command::Force {
            breaker: name.as_str().into(),
            on: None,
            state: ForcedState::Open,
            lasting: None,
            who,
            reason,
        })
        .await;
    }
    let before = bytes();
    run(sync(0, "")).await;
    let after = bytes();
    println!(
        "a snapshot with {breakers} open and {breakers} forced breakers: {} bytes",
        after.1 - before.1
    );
    assert!(
        (reported - registered) / records < 500,
        "a state takes less than 500 bytes"
    );
}
