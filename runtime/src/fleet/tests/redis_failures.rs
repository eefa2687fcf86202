//! What a member hears when the Redis server fails or is used wrongly.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::{
    redis_server::RedisServer,
    stand::{Stand, TWO_AND_HALF},
};
use crate::fleet::{
    Store, StoreError,
    protocol::{
        Command, ForcedState, LeaseReply, Message, ReportReply, Reported, Restored, Service, SharedName,
        TrialEnd,
    },
    store::{Connected, StoreEvent},
};

/// What the store reports first.
async fn first_event(store: &Store) -> StoreEvent {
    let mut connected = store.connect(&Service::new("orders").unwrap());
    let event = timeout(Duration::from_secs(10), connected.events.recv()).await;
    event
        .expect("an event within 10 s")
        .expect("the connection lasts")
}

async fn first_error(store: &Store) -> StoreError {
    match first_event(store).await {
        StoreEvent::Down(error) => error,
        other => panic!("expected an error, got {other:?}"),
    }
}

/// The error of one command.
async fn command_error(store: &Store) -> StoreError {
    let stand = Stand::connect(store, "one").await;
    let alive = Duration::from_secs(1);
    let command = Command::Sync {
        instance: stand.instance.clone(),
        alive,
        digest: String::new(),
    };
    stand.try_execute(command).await.expect_err("the command fails")
}

#[tokio::test]
async fn a_wrong_password_is_reported_and_not_shown() {
    let Some(server) = RedisServer::start(&["--requirepass", "right"]) else {
        return;
    };
    for url in [
        server.url(),
        server.url().replace("//", "//:hunter2@"),
        server.url().replace("//", "//anna:hunter2@"),
    ] {
        let error = first_error(&Store::redis(&url).unwrap()).await;
        assert!(matches!(error, StoreError::Authentication { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .ends_with("refuses the user name or password of its URL"),
            "{error}"
        );
        assert!(!format!("{error:?} {error}").contains("hunter2"), "{error:?}");
    }
    let right = Store::redis(&server.url().replace("//", "//:right@")).unwrap();
    assert_eq!(first_event(&right).await, StoreEvent::Up);
}

#[tokio::test]
async fn a_user_without_rights_hears_which_one_is_missing() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    server.run(&[
        "ACL",
        "SETUSER",
        "anna",
        "on",
        ">pass",
        "~*",
        "&*",
        "+@all",
        "-@scripting",
    ]);
    server.run(&[
        "ACL",
        "SETUSER",
        "bert",
        "on",
        ">pass",
        "~*",
        "resetchannels",
        "+@all",
    ]);
    server.run(&["ACL", "SETUSER", "carl", "on", ">pass", "~other:*", "&*", "+@all"]);
    server.run(&[
        "ACL", "SETUSER", "dora", "on", ">pass", "~*", "&*", "+@all", "-zadd",
    ]);
    let store = |user: &str| Store::redis(&server.url().replace("//", &format!("//{user}:pass@"))).unwrap();
    let errors = [
        command_error(&store("anna")).await,
        first_error(&store("bert")).await,
        command_error(&store("carl")).await,
        command_error(&store("dora")).await,
    ];
    for (error, command) in errors.iter().zip(["sync", "subscribe", "sync", "sync"]) {
        let StoreError::Denied { command: denied, .. } = error else {
            panic!("not denied: {error:?}")
        };
        assert_eq!(*denied, command);
        assert!(
            error
                .to_string()
                .contains("grant the rights of the ACL line in docs/fleet.md"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_documented_acl_line_suffices_and_reaches_nothing_else() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let documented = include_str!("../../../../docs/fleet.md");
    let line = documented
        .lines()
        .find(|line| line.starts_with("ACL SETUSER"))
        .expect("the docs have an ACL line");
    let words: Vec<&str> = line.split_whitespace().collect();
    server.run(&words);
    let store = Store::redis(&server.url().replace("//", "//orders:secret@")).unwrap();

    let mut one = Stand::join(&store, "one").await;
    let mut two = Stand::join(&store, "two").await;
    let cooldown = Duration::from_millis(50);
    one.trips("inventory", cooldown).await;
    two.trips("inventory", cooldown).await;
    tokio::time::sleep(cooldown * 2).await;
    let token = one.acquires("inventory", cooldown * 20).await;
    assert!(one.renew("inventory", token, cooldown * 20).await);
    assert!(matches!(
        two.acquire("inventory", cooldown).await,
        LeaseReply::Held { .. }
    ));
    assert!(one.abandon("inventory", token).await);
    let token = two.acquires("inventory", cooldown * 20).await;
    assert!(
        two.finish(
            "inventory",
            token,
            TrialEnd::Failure {
                cooldown: Duration::from_millis(1)
            }
        )
        .await
    );
    tokio::time::sleep(cooldown).await;
    let token = two.acquires("inventory", cooldown * 20).await;
    assert!(two.finish("inventory", token, TrialEnd::Success).await);
    one.force("inventory", ForcedState::Open, None).await;
    one.release("inventory").await;
    let forced = one.content().await.forced.remove(0).1;
    one.force_on(Some("one"), "inventory", ForcedState::Open, None)
        .await;
    one.release_on(Some("one"), "inventory").await;
    for is_own in [false, true] {
        one.execute(Command::Restore {
            instance: "one".into(),
            forced: vec![Restored {
                breaker: "a".into(),
                is_own,
                forced: forced.clone(),
            }],
        })
        .await;
    }
    one.content().await;
    assert_eq!(one.overview().await.instances.len(), 2);
    one.execute(Command::Leave {
        instance: one.instance.clone(),
    })
    .await;

    let client = redis::Client::open(server.url().replace("//", "//orders:secret@")).unwrap();
    let mut connection = client.get_connection().unwrap();
    for refused in [
        ["GET", "other"],
        ["HGETALL", "fusebox:{billing}:forced"],
        ["KEYS", "*"],
        ["INFO", "all"],
    ] {
        let mut command = redis::cmd(refused[0]);
        let error = command
            .arg(refused[1])
            .query::<redis::Value>(&mut connection)
            .unwrap_err();
        assert!(
            error.to_string().contains("NOPERM") || error.code() == Some("NOPERM"),
            "{refused:?}: {error}"
        );
    }
}

#[tokio::test]
async fn foreign_data_under_the_keys_is_reported() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let store = server.store();
    server.run(&["SET", "fusebox:{orders}:meta", "hello"]);
    let error = command_error(&store).await;
    let StoreError::ForeignData { keys, .. } = &error else {
        panic!("not foreign: {error:?}")
    };
    assert_eq!(&**keys, "fusebox:{orders}:*");
    server.run(&["DEL", "fusebox:{orders}:meta"]);
    server.run(&["HSET", "fusebox:{orders}:meta", "colour", "red"]);
    assert!(matches!(
        command_error(&store).await,
        StoreError::ForeignData { .. }
    ));
    server.run(&["HSET", "fusebox:{orders}:meta", "protocol", "2"]);
    assert_eq!(
        command_error(&store)
            .await
            .to_string()
            .split_once("has")
            .unwrap()
            .1,
        " layout 2, this program supports layout 1; update the older program"
    );
    server.run(&["DEL", "fusebox:{orders}:meta"]);
    server.run(&["SADD", "fusebox:{orders}:shared", "hello"]);
    assert!(matches!(
        command_error(&store).await,
        StoreError::ForeignData { .. }
    ));
}

#[tokio::test]
async fn records_that_cannot_be_read_are_left_alone() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let long = "x".repeat(1 << 20);
    for (breaker, record) in [
        ("a", "hello"),
        ("b", "state=ajar"),
        ("c", &long),
        ("", "state=open"),
        ("d", "state=open"),
    ] {
        server.run(&["HSET", "fusebox:{orders}:forced", breaker, record]);
        server.run(&["HSET", "fusebox:{orders}:shared", breaker, record]);
    }
    let mut one = Stand::join(&server.store(), "one").await;
    let content = one.content().await;
    let forced: Vec<_> = content.forced.iter().map(|(name, _)| &**name).collect();
    assert_eq!(forced, ["d"], "a record by hand without a version");
    assert_eq!(content.shared, []);
}

#[tokio::test]
async fn a_message_of_a_megabyte_is_ignored_and_the_next_one_arrives() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let mut one = Stand::join(&server.store(), "one").await;
    server.run(&["PUBLISH", "fusebox:{orders}:changes", &"x".repeat(1 << 20)]);
    assert_eq!(one.event().await, StoreEvent::Ignored);
    server.run(&[
        "PUBLISH",
        "fusebox:{orders}:changes",
        "kind=closed&breaker=%zz&version=1-1",
    ]);
    assert_eq!(one.event().await, StoreEvent::Ignored);
    server.run(&[
        "PUBLISH",
        "fusebox:{orders}:changes",
        "kind=promoted&breaker=a&version=1-1",
    ]);
    one.force("inventory", ForcedState::Open, None).await;
    assert!(matches!(one.message().await, Message::Forced { .. }));
}

#[tokio::test]
async fn a_flood_of_messages_is_noticed_as_missed() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let mut one = Stand::join(&server.store(), "one").await;
    for _ in 0..50 {
        let script =
            "for i = 1, 100 do redis.call('PUBLISH', ARGV[1], 'kind=closed&breaker=a&version=1-1') end";
        server.run(&["EVAL", script, "0", "fusebox:{orders}:changes"]);
    }
    let mut missed = false;
    while let Ok(event) = timeout(Duration::from_millis(300), one.event()).await {
        missed |= event == StoreEvent::Missed;
    }
    assert!(missed);
    one.force("inventory", ForcedState::Open, None).await;
    assert!(matches!(one.message().await, Message::Forced { .. }));
}

#[tokio::test]
async fn nothing_listens_is_reported_once_and_tried_again() {
    let Some(mut server) = RedisServer::start(&[]) else {
        return;
    };
    let store = server.store();
    server.kill();
    let Connected {
        mut events,
        backend: _backend,
    } = store.connect(&Service::new("orders").unwrap());
    let Some(StoreEvent::Down(error)) = events.recv().await else {
        panic!("nothing listens")
    };
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("cannot be reached: Connection refused"),
        "{error}"
    );
    assert!(
        timeout(Duration::from_millis(500), events.recv()).await.is_err(),
        "reported twice"
    );
    server.start_again();
    assert_eq!(
        timeout(Duration::from_secs(5), events.recv()).await.unwrap(),
        Some(StoreEvent::Up)
    );
}

#[tokio::test]
async fn a_killed_server_is_noticed_and_connected_to_again() {
    let Some(mut server) = RedisServer::start(&[]) else {
        return;
    };
    let mut one = Stand::join(&server.store(), "one").await;
    let before = one.sync("").await.version.epoch;
    let start = Instant::now();
    server.kill();
    assert!(matches!(
        one.event().await,
        StoreEvent::Down(StoreError::Unreachable { .. })
    ));
    let noticed = start.elapsed();
    server.start_again();
    loop {
        match one.event().await {
            StoreEvent::Up => break,
            StoreEvent::Down(_) => {}
            other => panic!("expected the connection, got {other:?}"),
        }
    }
    println!(
        "kill -9: noticed after {noticed:?}, connected again after {:?}",
        start.elapsed()
    );
    assert!(noticed < Duration::from_secs(1), "{noticed:?}");
    assert!(
        one.sync("").await.version.epoch > before,
        "the store is another one"
    );
}

#[tokio::test]
async fn a_stopped_server_is_noticed_though_its_connection_stays() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let mut one = Stand::join(&server.store(), "one").await;
    let start = Instant::now();
    server.signal("-STOP");
    let slow = one.try_execute(Command::Overview).await.unwrap_err();
    let answered = start.elapsed();
    assert!(
        matches!(
            slow,
            StoreError::Timeout {
                command: "overview",
                ..
            }
        ),
        "{slow:?}"
    );
    assert!(answered < Duration::from_millis(1500), "{answered:?}");
    let event = one.event().await;
    let noticed = start.elapsed();
    assert!(
        matches!(event, StoreEvent::Down(StoreError::Timeout { .. })),
        "{event:?}"
    );
    assert!(noticed < Duration::from_secs(4), "{noticed:?}");
    server.signal("-CONT");
    let start = Instant::now();
    while one.event().await != StoreEvent::Up {
        assert!(start.elapsed() < Duration::from_secs(5));
    }
    println!(
        "SIGSTOP: noticed after {noticed:?}, connected again {:?} after SIGCONT",
        start.elapsed()
    );
    one.sync("").await;
}

#[tokio::test]
async fn a_server_that_forgot_the_scripts_receives_them_again() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let mut one = Stand::join(&server.store(), "one").await;
    server.run(&["SCRIPT", "FLUSH"]);
    assert_eq!(
        one.report("inventory", Reported::HalfOpen, Some(TWO_AND_HALF))
            .await,
        ReportReply::Accepted
    );
}

#[tokio::test]
async fn a_member_has_one_connection_and_closes_it() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let connections = || match server.run(&["CLIENT", "LIST"]) {
        redis::Value::BulkString(text) => String::from_utf8(text).unwrap().lines().count() - 1,
        redis::Value::VerbatimString { text, .. } => text.lines().count() - 1,
        other => panic!("{other:?} is a text"),
    };
    let one = Stand::join(&server.store(), "one").await;
    let two = Stand::join(&server.store(), "two").await;
    assert_eq!(connections(), 2);
    drop((one, two));
    let start = Instant::now();
    while connections() > 0 {
        assert!(start.elapsed() < Duration::from_secs(5), "a connection is left");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_expired_key_is_not_needed_for_the_end_of_a_state() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let mut one = Stand::join(&server.store(), "one").await;
    let name: SharedName = "inventory".into();
    one.force(&name, ForcedState::Open, Some(Duration::from_millis(30)))
        .await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(one.content().await.forced, []);
    let record = |name: &str| match server.run(&["HGET", "fusebox:{orders}:forced", name]) {
        redis::Value::BulkString(text) => String::from_utf8(text).unwrap(),
        other => panic!("{other:?} is a text"),
    };
    let ended = record("inventory");
    assert!(ended.starts_with("state=ended&until="), "for a day: {ended}");
    let past = "state=ended&until=1&ms=86400000&version=1-1";
    server.run(&["HSET", "fusebox:{orders}:forced", "past", past]);
    one.content().await;
    let left = server.run(&["HLEN", "fusebox:{orders}:forced"]);
    assert_eq!(left, redis::Value::Int(1), "a sync removes what is over");
}

/// Writes what an instance of the earlier version has in the store.
fn register_earlier(server: &RedisServer, breaker: &str) {
    let instance = "fusebox:{orders}:instance:earlier";
    server.run(&[
        "HSET",
        instance,
        "incarnation",
        "7",
        "program",
        "orders",
        "report",
        "1",
    ]);
    server.run(&[
        "HSET",
        instance,
        breaker,
        "state=open&until=99999999999999&evidence=1",
    ]);
    server.run(&["PEXPIRE", instance, "15000"]);
    let alive = "return redis.call('ZADD', KEYS[1], redis.call('TIME')[1] * 1000 + 15000, 'earlier')";
    server.run(&["EVAL", alive, "1", "fusebox:{orders}:instances"]);
}

#[tokio::test]
async fn an_instance_of_an_earlier_version_takes_only_commands_to_all() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let store = server.store();
    let mut one = Stand::join(&store, "one").await;
    register_earlier(&server, "breaker:inventory");
    let control = store.control("orders").await.unwrap();
    let anna = || crate::Operator::new("anna", "a drill");
    let earlier = control.on_instance("earlier");
    let refused = earlier.force_open("inventory", None, anna()).await;
    let error = refused.expect_err("it would never hear the command");
    assert!(matches!(error, StoreError::EarlierInstance { .. }), "{error:?}");
    assert!(
        error.to_string().contains("`earlier` runs an earlier version"),
        "{error}"
    );
    one.hears_nothing().await;

    let instances = || async { control.overview().await.unwrap().instances };
    let shown = instances().await;
    assert_eq!(
        (&*shown[0].name, shown[0].is_addressable, shown[0].breakers.len()),
        ("earlier", false, 1)
    );
    assert!(shown[1].is_addressable);
    // It reports the automatic state under what is forced on all, and obeys the latter.
    control.force_closed("inventory", None, anna()).await.unwrap();
    assert_eq!(instances().await[0].breakers, []);
    assert_eq!(one.sync("").await.live, 2, "it counts");
}

#[tokio::test]
async fn foreign_members_and_keys_of_one_instance_are_left_alone() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let mut one = Stand::join(&server.store(), "one").await;
    let alive = "return redis.call('ZADD', KEYS[1], redis.call('TIME')[1] * 1000 + 15000, ARGV[1], \
                 redis.call('TIME')[1] * 1000 + 15000, '\\255\\254')";
    server.run(&["EVAL", alive, "1", "fusebox:{orders}:instances", "a b\nc"]);
    let names: Vec<_> = one
        .overview()
        .await
        .instances
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names, [SharedName::from("one")]);
    // Records of one instance that cannot be read.
    let own = "fusebox:{orders}:forced:one";
    server.run(&[
        "HSET",
        own,
        "a",
        "{\"state\":\"open\"}",
        "b",
        "state=ajar",
        "c",
        &"x".repeat(1 << 20),
    ]);
    server.run(&["HSET", own, "d", "state=open&who=anna&reason=by+hand"]);
    let forced = one.content().await.own;
    assert_eq!(forced.len(), 1, "{forced:?}");
    assert_eq!(&*forced[0].0, "d", "a plain record by hand is enough");
    server.run(&["DEL", own]);
    server.run(&["SET", own, "of another program"]);
    let command = Command::Sync {
        instance: one.instance.clone(),
        alive: Duration::from_secs(1),
        digest: String::new(),
    };
    let error = one.try_execute(command).await.expect_err("foreign data");
    assert!(matches!(error, StoreError::ForeignData { .. }), "{error:?}");
}

#[tokio::test]
async fn the_longest_texts_fit_into_a_message() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let instance = "i".repeat(64);
    let mut one = Stand::join(&server.store(), &instance).await;
    let longest = "\u{1f525}".repeat(128);
    for on in [None, Some(SharedName::from(instance.as_str()))] {
        let command = Command::Force {
            breaker: longest.as_str().into(),
            on,
            state: ForcedState::Open,
            lasting: Some(Duration::MAX),
            who: longest.clone(),
            reason: longest.repeat(10),
        };
        one.execute(command).await;
        assert_eq!(
            &**one.message().await.breaker(),
            longest,
            "no instance ignores it"
        );
    }
    assert_eq!(one.content().await.own.len(), 1);
}
