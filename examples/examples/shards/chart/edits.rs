//! The edits of the settings, as lines through the whole picture.

use plotters::prelude::*;

use super::{
    Area,
    look::{EDIT, text, x},
};
use crate::{Anyhow, recording::Recording};

const BOTTOM: i32 = 998;

pub(super) fn draw(area: &Area<'_>, recording: &Recording) -> Result<(), Anyhow> {
    for edit in &recording.edits {
        let Some(noticed) = edit.noticed else { continue };
        let x = x(noticed);
        let style = EDIT.mix(0.7).stroke_width(1);
        area.draw(&PathElement::new([(x, 6), (x, BOTTOM)], style))?;
        area.draw(&Text::new(edit.text, (x + 5, 6), text(14, EDIT)))?;
    }
    Ok(())
}
