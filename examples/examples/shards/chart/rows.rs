//! The states of the forty breakers: one row for each shard.

use fusebox::State;
use plotters::prelude::*;

use super::{
    Area,
    look::{EDIT, INK, LEFT, QUIET, colour, text, x},
};
use crate::{
    Anyhow,
    cluster::{SHARDS, faults},
    recording::{MAINTAINED, Recording},
    shard::Health,
    story::END,
};

const TOP: i32 = 30;
const HEIGHT: i32 = 13;
/// From one row to the next.
const STEP: i32 = 15;

pub(super) fn draw(area: &Area<'_>, recording: &Recording) -> Result<(), Anyhow> {
    area.draw(&Text::new(
        "breakers, one row for each shard",
        (LEFT, 4),
        text(17, INK),
    ))?;
    for shard in 0..SHARDS {
        let top = top(shard)?;
        let mut bands = recording.bands(shard, END);
        // A trial call may be shorter than a pixel. Drawn last, it is at least two pixels wide.
        bands.sort_by_key(|(_, state)| *state == State::HalfOpen);
        for (time, state) in bands {
            let right = x(time.end.min(END)).max(x(time.start) + 2);
            let corners = [(x(time.start), top), (right, top + HEIGHT)];
            area.draw(&Rectangle::new(corners, colour(state).filled()))?;
        }
        if shard % 8 == 0 {
            let number = format!("shard {shard}");
            area.draw(&Text::new(number, (LEFT - 66, top), text(13, QUIET)))?;
        }
    }
    faulty(area)?;
    axis(area)?;
    legend(area)
}

/// A line below each row, for the time of a fault, and its name beside the row.
fn faulty(area: &Area<'_>) -> Result<(), Anyhow> {
    for fault in faults() {
        let y = top(fault.shard)? + HEIGHT;
        let ends = [(x(fault.time.start), y), (x(fault.time.end), y + 2)];
        area.draw(&Rectangle::new(ends, BLACK.filled()))?;
        let words = match fault.health {
            // One row of the rack has the label for all of its shards.
            Health::Crashed if fault.shard == 20 => "a rack crashes",
            Health::Crashed | Health::Healthy => continue,
            Health::Hanging => "hangs",
            Health::Flaky => "is flaky",
        };
        area.draw(&Text::new(words, (x(END) + 12, y - HEIGHT), text(14, INK)))?;
    }
    area.draw(&Text::new(
        "under maintenance",
        (x(END) + 12, top(MAINTAINED)?),
        text(14, INK),
    ))?;
    Ok(())
}

fn axis(area: &Area<'_>) -> Result<(), Anyhow> {
    let y = top(SHARDS)? + 4;
    for second in 0..=END.as_secs() {
        let x = x(std::time::Duration::from_secs(second));
        area.draw(&PathElement::new([(x, y - 4), (x, y)], QUIET))?;
        area.draw(&Text::new(format!("{second} s"), (x - 8, y + 4), text(13, INK)))?;
    }
    Ok(())
}

fn legend(area: &Area<'_>) -> Result<(), Anyhow> {
    let y = top(SHARDS)? + 34;
    let states = [
        (State::Closed, "closed"),
        (State::Open, "open"),
        (State::HalfOpen, "half-open"),
        (State::ForcedOpen, "forced open"),
    ];
    for (place, (state, label)) in (0..).zip(states) {
        let left = LEFT + place * 120;
        area.draw(&Rectangle::new(
            [(left, y), (left + 16, y + 13)],
            colour(state).filled(),
        ))?;
        area.draw(&Text::new(label, (left + 22, y), text(14, INK)))?;
    }
    let left = LEFT + 4 * 120;
    area.draw(&Rectangle::new(
        [(left, y + 6), (left + 16, y + 8)],
        BLACK.filled(),
    ))?;
    area.draw(&Text::new(
        "the shard does not work",
        (left + 22, y),
        text(14, INK),
    ))?;
    let left = left + 200;
    area.draw(&PathElement::new([(left + 8, y - 2), (left + 8, y + 15)], EDIT))?;
    area.draw(&Text::new(
        "an edit of the settings is in effect",
        (left + 22, y),
        text(14, EDIT),
    ))?;
    Ok(())
}

fn top(shard: usize) -> Result<i32, Anyhow> {
    Ok(TOP + STEP * i32::try_from(shard)?)
}
