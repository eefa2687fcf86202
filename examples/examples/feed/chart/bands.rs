//! The states of the breakers as bands over time.

use fusebox::State;
use plotters::prelude::*;

use super::{
    Area,
    look::{INK, OUTAGE, QUIET, text},
};
use crate::{
    Anyhow,
    recording::Recording,
    scenario::{END, SLOW_FROM, SLOW_UNTIL},
    services::BREAKERS,
};

/// Where the other panels begin and end, in pixels.
const LEFT: i32 = 56;
const RIGHT: i32 = 24;
const TOP: i32 = 30;
const HEIGHT: i32 = 24;
const GAP: i32 = 7;

pub(super) fn draw(area: &Area<'_>, run: &Recording) -> Result<(), Anyhow> {
    area.draw(&Text::new("breakers", (LEFT, 4), text(17, INK)))?;
    let bottom = TOP + (HEIGHT + GAP) * i32::try_from(BREAKERS.len())?;
    let outage = [
        (x(area, SLOW_FROM.as_secs_f64()), TOP - 4),
        (x(area, SLOW_UNTIL.as_secs_f64()), bottom),
    ];
    area.draw(&Rectangle::new(outage, OUTAGE.filled()))?;
    if run.changes.is_empty() {
        area.draw(&Text::new(
            "there are none",
            (LEFT + 12, TOP + 6),
            text(15, QUIET),
        ))?;
        return Ok(());
    }
    for (row, breaker) in (0..).zip(BREAKERS) {
        let top = TOP + (HEIGHT + GAP) * row;
        for (band, state) in run.bands(breaker, END) {
            let ends = [band.start, band.end.min(END)].map(|at| x(area, at.as_secs_f64()));
            let corners = [(ends[0], top), (ends[1], top + HEIGHT)];
            area.draw(&Rectangle::new(corners, colour(state).filled()))?;
        }
        // Right of the outage, where the band has one colour.
        let name = (x(area, SLOW_UNTIL.as_secs_f64() + 1.0), top + 5);
        area.draw(&Text::new(breaker, name, text(15, WHITE)))?;
    }
    legend(area, bottom + 6)
}

fn legend(area: &Area<'_>, y: i32) -> Result<(), Anyhow> {
    for (place, (state, label)) in (0..).zip([
        (State::Closed, "closed"),
        (State::Open, "open"),
        (State::HalfOpen, "half-open"),
    ]) {
        let x = LEFT + place * 110;
        area.draw(&Rectangle::new(
            [(x, y + 2), (x + 16, y + 14)],
            colour(state).filled(),
        ))?;
        area.draw(&Text::new(label, (x + 22, y), text(14, INK)))?;
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation, reason = "pixels")]
fn x(area: &Area<'_>, second: f64) -> i32 {
    let width = i32::try_from(area.dim_in_pixel().0).unwrap_or(i32::MAX) - LEFT - RIGHT;
    LEFT + (f64::from(width) * second / END.as_secs_f64()) as i32
}

fn colour(state: State) -> RGBColor {
    match state {
        State::Closed | State::ForcedClosed => RGBColor(0, 140, 80),
        State::Open | State::ForcedOpen => RGBColor(190, 40, 30),
        _ => RGBColor(230, 159, 0),
    }
}
