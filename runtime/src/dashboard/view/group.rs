//! A group of keyed breakers.

use std::fmt::Write as _;

use serde::Serialize;

use super::{AllTotals, Row, location, setting::ShownSetting};
use crate::{
    dashboard::samples::{Columns, Samples},
    engine::Snapshot,
    registry::{GroupSnapshot, KeyedBreakers},
};

/// Everything about one group but its keys.
#[derive(Debug, Serialize)]
pub(in crate::dashboard) struct GroupDetail {
    #[serde(flatten)]
    row: Row,
    declared_at: Option<String>,
    explain: String,
    totals: AllTotals,
    settings: Vec<ShownSetting>,
    samples: Columns,
}

impl GroupDetail {
    pub(in crate::dashboard) fn new(
        group: &KeyedBreakers,
        snapshot: &GroupSnapshot,
        not_closed: &[Snapshot],
        samples: &Samples,
    ) -> Self {
        let settings = group.settings();
        let row = Row::of_group(snapshot, &settings, samples, not_closed);
        Self {
            declared_at: group.declaration().map(location),
            explain: explain(&row, group),
            totals: AllTotals::new(&snapshot.totals),
            settings: ShownSetting::all(&settings),
            samples: samples.seconds(),
            row,
        }
    }
}

/// Returns the same lines as the explanation of one breaker.
fn explain(row: &Row, group: &KeyedBreakers) -> String {
    let Some(counts) = &row.group else {
        return String::new();
    };
    let mut text = format!("{}: {}", row.name, counts.in_words());
    let _ = write!(
        text,
        "\n  keys        {} of at most {}",
        counts.keys, counts.max_keys
    );
    if counts.evicted > 0 {
        let _ = write!(text, ", {} evicted so far", counts.evicted);
    }
    if counts.has_overflowed {
        let _ = write!(
            text,
            "\n  no room     some keys share {}[*]; raise max_keys",
            row.name
        );
    }
    if let Some(error) = &row.last_error {
        let _ = write!(text, "\n  last error  {error}");
    }
    let _ = write!(text, "\n  settings    {}", group.settings().explained());
    text
}
