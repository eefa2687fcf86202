//! An operator of a fleet.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use fusebox::{
    CircuitBreaker, Registry, State, Threshold,
    dashboard::{Dashboard, Token},
    fleet::{Fleet, FleetOptions, Share, Store},
};
use serde_json::Value;

use super::{
    page::TOKEN,
    program::{Program, text},
    redis_server::RedisServer,
};

pub(crate) async fn until(breaker: &CircuitBreaker, state: State) {
    let start = Instant::now();
    while breaker.state() != state {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{state} expected, {breaker:?}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_forces_and_releases_a_fleet() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let registry = Registry::new();
    let eu = registry.breaker("inventory[eu-1]").build().unwrap();
    let us = registry.breaker("inventory[us-1]").build().unwrap();
    let store = Store::redis(&server.url()).unwrap();
    let fleet = Fleet::join(&registry, &store, FleetOptions::new("orders").instance("pod-1")).unwrap();
    fleet.joined().await;
    let program = Program::of_fleet(&server.url()).with("USER", "anna");

    assert_eq!(program.json(&["instances"])["instances"][0]["name"], "pod-1");
    assert_eq!(program.json(&["list"])["breakers"], Value::Array(Vec::new()));
    assert!(
        program
            .text(&["list"])
            .contains("all breakers of 1 instances are closed")
    );
    let force = "force open inventory[eu-1] inventory[us-1] --for 30m --reason";
    let force: Vec<&str> = force.split(' ').chain(["provider down"]).collect();
    program.json(&force);
    until(&eu, State::ForcedOpen).await;
    until(&us, State::ForcedOpen).await;
    let operator = eu.snapshot().last_change.unwrap().operator.unwrap();
    assert_eq!(operator.to_string(), "anna (provider down)");
    let shown = program.json(&["show", "inventory[eu-1]"]);
    assert_eq!(shown["forced"]["state"], "forced_open");
    let remaining = shown["forced"]["remaining_ms"].as_u64().unwrap();
    assert!((1_700_000..=1_800_000).contains(&remaining), "{remaining}");
    let explained = program.text(&["explain", "inventory[eu-1]"]);
    for part in [
        "inventory[eu-1] is forced open on all instances",
        "who       anna",
        "reason    provider down",
    ] {
        assert!(explained.contains(part), "{part}: {explained}");
    }

    let message = program.fails(1, &["release", "inventory*", "--reason", "back"]);
    assert!(
        message.contains("matches 2 breakers") && message.contains("--yes"),
        "{message}"
    );
    assert_eq!(eu.state(), State::ForcedOpen);
    program.json(&["release", "inventory*", "--reason", "back", "--yes"]);
    until(&eu, State::Closed).await;
    until(&us, State::Closed).await;

    let message = program.fails(1, &["release", "payments*", "--reason", "back"]);
    assert!(message.contains("no known breaker matches"), "{message}");
    for line in [
        "trip x --reason y",
        "reset x --reason y",
        "set x cooldown=1s --reason y",
        "history x",
    ] {
        let message = program.fails(2, &words(line));
        assert!(message.contains("works on one instance"), "{line}");
    }
    let explained = program.text(&["explain", "inventory[eu-1]"]);
    assert!(
        explained.contains("is closed on all 1 instances, or no instance has it"),
        "{explained}"
    );
    fleet.leave().await;
}

/// Two instances with the breaker `inventory`, and the operator's program.
struct TwoPods {
    members: [(Registry, CircuitBreaker, Fleet); 2],
    program: Program,
    _server: RedisServer,
}

impl TwoPods {
    async fn start() -> Option<Self> {
        let server = RedisServer::start(&[])?;
        let store = Store::redis(&server.url()).unwrap();
        let join = async |name: &str| {
            let registry = Registry::new();
            let breaker = registry.breaker("inventory").build().unwrap();
            let options = FleetOptions::new("orders").instance(name);
            let fleet = Fleet::join(&registry, &store, options).unwrap();
            fleet.joined().await;
            (registry, breaker, fleet)
        };
        Some(Self {
            members: [join("pod-1").await, join("pod-2").await],
            program: Program::of_fleet(&server.url()).with("USER", "anna"),
            _server: server,
        })
    }

    fn states(&self) -> [State; 2] {
        self.members.each_ref().map(|(_, breaker, _)| breaker.state())
    }

    async fn leave(self) {
        for (_, _, fleet) in self.members {
            fleet.leave().await;
        }
    }
}

/// Splits at blanks.
fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_forces_and_releases_one_instance() {
    let Some(pods) = TwoPods::start().await else {
        return;
    };
    let force = words("force open inventory --instance pod-2 --for 10m --reason");
    let done = pods.program.json(&[&force[..], &["bad host"]].concat());
    assert_eq!(
        done,
        serde_json::json!({
            "done": "forced_open", "breakers": ["inventory"], "instance": "pod-2", "confirmed": true,
        })
    );
    assert_eq!(pods.states(), [State::Closed, State::ForcedOpen]);
    the_forced_instance_is_shown(&pods.program);
    let release = words("release inventory --instance pod-2 --reason replaced");
    let released = pods.program.text(&release);
    assert_eq!(released.trim(), "released on pod-2: inventory");
    assert_eq!(pods.states(), [State::Closed; 2]);
    // A breaker that the instance does not have.
    let unconfirmed = pods
        .program
        .text(&words("force open mail --instance pod-2 --reason r"));
    assert!(
        unconfirmed.contains("pod-2 has not confirmed it: it has no such breaker yet"),
        "{unconfirmed}"
    );
    pods.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_of_one_instance_is_confirmed_although_the_breaker_is_forced_on_all() {
    let Some(pods) = TwoPods::start().await else {
        return;
    };
    pods.program
        .text(&words("force open inventory --reason provider"));
    for (_, breaker, _) in &pods.members {
        until(breaker, State::ForcedOpen).await;
    }
    pods.program
        .text(&words("force closed inventory --instance pod-2 --reason drill"));
    assert_eq!(pods.states(), [State::ForcedOpen, State::ForcedClosed]);
    let done = pods
        .program
        .json(&words("release inventory --instance pod-2 --reason over"));
    assert_eq!(done["confirmed"], true, "{done}");
    assert_eq!(pods.states(), [State::ForcedOpen; 2]);
    // An exception from what is forced on all, which has no end.
    pods.members[1].1.release_override();
    until(&pods.members[1].1, State::Closed).await;
    let shown = words("show inventory");
    let start = Instant::now();
    while pods.program.json(&shown)["instances"][0]["state"] != "closed" {
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", pods.states());
    }
    let reported = &pods.program.json(&shown)["instances"][0];
    assert_eq!(reported["remaining_ms"], Value::Null, "{reported}");
    let explained = pods.program.text(&words("explain inventory"));
    assert!(explained.contains("instances pod-2 closed\n"), "{explained}");
    pods.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_not_there_is_a_mistake() {
    let Some(pods) = TwoPods::start().await else {
        return;
    };
    let program = &pods.program;
    let message = program.fails(1, &words("force open x --instance pod-9 --reason r"));
    assert!(message.contains("no live instance is named `pod-9`"), "{message}");
    assert!(message.contains("`fusebox instances` lists them"), "{message}");
    let message = program.fails(1, &["release", "x", "--instance", "pod 2; DROP", "--reason", "r"]);
    assert!(
        message.contains("no live instance is named `pod 2; DROP`"),
        "{message}"
    );
    program.fails(2, &["force", "open", "x", "--instance", " ", "--reason", "r"]);
    program.fails(2, &words("list --instance pod-1"));
    pods.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_one_instance_passes_a_command_on_to_another_one() {
    let Some(pods) = TwoPods::start().await else {
        return;
    };
    let [(registry, one, fleet), (_, two, _)] = &pods.members;
    let page = Dashboard::new(registry)
        .fleet(fleet)
        .allow_commands(Token::new(TOKEN).unwrap());
    let page = page.serve("127.0.0.1:0").await.unwrap();
    let by_page = Program::at(&format!("http://{}", page.address()))
        .with("FUSEBOX_TOKEN", TOKEN)
        .with("USER", "bert");
    let closed = by_page.text(&words("force closed inventory --instance pod-2 --reason drill"));
    assert_eq!(closed.trim(), "force_closed on pod-2: inventory");
    until(two, State::ForcedClosed).await;
    assert_eq!(one.state(), State::Closed);
    let gone = by_page.fails(1, &words("release inventory --instance pod-9 --reason r"));
    assert!(gone.contains("no live instance is named `pod-9`"), "{gone}");
    pods.leave().await;
}

/// Checks that each view shows the instance, the operator and the reason.
fn the_forced_instance_is_shown(program: &Program) {
    let shown = program.text(&["show", "inventory"]);
    let lines: Vec<&str> = shown.lines().collect();
    let pods = [lines[lines.len() - 2], lines[lines.len() - 1]];
    assert!(pods[0].contains("pod-1") && pods[0].contains("closed"), "{shown}");
    for part in ["pod-2", "forced_open", "9m", "by anna (bad host)"] {
        assert!(pods[1].contains(part), "{part}: {shown}");
    }
    let instances = program.text(&["instances"]);
    assert!(instances.contains("inventory (forced_open)"), "{instances}");
    let reported = program.json(&["instances"])["instances"][1]["breakers"][0].clone();
    assert_eq!(
        (&reported["who"], &reported["reason"]),
        (&"anna".into(), &"bad host".into())
    );
    let explained = program.text(&["explain", "inventory"]);
    for part in [
        "not closed on 1 of 2 instances",
        "pod-2 forced open for 9m",
        "by anna (bad host)",
    ] {
        assert!(explained.contains(part), "{part}: {explained}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breaker_that_a_quorum_opened_is_explained() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let store = Store::redis(&server.url()).unwrap();
    let mut members = Vec::new();
    for number in 1..=2 {
        let registry = Registry::new();
        let breaker = registry
            .breaker("inventory")
            .threshold(Threshold::failures(1))
            .build()
            .unwrap();
        let options = FleetOptions::new("orders")
            .instance(format!("pod-{number}"))
            .share_all(Share::quorum(2, 50));
        let fleet = Fleet::join(&registry, &store, options).unwrap();
        fleet.joined().await;
        members.push((breaker, fleet));
    }
    let program = Program::of_fleet(&server.url());
    members[0].0.try_acquire().unwrap().failure();
    until(&members[0].0, State::Open).await;
    let start = Instant::now();
    while !program
        .text(&["explain", "inventory"])
        .contains("not closed on 1 of 2 instances")
    {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{}",
            program.text(&["list"])
        );
    }
    members[1].0.try_acquire().unwrap().failure();
    while !program
        .text(&["explain", "inventory"])
        .contains("2 of 2 live instances had tripped")
    {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{}",
            program.text(&["list"])
        );
    }
    let explained = program.text(&["explain", "inventory"]);
    for part in [
        "is open on all instances, next trial in 2",
        "pod-1 open for",
        "pod-2 open for",
    ] {
        assert!(explained.contains(part), "{part}: {explained}");
    }
    assert_eq!(
        program.json(&["explain", "inventory"])["open"]["live_instances"],
        2
    );
    let list = program.text(&["list"]);
    assert!(list.contains("2 of 2"), "{list}");
}

#[test]
fn the_printed_rights_suffice() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let line = Program::default().json(&["--service", "orders", "acl", "shop"])["acl"]
        .as_str()
        .unwrap()
        .replace("PASSWORD", "pw");
    let set = Command::new("redis-cli")
        .args(["-p", &server.port().to_string()])
        .args(line.split(' '))
        .output()
        .expect("redis-cli comes with redis-server");
    assert_eq!(
        String::from_utf8_lossy(&set.stdout).trim(),
        "OK",
        "{}",
        text(&set)
    );
    let shop = |program: Program| {
        program
            .with("FUSEBOX_STORE_USER", "shop")
            .with("FUSEBOX_STORE_PASSWORD", "pw")
    };
    let program = shop(Program::of_fleet(&server.url()));
    program.json(&["force", "open", "inventory", "--reason", "drill"]);
    assert_eq!(program.json(&["list"])["breakers"][0]["name"], "inventory");
    program.json(&["release", "inventory", "--reason", "drill"]);
    // Another service of the same store is out of reach.
    let message = shop(Program::at(&server.url())).fails(1, &["--service", "payments", "list"]);
    assert!(message.contains("denies"), "{message}");
}
