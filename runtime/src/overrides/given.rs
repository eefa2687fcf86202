//! The values that a file and the environment give.

use std::sync::Arc;

use crate::overrides::{document::Document, environment::Environment};

/// Settings by the name of a breaker, from a file and from the environment.
///
/// ```
/// use std::time::Duration;
/// use fusebox::{Registry, config::Overrides};
///
/// let registry = Registry::new();
/// Overrides::from_toml("[breaker.payments]\ncooldown = '5s'")?.apply(&registry)?;
///
/// let payments = registry.breaker("payments").cooldown(Duration::from_secs(30)).build()?;
/// assert_eq!(payments.settings().cooldown(), Duration::from_secs(5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Values are [applied](Self::apply) to a registry. Applied before the first call, they decide with
/// which settings breakers are made; applied later, they change breakers in place. For the same
/// setting of the same breaker, the last of these wins:
///
/// 1. the default of the crate,
/// 2. `[defaults]`,
/// 3. the attribute or the builder,
/// 4. the template that a `[breaker]` table extends,
/// 5. the `[breaker]` table: the longest pattern that matches, and an exact name always,
/// 6. the environment,
/// 7. an operator at run time.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub(super) document: Arc<Document>,
    pub(super) environment: Environment,
}
