//! The upper bounds of the buckets of a histogram.

use std::time::Duration;

/// From one millisecond to one minute, as Prometheus writes them, in seconds.
pub(super) const BOUNDS: [(&str, Duration); 15] = [
    ("0.001", Duration::from_millis(1)),
    ("0.0025", Duration::from_micros(2_500)),
    ("0.005", Duration::from_millis(5)),
    ("0.01", Duration::from_millis(10)),
    ("0.025", Duration::from_millis(25)),
    ("0.05", Duration::from_millis(50)),
    ("0.1", Duration::from_millis(100)),
    ("0.25", Duration::from_millis(250)),
    ("0.5", Duration::from_millis(500)),
    ("1.0", Duration::from_secs(1)),
    ("2.5", Duration::from_millis(2_500)),
    ("5.0", Duration::from_secs(5)),
    ("10.0", Duration::from_secs(10)),
    ("30.0", Duration::from_secs(30)),
    ("60.0", Duration::from_secs(60)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_label_is_its_duration_in_seconds() {
        for (label, bound) in BOUNDS {
            assert_eq!(label.parse(), Ok(bound.as_secs_f64()));
        }
        assert!(BOUNDS.is_sorted_by_key(|(_, bound)| bound));
    }
}
