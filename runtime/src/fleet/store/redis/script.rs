//! The scripts: each operation that changes something is one of them, so it is
//! atomic.

use std::sync::LazyLock;

use redis::Script;

/// The scripts by operation.
pub(crate) struct Scripts {
    pub(crate) sync: Script,
    pub(crate) leave: Script,
    pub(crate) report: Script,
    pub(crate) force: Script,
    pub(crate) acquire: Script,
    pub(crate) renew: Script,
    pub(crate) abandon: Script,
    pub(crate) finish: Script,
    pub(crate) restore: Script,
}

/// The scripts of this program.
/// A server that does not hold one yet receives it with its first use.
pub(crate) static SCRIPTS: LazyLock<Scripts> = LazyLock::new(|| Scripts {
    sync: script(include_str!("scripts/sync.lua")),
    leave: script(include_str!("scripts/leave.lua")),
    report: script(include_str!("scripts/report.lua")),
    force: script(include_str!("scripts/force.lua")),
    acquire: script(include_str!("scripts/acquire.lua")),
    renew: script(include_str!("scripts/renew.lua")),
    abandon: script(include_str!("scripts/abandon.lua")),
    finish: script(include_str!("scripts/finish.lua")),
    restore: script(include_str!("scripts/restore.lua")),
});

fn script(operation: &str) -> Script {
    Script::new(&format!("{}{operation}", include_str!("scripts/prelude.lua")))
}
