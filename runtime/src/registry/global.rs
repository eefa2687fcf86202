//! The process-wide registry.

use crate::{
    registry::{Registry, current},
    sync::OnceLock,
};

static GLOBAL: OnceLock<Registry> = OnceLock::new();

/// The error of [`Registry::install_global`]: the global registry is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the global registry is already in use; call `Registry::install_global` first in `main`")]
pub struct InstallError;

impl Registry {
    /// Returns the registry of the annotated functions.
    ///
    /// Default: an empty registry on tokio's clock.
    pub fn global() -> &'static Self {
        GLOBAL.get_or_init(Self::new)
    }

    /// Makes `registry` the global one, for example because it has another clock.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use fusebox::{Clock, Registry, Sleep};
    ///
    /// /// A clock that needs no tokio runtime.
    /// struct Monotonic(Instant);
    ///
    /// impl Clock for Monotonic {
    ///     fn now(&self) -> Duration {
    ///         self.0.elapsed()
    ///     }
    ///
    ///     fn sleep_until(&self, deadline: Duration) -> Sleep {
    ///         # let _ = deadline;
    ///         unimplemented!("the program does not wait for permits")
    ///     }
    /// }
    ///
    /// let registry = Registry::builder().clock(Monotonic(Instant::now())).build();
    /// Registry::install_global(registry)?;
    /// assert!(Registry::install_global(Registry::new()).is_err());
    /// # Ok::<(), fusebox::InstallError>(())
    /// ```
    ///
    /// # Errors
    /// [`InstallError`] if the global registry was used before. A call of an annotated function, a
    /// builder and [`global`](Self::global) use it.
    pub fn install_global(registry: Self) -> Result<(), InstallError> {
        GLOBAL.set(registry).map_err(|_| InstallError)
    }

    /// Returns whether it is the global registry. Does not make one.
    #[cfg_attr(
        not(any(feature = "metrics", feature = "prometheus")),
        allow(dead_code, reason = "decides which declared functions are shown")
    )]
    pub(super) fn is_global(&self) -> bool {
        GLOBAL.get().is_some_and(|global| global.is(self))
    }

    /// Returns the registry that a call made here uses.
    ///
    /// It is the global registry, or that of an isolated test.
    pub fn current() -> Self {
        current::current().unwrap_or_else(|| Self::global().clone())
    }
}
