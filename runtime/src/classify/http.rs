//! HTTP: which statuses count as failures of the service.

use std::time::Duration;

use crate::outcome::{Outcome, Verdict};

/// Returns how an HTTP status counts.
///
/// | status | counts as | why |
/// |---|---|---|
/// | 5xx | failure | the service failed |
/// | 408 | failure | the service gave up waiting |
/// | 429 | failure | the service is overloaded |
/// | all others | success | a service that answers 404 is well |
///
/// A 404 is not ignored: if a service answered every trial call with it, the breaker would stay
/// half-open for ever.
///
/// ```
/// use fusebox::{Outcome, classify::http_status};
/// assert_eq!(http_status(503), Outcome::Failure);
/// assert_eq!(http_status(404), Outcome::Success);
/// ```
pub const fn http_status(status: u16) -> Outcome {
    match status {
        408 | 429 | 500..=599 => Outcome::Failure,
        _ => Outcome::Success,
    }
}

/// Like [`http_status`], but with the value of the `Retry-After` header, which
/// 408, 429 and 503 may have.
///
/// A breaker that opens by such a response [stays open](Verdict::open_for) for that long.
///
/// ```
/// use std::time::Duration;
/// use fusebox::classify::http;
/// assert_eq!(http(503, Some("120")).cooldown(), Some(Duration::from_secs(120)));
/// assert_eq!(http(500, Some("120")).cooldown(), None);
/// ```
pub fn http(status: u16, retry_after: Option<&str>) -> Verdict {
    let verdict = Verdict::from(http_status(status));
    match (status, retry_after.and_then(self::retry_after)) {
        (408 | 429 | 503, Some(wait)) => verdict.open_for(wait),
        _ => verdict,
    }
}

/// Returns the value of a `Retry-After` header, if it is a number of seconds.
///
/// The other form of the header is a date. It needs the clock of the server, so it is ignored.
/// Source: RFC 9110, section 10.2.3.
pub fn retry_after(value: &str) -> Option<Duration> {
    let seconds = value.trim();
    let is_number = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    // More seconds than fit in a `u64` become the most that do, which `max_cooldown` limits.
    is_number.then(|| Duration::from_secs(seconds.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failing_server_fails() {
        for status in 100..=599 {
            let expected = match status {
                408 | 429 | 500.. => Outcome::Failure,
                _ => Outcome::Success,
            };
            assert_eq!(http_status(status), expected, "{status}");
        }
    }

    #[test]
    fn a_number_of_seconds_is_read_and_nothing_else() {
        assert_eq!(retry_after(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("0"), Some(Duration::ZERO));
        assert_eq!(
            retry_after("99999999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        for other in ["", "-1", "1.5", "+3", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            assert_eq!(retry_after(other), None, "{other}");
        }
    }

    #[test]
    fn a_service_that_is_overloaded_requests_a_cooldown() {
        let wait = Some(Duration::from_secs(3));
        assert_eq!(http(503, Some("3")).cooldown(), wait);
        assert_eq!(http(429, Some("3")).cooldown(), wait);
        assert_eq!(http(503, Some("0")).cooldown(), None, "zero requests nothing");
        assert_eq!(http(301, Some("3")).cooldown(), None);
        assert_eq!(http(503, None).outcome(), Outcome::Failure);
    }
}
