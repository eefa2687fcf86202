//! How many requests a service has not answered yet.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};

#[derive(Debug, Clone, Default)]
pub(crate) struct Gauge(Arc<AtomicUsize>);

impl Gauge {
    pub(crate) fn in_flight(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts the requests of a service.
    pub(crate) fn watch(&self, routes: Router) -> Router {
        let gauge = self.clone();
        routes.layer(from_fn(move |request: Request, next: Next| {
            let one = One::of(&gauge);
            async move {
                let response = next.run(request).await;
                drop(one);
                response
            }
        }))
    }
}

/// One request. Dropping it ends it, also if its caller gave up.
struct One(Gauge);

impl One {
    fn of(gauge: &Gauge) -> Self {
        gauge.0.fetch_add(1, Ordering::Relaxed);
        Self(gauge.clone())
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
