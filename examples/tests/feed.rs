//! The program `feed`.

use std::process::Command;

#[test]
fn without_breakers_the_feed_collapses_and_with_breakers_it_holds() {
    let directory = tempfile::tempdir().expect("a directory");
    let picture = directory.path().join("feed.svg");
    let run = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--package",
            "fusebox-examples",
            "--example",
            "feed",
            "--",
        ])
        .arg(&picture)
        .output()
        .expect("cargo is there");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let picture = std::fs::read_to_string(picture).expect("the picture was written");
    for word in ["without breakers", "with breakers", "half-open", "Recommendation"] {
        assert!(picture.contains(word), "the picture shows {word}");
    }
}
