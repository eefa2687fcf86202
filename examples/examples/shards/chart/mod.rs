//! The run as a picture: two curves, and a row of states for each shard.

mod curves;
mod edits;
mod look;
mod rows;

use std::path::Path;

use plotters::{coord::Shift, prelude::*};

use crate::{Anyhow, recording::Recording};
use look::{INK, QUIET, text};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const SIZE: (u32, u32) = (1400, 1130);

/// Writes the picture.
pub(crate) fn draw(path: &Path, recording: &Recording) -> Result<(), Anyhow> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    root.draw(&Text::new(
        "One function, forty shards, a breaker for each",
        (30, 14),
        text(26, INK),
    ))?;
    let subtitle = "A rack crashes, two shards hang, two are flaky. The other shards are not affected.";
    root.draw(&Text::new(subtitle, (30, 48), text(17, QUIET)))?;
    let (_, body) = root.split_vertically(84);
    let parts = body.split_by_breakpoints::<i32, i32, _, _>([], [190, 360]);
    curves::answered(&parts[0], recording)?;
    curves::sent(&parts[1], recording)?;
    rows::draw(&parts[2], recording)?;
    edits::draw(&body, recording)?;
    root.present()?;
    Ok(())
}
