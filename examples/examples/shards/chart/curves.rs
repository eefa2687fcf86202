//! Curves over time: the calls that were answered, and those that were sent.

use std::time::Duration;

use plotters::prelude::*;

use super::{
    Area,
    look::{BAD, GOOD, INK, LEFT, QUIET, RIGHT, beside, text},
};
use crate::{
    Anyhow,
    recording::{Answer, Call, Recording, Role},
    story::END,
};

/// The time from one point to the next.
const STEP: Duration = Duration::from_millis(200);

type Point = (f64, f64);

/// Per cent of the calls that were answered.
pub(super) fn answered(area: &Area<'_>, recording: &Recording) -> Result<(), Anyhow> {
    let percent = |role| {
        let is_answered = |call: &Call| call.answer == Answer::Answered;
        steps(|time| {
            100.0 * count(recording, role, &time, is_answered) / count(recording, role, &time, |_| true)
        })
    };
    let curves = [(BAD, percent(Role::Failing)), (GOOD, percent(Role::Healthy))];
    panel(area, "calls that were answered", "%", 108.0, curves)?;
    beside(
        area,
        &[("27 healthy shards", GOOD), ("12 failing shards", BAD)],
        40,
    )
}

/// Calls per second to the failing shards, and those of them that were sent.
pub(super) fn sent(area: &Area<'_>, recording: &Recording) -> Result<(), Anyhow> {
    let per_second = |counts: fn(&Call) -> bool| {
        steps(|time| count(recording, Role::Failing, &time, counts) / STEP.as_secs_f64())
    };
    let curves = [
        (QUIET, per_second(|_| true)),
        (BAD, per_second(|call| call.answer != Answer::Rejected)),
    ];
    panel(
        area,
        "calls per second to the 12 failing shards",
        "",
        290.0,
        curves,
    )?;
    beside(area, &[("made by callers", QUIET), ("sent to a shard", BAD)], 40)
}

/// Draws the curves. The space below the last one is filled.
fn panel(
    area: &Area<'_>,
    title: &str,
    unit: &str,
    top: f64,
    curves: [(RGBColor, Vec<Point>); 2],
) -> Result<(), Anyhow> {
    area.draw(&Text::new(title.to_owned(), (LEFT, 4), text(17, INK)))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(28)
        .margin_bottom(12)
        .margin_right(RIGHT)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(0.0..END.as_secs_f64(), 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .light_line_style(TRANSPARENT)
        .bold_line_style(QUIET.mix(0.2))
        .axis_style(QUIET)
        .y_labels(3)
        .y_label_formatter(&|value| format!("{value:.0} {unit}"))
        .label_style(text(13, INK))
        .draw()?;
    let [under, over] = curves;
    chart.draw_series(AreaSeries::new(over.1.iter().copied(), 0.0, over.0.mix(0.15)))?;
    for (colour, points) in [under, over] {
        chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a few hundred")]
fn count(
    recording: &Recording,
    role: Role,
    time: &std::ops::Range<Duration>,
    counts: impl Fn(&Call) -> bool,
) -> f64 {
    let calls = recording.calls_of(role).filter(|call| time.contains(&call.due));
    calls.filter(|call| counts(call)).count() as f64
}

fn steps(value: impl Fn(std::ops::Range<Duration>) -> f64) -> Vec<Point> {
    let mut points = Vec::new();
    let mut from = Duration::ZERO;
    while from < END {
        points.push(((from + STEP / 2).as_secs_f64(), value(from..from + STEP)));
        from += STEP;
    }
    points
}
