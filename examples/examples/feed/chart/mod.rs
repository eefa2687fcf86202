//! Both runs as a picture: one column each, the same scales, the outage shaded.

mod bands;
mod look;
mod panel;
mod series;

use plotters::{coord::Shift, prelude::*};

use crate::{Anyhow, recording::Recording, services::SERVICES};
use look::{INK, QUIET, text};
use panel::Panel;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const SIZE: (u32, u32) = (1400, 1180);
/// The colours of the services. A darker service is nearer to the database.
const SERVICE_COLOURS: [RGBColor; SERVICES.len()] = [
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(0, 60, 120),
];
const GOOD: RGBColor = RGBColor(0, 140, 80);
const BAD: RGBColor = RGBColor(190, 40, 30);
const HIDDEN: RGBColor = RGBColor(230, 159, 0);
const DATABASE: RGBColor = RGBColor(0, 60, 120);

/// Writes the picture.
pub(crate) fn draw(path: &str, without: &Recording, with: &Recording) -> Result<(), Anyhow> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    root.draw(&Text::new(
        "A profile database that is slow for five seconds, and the feed four services above it",
        (30, 14),
        text(26, INK),
    ))?;
    let (_, body) = root.split_vertically(52);
    let (left, right) = body.split_horizontally(SIZE.0 / 2);
    column(&left, "without breakers", BAD, without)?;
    column(&right, "with breakers", GOOD, with)?;
    root.present()?;
    Ok(())
}

fn column(area: &Area<'_>, title: &str, colour: RGBColor, run: &Recording) -> Result<(), Anyhow> {
    area.draw(&Text::new(title.to_owned(), (70, 2), text(24, colour)))?;
    let (_, area) = area.split_vertically(34);
    let rows = area.split_by_breakpoints::<i32, i32, _, _>([], [240, 480, 720, 910]);

    Panel::new("feeds per second", 0.0..140.0)
        .line("requested", QUIET, series::offered(run))
        .area("answered within 250 ms", GOOD, series::in_time(run))
        .area("… with a widget hidden", HIDDEN, series::hidden(run))
        .note("the database is slow")
        .draw(&rows[0])?;
    Panel::new("p99 of a feed, in ms (the browser gives up at 3000)", 1.0..6000.0)
        .logarithmic()
        .line("p99", BAD, series::p99(run))
        .draw(&rows[1])?;
    // The highest of the stack first, because each is filled down to the axis.
    let stack = Panel::new("requests in flight, service upon service", 0.0..1600.0);
    (0..SERVICES.len())
        .fold(stack, |panel, top| {
            panel.layer(
                SERVICES[top],
                SERVICE_COLOURS[top],
                series::in_flight_from(run, top),
            )
        })
        .draw(&rows[2])?;
    Panel::new("queries of the database per second", 0.0..240.0)
        .area("queries", DATABASE, series::queries(run))
        .draw(&rows[3])?;
    bands::draw(&rows[4], run)
}
