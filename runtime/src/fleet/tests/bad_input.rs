//! A member whose store is wrong, foreign or hostile: a clear line in the log,
//! and calls go on.

use std::{
    io::Write,
    net::TcpListener,
    time::{Duration, Instant},
};

use tokio::time::sleep;
use tracing::subscriber::DefaultGuard;

use super::{log_lines::LogLines, redis_server::RedisServer, stand::Stand};
use crate::{
    CircuitBreaker, Operator, Registry, State, Threshold,
    fleet::{Fleet, FleetOptions, JoinError, Store},
};

/// The longest time until a line is in the log.
const PATIENCE: Duration = Duration::from_secs(8);

/// An order service with one breaker, and what its member logs.
struct OrderService {
    breaker: CircuitBreaker,
    fleet: Fleet,
    lines: LogLines,
    _listening: DefaultGuard,
}

impl OrderService {
    fn join(url: &str) -> Self {
        let (lines, listening) = LogLines::listen();
        let registry = Registry::new();
        let builder = registry.breaker("inventory").threshold(Threshold::failures(3));
        let breaker = builder.build().expect("the settings are right");
        let store = Store::redis(url).expect("the URL is right");
        let options = FleetOptions::new("orders").instance("pod-1");
        let fleet = Fleet::join(&registry, &store, options).expect("the names are right");
        Self {
            breaker,
            fleet,
            lines,
            _listening: listening,
        }
    }

    async fn join_and_wait(url: &str) -> Self {
        let service = Self::join(url);
        service.until("it has joined", Self::is_up).await;
        service
    }

    fn is_up(&self) -> bool {
        self.fleet.is_up()
    }

    /// Waits, with a call every few milliseconds that must be admitted.
    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < PATIENCE, "{what}: {:?}", self.lines.all());
            self.calls_go_on().await;
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Forces the breaker open by the fleet, and waits until it is.
    async fn force_open(&self) {
        let forced = self.fleet.force_open("inventory", None, anna()).await;
        forced.expect("the store works");
        self.until("it is forced", |service| {
            service.breaker.state() == State::ForcedOpen
        })
        .await;
    }

    async fn logs(&self, text: &str) {
        self.until(text, |service| service.lines.count(text) > 0).await;
    }

    /// An admitted call, unless an operator has forced the breaker open.
    async fn calls_go_on(&self) {
        let answer = self.breaker.call(async { Ok::<_, &str>(1) }).await;
        assert_eq!(answer.is_ok(), self.breaker.state() != State::ForcedOpen);
    }

    /// The breaker trips and recovers without the store.
    async fn decides_alone(&self) {
        for _ in 0..3 {
            let failed = self
                .breaker
                .call(async { Err::<(), _>("the inventory is sick") })
                .await;
            failed.expect_err("it fails");
        }
        assert_eq!(self.breaker.state(), State::Open);
        self.breaker.reset();
        self.calls_go_on().await;
    }
}

fn anna() -> Operator {
    Operator::new("anna", "provider down")
}

#[tokio::test]
async fn a_wrong_password_is_one_line() {
    let Some(server) = RedisServer::start(&["--requirepass", "right"]) else {
        return;
    };
    let service = OrderService::join(&server.url().replace("//", "//:hunter2@"));
    service.logs("refuses the user name or password of its URL").await;
    service.decides_alone().await;
    // Several attempts later, it is still one line.
    sleep(Duration::from_secs(1)).await;
    assert_eq!(service.lines.all().len(), 1, "{:?}", service.lines.all());
    assert_eq!(service.lines.count("hunter2"), 0);
    assert!(!service.is_up());
}

#[tokio::test]
async fn a_server_without_scripts_is_one_line() {
    let Some(server) = RedisServer::start(&["--rename-command", "EVALSHA", ""]) else {
        return;
    };
    let service = OrderService::join(&server.url());
    service.logs("lacks what the fleet needs").await;
    service.logs("use Redis 7 or later, or Valkey").await;
    service.decides_alone().await;
    sleep(Duration::from_millis(2500)).await;
    assert_eq!(service.lines.all().len(), 1, "{:?}", service.lines.all());
    assert!(!service.is_up());
}

#[tokio::test]
async fn rights_that_are_taken_away_are_one_line_until_they_are_back() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    server.run(&["ACL", "SETUSER", "shop", "on", ">pw", "~*", "&*", "+@all"]);
    let service = OrderService::join_and_wait(&server.url().replace("//", "//shop:pw@")).await;
    server.run(&["ACL", "SETUSER", "shop", "-zadd"]);
    service.logs("denies `sync`").await;
    service
        .until("it is down", |service| !service.fleet.is_up())
        .await;
    service.decides_alone().await;
    server.run(&["ACL", "SETUSER", "shop", "+zadd"]);
    service.until("it is up", OrderService::is_up).await;
    assert_eq!(
        service.lines.count("denies `sync`"),
        1,
        "{:?}",
        service.lines.all()
    );
}

#[tokio::test]
async fn foreign_data_is_one_line_and_forced_states_stay() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let service = OrderService::join_and_wait(&server.url()).await;
    service.force_open().await;
    server.run(&["DEL", "fusebox:{orders}:meta"]);
    server.run(&["SET", "fusebox:{orders}:meta", "data of a shop"]);
    service.logs("hold data of another program").await;
    service.logs("use another service name or database").await;
    service
        .until("it is down", |service| !service.fleet.is_up())
        .await;
    assert_eq!(service.breaker.state(), State::ForcedOpen, "it stays as it is");
    let refused = service.fleet.release("inventory", anna()).await.unwrap_err();
    assert!(
        refused.to_string().contains("data of another program"),
        "{refused}"
    );
    server.run(&["DEL", "fusebox:{orders}:meta"]);
    service.until("it is up", OrderService::is_up).await;
    assert_eq!(service.lines.count("data of another program"), 1);
    assert_eq!(service.breaker.state(), State::ForcedOpen);
}

#[tokio::test]
async fn a_server_that_became_a_replica_is_one_line() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let service = OrderService::join_and_wait(&server.url()).await;
    server.run(&["REPLICAOF", "127.0.0.1", "1"]);
    service.logs("read only replica").await;
    service.decides_alone().await;
    server.run(&["REPLICAOF", "NO", "ONE"]);
    service.until("it is up", OrderService::is_up).await;
    assert_eq!(service.lines.count("read only"), 1, "{:?}", service.lines.all());
}

#[tokio::test]
async fn a_server_of_another_protocol_is_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("redis://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // An error: the client has ended the connection.
            let _ = stream.and_then(|mut stream| stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        }
    });
    let service = OrderService::join(&url);
    service
        .logs("it does not answer like a Redis server; use Redis 7 or later")
        .await;
    service.decides_alone().await;
    assert!(!service.is_up());
}

#[tokio::test]
async fn a_megabyte_is_one_line_and_the_next_message_arrives() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let service = OrderService::join_and_wait(&server.url()).await;
    for _ in 0..3 {
        server.run(&["PUBLISH", "fusebox:{orders}:changes", &"x".repeat(1 << 20)]);
    }
    service
        .until("they are counted", |service| {
            service.fleet.status().ignored_messages == 3
        })
        .await;
    assert_eq!(service.lines.count("too long or cannot be read"), 1);
    service.force_open().await;
    assert!(service.is_up());
}

/// The largest sequence number that a message may have would be restored to the
/// store, and then its scripts could not count any more.
#[tokio::test]
async fn a_forged_version_does_not_stop_the_store() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let service = OrderService::join_and_wait(&server.url()).await;
    let epoch = match server.run(&["HGET", "fusebox:{orders}:meta", "epoch"]) {
        redis::Value::BulkString(epoch) => String::from_utf8(epoch).expect("a number"),
        other => panic!("{other:?} is not a text"),
    };
    for sequence in [u64::MAX, i64::MAX.unsigned_abs(), 1 << 52] {
        let forged = format!("kind=forced&breaker=x&state=open&who=eve&reason=x&version={epoch}-{sequence}");
        server.run(&["PUBLISH", "fusebox:{orders}:changes", &forged]);
    }
    sleep(Duration::from_secs(6)).await;
    for _ in 0..3 {
        service
            .fleet
            .force_open("inventory", None, anna())
            .await
            .expect("it counts on");
    }
    service
        .until("it is forced", |service| {
            service.breaker.state() == State::ForcedOpen
        })
        .await;
}

#[tokio::test]
async fn two_programs_with_one_service_name_are_one_line() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    // The instances of this stand are of the program `orders-api`.
    let _other = Stand::join(&server.store(), "pod-9").await;
    let service = OrderService::join_and_wait(&server.url()).await;
    service
        .logs("service `orders` of this store is also used by program `orders-api`")
        .await;
    service.decides_alone().await;
    assert!(service.is_up(), "it takes part nevertheless");
}

#[tokio::test]
async fn two_processes_with_one_instance_name_are_one_line() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let service = OrderService::join_and_wait(&server.url()).await;
    let mut twin = Stand::connect(&server.store(), "pod-1").await;
    for _ in 0..3 {
        twin.sync("").await;
        sleep(Duration::from_secs(2)).await;
    }
    service
        .logs("another process uses the instance name `pod-1`; give each process a name of its own")
        .await;
    assert_eq!(
        service.lines.count("another process"),
        1,
        "not every five seconds"
    );
    service.decides_alone().await;
}

#[tokio::test]
async fn a_registry_joins_once() {
    let (registry, store) = (Registry::new(), Store::local());
    let options = || FleetOptions::new("orders").instance("pod-1");
    let fleet = Fleet::join(&registry, &store, options()).expect("the names are right");
    assert_eq!(
        Fleet::join(&registry, &store, options()).unwrap_err(),
        JoinError::AlreadyJoined
    );
    fleet.leave().await;
    let again = Fleet::join(&registry, &store, options()).expect("it has left");
    again.joined().await;
}
