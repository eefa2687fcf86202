//! What was exported, one line per data point.

use std::fmt::Display;

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};

pub(crate) fn print(exported: &ResourceMetrics) {
    for metric in exported
        .scope_metrics()
        .flat_map(opentelemetry_sdk::metrics::data::ScopeMetrics::metrics)
    {
        match metric.data() {
            AggregatedMetrics::U64(data) => print_points(metric.name(), data),
            AggregatedMetrics::F64(data) => print_points(metric.name(), data),
            AggregatedMetrics::I64(data) => print_points(metric.name(), data),
        }
    }
}

fn print_points<T: Copy + Display>(metric: &str, data: &MetricData<T>) {
    match data {
        MetricData::Gauge(gauge) => {
            for point in gauge.data_points() {
                print_point(metric, point.attributes(), point.value());
            }
        }
        MetricData::Sum(sum) => {
            for point in sum.data_points() {
                print_point(metric, point.attributes(), point.value());
            }
        }
        MetricData::Histogram(_) | MetricData::ExponentialHistogram(_) => {}
    }
}

fn print_point<'a>(metric: &str, attributes: impl Iterator<Item = &'a KeyValue>, value: impl Display) {
    let attributes: Vec<_> = attributes
        .map(|attribute| format!("{}={}", attribute.key, attribute.value))
        .collect();
    println!("{metric} {{{}}} {value}", attributes.join(", "));
}
