//! A breaker for a `static`.

use std::{fmt, ops::Deref};

use crate::{
    breaker::CircuitBreaker,
    registry::{
        CircuitBreakerBuilder,
        current::{self, PerRegistry},
    },
};

/// A breaker in a `static` that is built on first use, in each registry once.
///
/// A `LazyLock<CircuitBreaker>` belongs to the registry of its first user for ever: if that is an
/// isolated test, every later test gets this test's breaker. A `LazyBreaker` resolves per registry.
///
/// ```
/// use fusebox::{CircuitBreaker, LazyBreaker};
///
/// static ORDERS: LazyBreaker =
///     LazyBreaker::new(|| CircuitBreaker::builder("lazy-doc").threshold(3));
///
/// let permit = ORDERS.try_acquire().expect("it is closed");
/// permit.success();
/// ```
///
/// # Panics
/// On first use, if [`build`](CircuitBreakerBuilder::build) rejects the settings.
pub struct LazyBreaker {
    builder: fn() -> CircuitBreakerBuilder,
    breaker: PerRegistry<CircuitBreaker>,
}

impl LazyBreaker {
    /// Makes a lazy breaker of this builder.
    pub const fn new(builder: fn() -> CircuitBreakerBuilder) -> Self {
        Self {
            builder,
            breaker: PerRegistry::new(),
        }
    }
}

impl Deref for LazyBreaker {
    type Target = CircuitBreaker;

    #[track_caller]
    fn deref(&self) -> &CircuitBreaker {
        let current = current::current();
        self.breaker
            .get_or_make(current.as_ref(), |_| match (self.builder)().build() {
                Ok(breaker) => breaker,
                Err(error) => panic!("a `LazyBreaker` cannot be built: {error}"),
            })
    }
}

impl fmt::Debug for LazyBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyBreaker").finish_non_exhaustive()
    }
}
