//! The command line, run as an operator runs it.
//!
//! The tests of the fleet need a `redis-server`, those of encryption `openssl`, those of the
//! terminal `tmux`. Without one, each is skipped with a line.

mod arguments;
mod certificates;
mod encryption;
mod fleet;
mod instance;
mod page;
mod program;
#[path = "../../src/fleet/tests/redis_server.rs"]
mod redis_server;
mod secrets;
mod skip;
mod terminal;
mod tmux;
