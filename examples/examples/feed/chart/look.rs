//! Fonts and colours that all panels share.

use plotters::prelude::*;

pub(super) const INK: RGBColor = RGBColor(40, 40, 40);
pub(super) const QUIET: RGBColor = RGBColor(130, 130, 130);
/// The shade of the outage.
pub(super) const OUTAGE: RGBColor = RGBColor(253, 235, 225);

/// Text of this size, in pixels.
pub(super) fn text(size: u32, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour)
}
