//! Durations as operators write them: `90s`, `30m`, `1h30m`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Reads a duration above zero.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let mistake = || format!("`{text}` is not a duration; write for example `90s`, `30m` or `1h30m`");
    let mut total: u64 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(mistake)?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(mistake)?;
        let number: u64 = number.parse().map_err(|_| mistake())?;
        total = number
            .checked_mul(*factor)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(mistake)?;
        rest = after;
    }
    if total == 0 {
        return Err(mistake());
    }
    Ok(Duration::from_millis(total))
}

/// Writes a duration for a table: the two largest units.
pub(crate) fn show(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1}s", duration.as_secs_f64()),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// Converts a duration into whole milliseconds, for JSON.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Writes a time of day, as in `14:02:11 UTC`.
pub(crate) fn time_of_day(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs() % 86_400;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_they_are_written() {
        let seconds = |text| parse(text).map(|duration| duration.as_secs_f64());
        assert_eq!(seconds("30m"), Ok(1800.0));
        assert_eq!(seconds("1h30m"), Ok(5400.0));
        assert_eq!(seconds("250ms"), Ok(0.25));
        for text in [
            "",
            "30",
            "m",
            "0s",
            "-5s",
            "5 s",
            "1.5h",
            "99999999999999999999s",
            "9999999999999999h",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_time_of_day_has_two_digits_each() {
        assert_eq!(
            time_of_day(UNIX_EPOCH + Duration::from_secs(86_400 * 3 + 3_723)),
            "01:02:03 UTC"
        );
    }

    #[test]
    fn a_table_shows_two_units() {
        let shown = [0, 9, 59, 1799, 5400, 200_000].map(|seconds| show(Duration::from_secs(seconds)));
        assert_eq!(shown, ["0.0s", "9.0s", "59s", "29m59s", "1h30m", "2d07h"]);
    }
}
