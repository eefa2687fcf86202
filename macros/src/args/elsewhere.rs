//! Names that users expect as arguments, and what to use in their place.

/// Names that are not arguments, each group with the advice for it.
const ELSEWHERE: [(&[&str], &str); 4] = [
    (
        &[
            "on_open",
            "on_close",
            "on_half_open",
            "on_opened",
            "on_closed",
            "on_state_change",
            "on_event",
            "on_break",
            "on_reset",
            "listener",
            "subscriber",
        ],
        "subscribe to the events at run time, with `Registry::on_event` or `CircuitBreaker::on_event`",
    ),
    (
        &[
            "retry",
            "retries",
            "max_retries",
            "attempts",
            "max_attempts",
            "backoff",
        ],
        "a breaker repeats nothing; retry the calls of this function, but not those that were rejected",
    ),
    (
        &[
            "bulkhead",
            "max_concurrent_calls",
            "max_concurrency",
            "max_concurrent",
            "concurrency",
            "concurrency_limit",
            "rate_limit",
            "rate_limiter",
        ],
        "a breaker does not limit how many calls run; use a `tokio::sync::Semaphore` in the function",
    ),
    (
        &["enabled", "disabled", "enable", "disable"],
        "an operator switches a breaker off at run time, with `CircuitBreaker::force_closed`",
    ),
];

/// Returns the advice for this name, if it is one of the table.
pub(super) fn advice(typed: &str) -> Option<&'static str> {
    let found = ELSEWHERE.iter().find(|(names, _)| names.contains(&typed));
    found.map(|(_, advice)| *advice)
}
