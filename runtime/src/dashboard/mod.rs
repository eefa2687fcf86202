//! The operator's page: which breakers are open, and commands to act on them.
//!
//! The page needs no build step and no network: its files are part of the program.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use fusebox::{Registry, dashboard::{Dashboard, Token}};
//!
//! let page = Dashboard::new(Registry::global())
//!     .allow_commands(Token::new("3f9a62c07d5b41e8")?)
//!     .serve("127.0.0.1:0")
//!     .await?;
//! println!("http://{}", page.address());
//! # Ok(())
//! # }
//! ```
//!
//! # Paths
//!
//! | path | answer |
//! |---|---|
//! | `/` | the page |
//! | `/api/v1/breakers` | all breakers, and all groups as one row each |
//! | `/api/v1/breakers/{name}` | everything about one breaker |
//! | `/api/v1/breakers/{name}/history` | its last changes |
//! | `/api/v1/groups/{name}` | everything about one group of keyed breakers |
//! | `/api/v1/groups/{name}/keys` | its keys, the worst first; `?search=` finds some |
//! | `/api/v1/fleet` | the instances of the fleet, and which breakers are open where |
//! | `/api/v1/events` | server-sent events: a snapshot, then what changed, once a second |
//! | `POST /api/v1/breakers/{name}/commands` | force, release, trip, reset, set |
//! | `/api/v1/openapi.json` | the description of the API |
//! | `/metrics` | every breaker, for Prometheus |
//! | `/health` | always 200; the body lists open breakers |
//!
//! # Security
//!
//! * [`serve`](Dashboard::serve) refuses an address that other machines can reach, unless a token
//!   is required.
//! * The page is read-only until [`Dashboard::allow_commands`]. A command needs the token,
//!   `Content-Type: application/json`, and no foreign `Origin`.
//! * Every path refuses a `Host` that is not allowed.
//! * Limits: 4 KiB for a command, 10 commands a second, 64 open pages, 256 connections.
//! * Names and error texts reach the page as text. It loads nothing from elsewhere.
//! * `serve` serves plain HTTP. On a network, put a TLS proxy in front, or nest the service in a
//!   TLS server.
//!
//! # Health
//!
//! `/health` answers 200 while breakers are open. An open breaker means that a service *behind*
//! this one is down. An orchestrator that restarts or drains this service for it would only add to
//! the outage.

mod answer;
mod assets;
mod board;
mod body;
mod command;
mod error;
mod feed;
mod fleet;
mod limiter;
mod page_of;
mod policy;
mod request_body;
mod route;
mod samples;
mod serve;
mod service;
mod stall;
#[cfg(test)]
mod tests;
mod token;
mod tracked;
mod view;

pub use body::Body;
pub use error::ServeError;
pub use serve::Server;
pub use service::{Dashboard, ResponseFuture};
pub use token::{Token, TokenError};
