//! Passwords and tokens: from the environment or a file, and never shown.

use std::fs;

use fusebox::{Registry, State};

use super::{
    page::{self, TOKEN},
    program::Program,
    redis_server::RedisServer,
};

#[test]
fn a_password_in_the_url_is_refused_and_not_repeated() {
    for url in [
        "redis://:hunter2@127.0.0.1:1",
        "rediss://anna:hunter2@127.0.0.1:1/0",
    ] {
        let message = Program::of_fleet(url).fails(2, &["list"]);
        assert!(
            message.contains("FUSEBOX_STORE_PASSWORD") && !message.contains("hunter2"),
            "{message}"
        );
    }
}

#[test]
fn a_wrong_password_has_an_exit_code_of_its_own() {
    let Some(server) = RedisServer::start(&["--requirepass", "hunter2"]) else {
        return;
    };
    let program = Program::of_fleet(&server.url());
    for program in [
        program.clone(),
        program.clone().with("FUSEBOX_STORE_PASSWORD", "guess"),
        program
            .clone()
            .with("FUSEBOX_STORE_USER", "anna")
            .with("FUSEBOX_STORE_PASSWORD", "hunter2"),
    ] {
        let message = program.fails(4, &["list"]);
        assert!(
            !message.contains("guess") && !message.contains("hunter2"),
            "{message}"
        );
    }
    program
        .clone()
        .with("FUSEBOX_STORE_PASSWORD", "hunter2")
        .json(&["list"]);

    let file = std::env::temp_dir().join(format!("fusebox-secret-{}", std::process::id()));
    let path = file.to_str().expect("a plain path").to_owned();
    fs::write(&file, "hunter2\n").expect("the folder is writable");
    program.json(&["--secret-file", &path, "list"]);
    fs::write(&file, "two\nlines\n").expect("the folder is writable");
    let message = program.fails(2, &["--secret-file", &path, "list"]);
    fs::remove_file(&file).expect("it was written");
    assert!(message.contains("more than one line"), "{message}");
    let message = program.fails(2, &["--secret-file", &path, "list"]);
    assert!(message.contains("cannot be read"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_changes_nothing() {
    let registry = Registry::new();
    let breaker = registry.breaker("payments").build().unwrap();
    let page = page::serve(&registry).await;
    let program = Program::at(&format!("http://{}", page.address()));
    let trip = ["trip", "payments", "--reason", "drill"];
    let wrong = program.clone().with("FUSEBOX_TOKEN", "ffffffffffffffff");
    let message = wrong.fails(4, &trip);
    assert!(
        message.contains("refuses") && !message.contains("ffffffff"),
        "{message}"
    );
    program.fails(4, &trip);
    assert_eq!(breaker.state(), State::Closed, "nothing happened");
    program.with("FUSEBOX_TOKEN", TOKEN).json(&trip);
    assert_eq!(breaker.state(), State::Open);
}
