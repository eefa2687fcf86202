//! The page about verification names nothing that is not there.

use std::fs;
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 3] = ["../tests/tests", "../tests/src", "../runtime/src"];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All Rust source below a folder.
fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
    {
        if entry.is_dir() {
            sources(&entry, into);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(&entry).expect("a source file"));
        }
    }
}

/// What stands between backticks and looks like the name of a test: words joined by underscores, three at least.
fn names(page: &str) -> Vec<&str> {
    let is_name = |text: &&str| {
        text.matches('_').count() >= 2
            && text
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    };
    page.split('`').skip(1).step_by(2).filter(is_name).collect()
}

#[test]
fn every_test_on_the_page_exists() {
    let page = fs::read_to_string(root("../docs/verification.md")).expect("the page");
    let mut code = String::new();
    for folder in FOLDERS {
        sources(&root(folder), &mut code);
    }
    let names = names(&page);
    assert!(names.len() > 80, "the page names {} tests", names.len());
    let missing: Vec<_> = names
        .iter()
        .filter(|name| !code.contains(&format!("fn {name}(")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/verification.md names what is not there: {missing:?}"
    );
}

#[test]
fn every_rule_is_on_the_page() {
    let page = fs::read_to_string(root("../docs/verification.md")).expect("the page");
    for rule in 1..=19 {
        assert!(page.contains(&format!("\n| R{rule} |")), "R{rule} is missing");
    }
}
