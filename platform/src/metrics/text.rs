//! The text form of metrics, version 0.0.4.
//! Source: <https://prometheus.io/docs/instrumenting/exposition_formats/>

use std::fmt::{Display, Write as _};
use std::sync::atomic::Ordering;

use super::{BUCKETS_US, Histogram};

/// What a family of samples is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Counter,
    Gauge,
}

/// The page as it grows.
#[derive(Debug, Default)]
pub(crate) struct MetricsText {
    text: String,
}

impl MetricsText {
    pub(crate) fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    /// One number. Label values come from our own tables and need no escaping.
    pub(crate) fn sample(&mut self, name: &str, label: Option<(&str, &str)>, value: u64) {
        match label {
            Some((label, of)) => self.line(format_args!("{name}{{{label}=\"{of}\"}} {value}")),
            None => self.line(format_args!("{name} {value}")),
        }
    }

    /// A family of one gauge.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, Kind::Gauge, help);
        self.sample(name, None, value);
    }

    pub(crate) fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} histogram"));
        let mut total = 0;
        let ends = BUCKETS_US
            .iter()
            .map(|end_us| seconds(*end_us))
            .chain(["+Inf".to_owned()]);
        for (bucket, end) in histogram.buckets.iter().zip(ends) {
            total += bucket.load(Ordering::Relaxed);
            self.line(format_args!("{name}_bucket{{le=\"{end}\"}} {total}"));
        }
        let sum = seconds(histogram.sum_us.load(Ordering::Relaxed));
        self.line(format_args!("{name}_sum {sum}\n{name}_count {total}"));
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: impl Display) {
        // Writing to a `String` cannot fail.
        let _infallible = writeln!(self.text, "{line}");
    }
}

/// Microseconds as seconds without going through a float: 2500 → `0.0025`.
fn seconds(us: u64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Metrics, RunFigures};

    #[test]
    fn durations_read_as_seconds() {
        for (us, text) in [(0, "0"), (500, "0.0005"), (1_000_000, "1"), (2_500_000, "2.5")] {
            assert_eq!(seconds(us), text);
        }
    }

    #[test]
    fn what_was_counted_is_written() {
        let metrics = Metrics::default();
        let figures = RunFigures {
            outcome: "limit-cpu",
            wall_us: 1_200_000,
            cpu_us: 1_000_000,
            calls: 2,
            calls_refused: 1,
        };
        metrics.ran(figures);
        let mut text = MetricsText::default();
        metrics.write(&mut text);
        let text = text.finish();
        for line in [
            "c4h_runs_total{outcome=\"limit-cpu\"} 1",
            "c4h_run_seconds_bucket{le=\"1\"} 0",
            "c4h_run_seconds_bucket{le=\"2.5\"} 1",
            "c4h_run_cpu_seconds_bucket{le=\"1\"} 1",
            "c4h_run_seconds_sum 1.2",
            "c4h_run_seconds_count 1",
            "c4h_calls_total 2",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line} is missing in\n{text}"
            );
        }
    }
}
