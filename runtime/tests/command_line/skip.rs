//! A visible line for a test that this machine cannot run.

use std::{fmt::Display, io::Write};

/// Prints why a test is skipped.
///
/// Not with `println!`: the test harness would hide it.
pub(crate) fn skipped(program: &str, reason: impl Display) {
    let _ = writeln!(
        std::io::stderr(),
        "skipped: {program} cannot be started: {reason}"
    );
}
