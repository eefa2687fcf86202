//! Every breaker of a registry as text for Prometheus.
//!
//! ```
//! use fusebox::{CircuitBreaker, Registry, prometheus};
//!
//! # fn main() -> Result<(), fusebox::ConfigError> {
//! CircuitBreaker::builder("prometheus-doc").build()?.trip();
//! // Serve this at `/metrics`, with `prometheus::CONTENT_TYPE`.
//! let text = prometheus::render(Registry::global());
//! assert!(text.contains(r#"fusebox_state{breaker="prometheus-doc",state="open"} 1"#));
//! # Ok(())
//! # }
//! ```

mod bounds;
mod exporter;
mod text;

use crate::registry::Registry;

pub use exporter::Exporter;

/// The `Content-Type` of [`render`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The `Content-Type` of [`render_text`].
pub const TEXT_CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns all breakers of a registry as OpenMetrics 1.0 text.
///
/// Breakers of annotated functions are in it from the first scrape on, at zero, also before their
/// first call. A group of keyed breakers is in it as a sum; [`Exporter::with_keys`] adds its keys.
/// The series and labels are listed in the guide page `integrations`. Serve it with
/// [`CONTENT_TYPE`].
///
/// # Cost
/// About 11,000 instructions (2 to 4 µs) and 2.5 KB per breaker: the bench `scrape`. A group has
/// one set of lines, for which each of its keys is read. Calls that run meanwhile pay nothing.
pub fn render(registry: &Registry) -> String {
    Exporter::new(registry).render()
}

/// Returns the same series in the older text format, version 0.0.4.
///
/// For scrapers that do not accept OpenMetrics, and for `promtool check metrics`. Serve it with
/// [`TEXT_CONTENT_TYPE`].
pub fn render_text(registry: &Registry) -> String {
    Exporter::new(registry).render_text()
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
