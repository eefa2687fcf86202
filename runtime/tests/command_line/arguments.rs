//! Wrong arguments, and the help.

use super::program::{Program, text};

#[test]
fn the_help_teaches() {
    let help = Program::default().text(&["--help"]);
    for word in [
        "redis://",
        "http://",
        "A circuit breaker rejects calls",
        "half_open",
        "Exit codes",
        "FUSEBOX_TOKEN",
        "explain payments",
        "force open payments --for 30m",
        "--json",
    ] {
        assert!(help.contains(word), "{word} is missing");
    }
    let widest = help.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?}");
}

#[test]
fn every_command_of_the_help_has_its_own() {
    let help = Program::default().text(&["--help"]);
    let commands = help
        .split_once("Commands:\n")
        .and_then(|(_, rest)| rest.split_once("\n\n"));
    let (commands, _) = commands.expect("a list of commands");
    let names: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(
        names,
        [
            "list",
            "show",
            "explain",
            "history",
            "watch",
            "instances",
            "force",
            "release",
            "trip",
            "reset",
            "set",
            "acl",
            "check"
        ]
    );
    for name in names {
        assert!(
            Program::default().text(&[name, "--help"]).contains("Usage:"),
            "{name}"
        );
    }
}

#[test]
fn wrong_arguments_are_refused_with_what_to_write() {
    let nowhere = Program::default();
    for (words, expected) in [
        (&["list"][..], "write `--at"),
        (&["lst"], "similar subcommand exists: 'list'"),
        (&["--at", "redis://127.0.0.1:1", "list"], "--service"),
        (
            &["--at", "127.0.0.1:6379", "--service", "orders", "list"],
            "has no scheme",
        ),
        (
            &["--at", "ftp://127.0.0.1", "--service", "orders", "list"],
            "has a scheme other than",
        ),
        (
            &["--at", "redis://127.0.0.1:1", "--service", "or ders", "list"],
            "the service name has ' '",
        ),
        (&["--at", "http://", "list"], "`http://host:port`"),
        (
            &["--at", "http://anna:pw@127.0.0.1", "list"],
            "`http://host:port`",
        ),
        (&["show"], "<NAME>"),
        (&["explain"], "<NAME>"),
        (&["force", "open", "x"], "--reason"),
        (&["force", "ajar", "x", "--reason", "y"], "open, closed"),
        (
            &["force", "open", "x", "--reason", " "],
            "it is empty; write a few words",
        ),
        (
            &["force", "open", "x", "--reason", "y", "--for", "30"],
            "write for example `90s`",
        ),
        (&["force", "open", "--reason", "y"], "<NAME>"),
        (&["watch", "--for", "soon"], "write for example `90s`"),
        (&["acl", "an na"], "letters, digits or `-_.`"),
    ] {
        let message = nowhere.fails(2, words);
        assert!(message.contains(expected), "{words:?}: {message}");
        assert!(!message.contains("anna:pw"), "{message}");
    }
}

#[test]
fn nothing_at_the_address_is_unreachable() {
    for program in [
        Program::of_fleet("redis://127.0.0.1:1"),
        Program::at("http://127.0.0.1:1"),
        Program::at("https://127.0.0.1:1"),
        Program::at("http://no-such-host.invalid"),
    ] {
        let message = program.fails(3, &["list"]);
        assert!(message.contains("cannot be reached"), "{message}");
    }
    let output = Program::of_fleet("redis://127.0.0.1:1").run(&["--json", "watch"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(output.stdout.is_empty(), "a script reads no half answer");
}
