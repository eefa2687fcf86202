//! Fonts, colours and the time axis that all parts share.

use std::time::Duration;

use fusebox::State;
use plotters::prelude::*;

use super::{Area, SIZE};
use crate::story::END;

pub(super) const INK: RGBColor = RGBColor(40, 40, 40);
pub(super) const QUIET: RGBColor = RGBColor(120, 120, 120);
pub(super) const GOOD: RGBColor = RGBColor(0, 140, 80);
pub(super) const BAD: RGBColor = RGBColor(190, 40, 30);
pub(super) const EDIT: RGBColor = RGBColor(60, 60, 150);

/// Where the time axis begins and ends, in pixels from both sides.
pub(super) const LEFT: i32 = 150;
pub(super) const RIGHT: i32 = 170;

/// Text of this size, in pixels.
pub(super) fn text(size: u32, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour)
}

/// The place of a time, in pixels.
#[allow(clippy::cast_possible_truncation, reason = "pixels")]
pub(super) fn x(at: Duration) -> i32 {
    let width = i32::try_from(SIZE.0).unwrap_or(i32::MAX) - LEFT - RIGHT;
    LEFT + (f64::from(width) * at.as_secs_f64() / END.as_secs_f64()).round() as i32
}

pub(super) fn colour(state: State) -> RGBColor {
    match state {
        State::Closed => RGBColor(205, 232, 214),
        State::Open => BAD,
        State::HalfOpen => RGBColor(240, 170, 20),
        _ => RGBColor(96, 96, 160),
    }
}

/// Draws text beside the time axis.
pub(super) fn beside(area: &Area<'_>, lines: &[(&str, RGBColor)], top: i32) -> Result<(), crate::Anyhow> {
    let left = x(END) + 12;
    for (line, (words, colour)) in (0..).zip(lines) {
        area.draw(&Text::new(
            (*words).to_owned(),
            (left, top + 18 * line),
            text(14, *colour),
        ))?;
    }
    Ok(())
}
