//! One diagram over time: lines and filled lines, with the outage behind them.

use std::ops::Range;

use plotters::{
    coord::ranged1d::{AsRangedCoord, ValueFormatter},
    coord::types::RangedCoordf64,
    prelude::*,
};

use super::{
    Area,
    look::{INK, OUTAGE, QUIET, text},
    series::Point,
};
use crate::{
    Anyhow,
    scenario::{END, SLOW_FROM, SLOW_UNTIL},
};

type Chart<'a, 'b, Y> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, Y>>;

pub(super) struct Panel {
    title: &'static str,
    values: Range<f64>,
    is_logarithmic: bool,
    curves: Vec<Curve>,
    note: Option<&'static str>,
}

struct Curve {
    label: &'static str,
    colour: RGBColor,
    points: Vec<Point>,
    /// How much of the colour fills the space down to the axis.
    fill: f64,
}

impl Panel {
    pub(super) fn new(title: &'static str, values: Range<f64>) -> Self {
        Self {
            title,
            values,
            is_logarithmic: false,
            curves: Vec::new(),
            note: None,
        }
    }

    pub(super) fn logarithmic(mut self) -> Self {
        self.is_logarithmic = true;
        self
    }

    pub(super) fn line(self, label: &'static str, colour: RGBColor, points: Vec<Point>) -> Self {
        self.curve(label, colour, points, 0.0)
    }

    /// A line that is filled down to the axis.
    pub(super) fn area(self, label: &'static str, colour: RGBColor, points: Vec<Point>) -> Self {
        self.curve(label, colour, points, 0.25)
    }

    /// Like [`area`](Self::area), but covers what was drawn before.
    pub(super) fn layer(self, label: &'static str, colour: RGBColor, points: Vec<Point>) -> Self {
        self.curve(label, colour, points, 1.0)
    }

    /// Words in the shade of the outage.
    pub(super) fn note(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    fn curve(mut self, label: &'static str, colour: RGBColor, points: Vec<Point>, fill: f64) -> Self {
        self.curves.push(Curve {
            label,
            colour,
            points,
            fill,
        });
        self
    }

    pub(super) fn draw(self, area: &Area<'_>) -> Result<(), Anyhow> {
        let values = self.values.clone();
        if self.is_logarithmic {
            self.draw_on(area, values.log_scale())
        } else {
            self.draw_on(area, values)
        }
    }

    fn draw_on<Y>(
        &self,
        area: &Area<'_>,
        values: impl AsRangedCoord<CoordDescType = Y, Value = f64>,
    ) -> Result<(), Anyhow>
    where
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, text(17, INK))
            .margin_right(24)
            .x_label_area_size(26)
            .y_label_area_size(56)
            .build_cartesian_2d(0.0..END.as_secs_f64(), values)?;
        self.shade(&mut chart)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(QUIET.mix(0.2))
            .axis_style(QUIET)
            .x_labels(12)
            .x_label_formatter(&|second| format!("{second:.0} s"))
            .y_labels(5)
            .y_label_formatter(&|value| format!("{value:.0}"))
            .label_style(text(13, INK))
            .draw()?;
        for curve in &self.curves {
            curve.draw(&mut chart, self.values.start)?;
        }
        if self.curves.len() > 1 {
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::UpperRight)
                .background_style(WHITE.mix(0.85))
                .label_font(text(13, INK))
                .draw()?;
        }
        Ok(())
    }

    /// The outage.
    fn shade<Y: Ranged<ValueType = f64>>(&self, chart: &mut Chart<'_, '_, Y>) -> Result<(), Anyhow> {
        let (bottom, top) = (self.values.start, self.values.end);
        let (from, until) = (SLOW_FROM.as_secs_f64(), SLOW_UNTIL.as_secs_f64());
        chart.draw_series([Rectangle::new([(from, bottom), (until, top)], OUTAGE.filled())])?;
        if let Some(note) = self.note {
            let place = (from + 0.1, bottom + (top - bottom) * 0.96);
            chart.draw_series([Text::new(note, place, text(14, INK))])?;
        }
        Ok(())
    }
}

impl Curve {
    fn draw<Y: Ranged<ValueType = f64>>(
        &self,
        chart: &mut Chart<'_, '_, Y>,
        bottom: f64,
    ) -> Result<(), Anyhow> {
        let points = || self.points.iter().copied();
        if self.fill > 0.0 {
            chart.draw_series(AreaSeries::new(points(), bottom, self.colour.mix(self.fill)))?;
        }
        let line = self.colour.stroke_width(2);
        chart
            .draw_series(LineSeries::new(points(), line))?
            .label(self.label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line));
        Ok(())
    }
}
