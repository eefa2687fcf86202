//! The command line in a real terminal.

use fusebox::{
    Operator, Registry, State,
    dashboard::Dashboard,
    fleet::{Fleet, FleetOptions, Store},
};

use super::{redis_server::RedisServer, tmux::Terminal};

/// Red, and the default colour after it, as `tmux` writes them.
const RED_OPEN: &str = "\u{1b}[31mopen\u{1b}[39m";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_reads_lists_changes_and_mistakes() {
    let registry = Registry::new();
    let payments = registry.breaker("payments").build().unwrap();
    let inventory = registry.breaker("inventory").build().unwrap();
    payments.trip();
    let page = Dashboard::new(&registry).serve("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", page.address());
    let Some(terminal) = Terminal::start(&[("FUSEBOX_AT", &url)]) else {
        return;
    };

    // A table in colours, each row on one line.
    terminal.types("$FUSEBOX list");
    let screen = terminal.shows("payments");
    assert!(terminal.coloured_screen().contains(RED_OPEN), "{screen}");
    let header = screen
        .lines()
        .find(|line| line.starts_with("NAME"))
        .unwrap_or_else(|| panic!("no header on\n{screen}"));
    let column = header.find("STATE").expect("a column");
    for (name, state) in [("inventory", "closed"), ("payments", "open")] {
        let row = screen.lines().find(|line| line.starts_with(name)).expect("a row");
        assert!(row[column..].starts_with(state), "{screen}");
    }

    // No colours in a pipe, and none with NO_COLOR.
    for line in [
        "clear; $FUSEBOX list | cat; echo end",
        "clear; NO_COLOR=1 $FUSEBOX list; echo end",
    ] {
        terminal.types(line);
        terminal.shows("\nend\n");
        let screen = terminal.coloured_screen();
        assert!(
            screen.contains("payments") && !screen.contains("\u{1b}[31m"),
            "{screen}"
        );
    }

    // A pipe that ends early is not a failure.
    terminal.types("clear; $FUSEBOX --help | head -n 1; echo end");
    let screen = terminal.shows("\nend\n");
    assert!(!screen.to_lowercase().contains("panic"), "{screen}");

    terminal.types("clear; $FUSEBOX explain payments");
    terminal.shows("payments is open since ");

    // `watch` prints changes until Ctrl-C, and the shell is back.
    terminal.types("clear; $FUSEBOX watch");
    terminal.shows("inventory: closed");
    inventory.trip();
    let screen = terminal.shows("inventory: open");
    assert!(screen.contains(" UTC  payments: open"), "{screen}");
    terminal.press("C-c");
    terminal.types("clear; echo \"the shell is $((1 + 1))\"");
    terminal.shows("the shell is 2");

    // A mistake is a line with what to write.
    terminal.types("clear; $FUSEBOX force open payments; echo code $?");
    let screen = terminal.shows("code 2");
    assert!(screen.contains("--reason <REASON>"), "{screen}");
    terminal.types("clear; $FUSEBOX trip payments --reason drill; echo code $?");
    let screen = terminal.shows("code 4");
    assert!(screen.contains("fusebox: "), "{screen}");
    terminal.types("clear; $FUSEBOX --at http://127.0.0.1:1 list; echo code $?");
    terminal.shows("code 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_forces_and_watches_a_fleet() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let registry = Registry::new();
    let breaker = registry.breaker("payments").build().unwrap();
    let options = FleetOptions::new("orders").instance("pod-1");
    let fleet = Fleet::join(&registry, &Store::redis(&server.url()).unwrap(), options).unwrap();
    fleet.joined().await;
    let variables = [
        ("FUSEBOX_AT", server.url()),
        ("FUSEBOX_SERVICE", "orders".to_owned()),
        ("USER", "anna".to_owned()),
    ];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let Some(terminal) = Terminal::start(&variables) else {
        return;
    };
    terminal.types("clear; $FUSEBOX instances");
    terminal.shows("pod-1");
    terminal.types("clear; $FUSEBOX force open payments --for 30m --reason 'provider down'");
    terminal.shows("forced_open on all instances: payments");
    super::fleet::until(&breaker, State::ForcedOpen).await;
    terminal.types("clear; $FUSEBOX list");
    let screen = terminal.shows("by anna (provider down)");
    assert!(
        terminal.coloured_screen().contains("\u{1b}[31mforced_open"),
        "{screen}"
    );
    terminal.types("clear; $FUSEBOX watch");
    terminal.shows("payments  fleet: forced_open by anna (provider down)");
    fleet
        .release("payments", Operator::new("bert", "it is back"))
        .await
        .unwrap();
    terminal.shows("payments  fleet: closed");
    // The store ends while a person watches.
    drop(server);
    terminal.shows("cannot be reached");
    terminal.types("clear; echo \"the shell is $((1 + 1))\"");
    terminal.shows("the shell is 2");
}
