//! Metrics for Prometheus.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use plugwright_egress::Egress;
use plugwright_sdk::ErrorCode;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabelSet, EncodeMetric, LabelSetEncoder,
};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::limits::Limit;
use crate::outcome::Surface;
use crate::run_log::RunLog;

/// Buckets in seconds, from the gateway's own latency to that of a slow provider.
const BUCKETS: [f64; 16] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    60.0,
];

/// Label for calls that named an unknown connector.
const UNKNOWN: Cow<'static, str> = Cow::Borrowed("unknown");

/// Names and values. Callers must not be able to create new series.
type Labels<const COUNT: usize> = [(&'static str, Cow<'static, str>); COUNT];

/// Counts hits of limits. Clones share the counts.
#[derive(Clone, Debug, Default)]
pub struct LimitHits(Family<Labels<1>, Counter>);

impl LimitHits {
    /// Counts a request, connection or call that was refused or closed.
    pub fn add(&self, limit: Limit) {
        self.0
            .get_or_create(&[("limit", limit.name().into())])
            .inc();
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Refreshes(Family<Labels<2>, Counter>);

impl Refreshes {
    /// Counts a finished refresh.
    pub(crate) fn end(&self, connector: Option<Cow<'static, str>>, outcome: &'static str) {
        let connector = connector.unwrap_or(UNKNOWN);
        let labels = [("connector", connector), ("outcome", outcome.into())];
        self.0.get_or_create(&labels).inc();
    }
}

/// Counts writes whose response was lost, by what was found out about them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reconciliations(Family<Labels<2>, Counter>);

impl Reconciliations {
    pub(crate) fn add(&self, connector: Cow<'static, str>, outcome: &'static str) {
        let labels = [("connector", connector), ("outcome", outcome.into())];
        self.0.get_or_create(&labels).inc();
    }
}

type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// The labels of finished calls: a series is found by what they are made of, without writing them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CallLabels {
    surface: Surface,
    connector: Cow<'static, str>,
    error: Option<ErrorCode>,
}

impl EncodeLabelSet for CallLabels {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        let outcome = self.error.map_or("ok", ErrorCode::as_str);
        [
            ("surface", self.surface.path()),
            ("connector", &*self.connector),
            ("outcome", outcome),
        ]
        .encode(encoder)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SurfaceLabel(Surface);

impl EncodeLabelSet for SurfaceLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        [("surface", self.0.path())].encode(encoder)
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

/// Measurements of a finished call.
#[derive(Clone, Debug)]
pub struct CallMeasure {
    /// The surface that received it.
    pub surface: Surface,
    /// The connector's name in the registry, if known.
    pub connector: Option<Cow<'static, str>>,
    /// The error code, if it failed.
    pub error: Option<ErrorCode>,
    /// Whether an idempotency key returned an earlier outcome.
    pub replayed: bool,
    /// How long it took.
    pub total: Duration,
    /// How long the provider took, if it was called.
    pub upstream: Option<Duration>,
}

/// The metrics of a gateway. Recording a known combination of labels does not allocate.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    durations: Durations<SurfaceLabel>,
    upstream: Durations<Labels<1>>,
    in_flight: Gauge,
    replays: Counter,
    refreshes: Refreshes,
    reconciliations: Reconciliations,
    limit_hits: LimitHits,
}

impl Metrics {
    /// The media type of [`Metrics::render`].
    pub const CONTENT_TYPE: &'static str =
        "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// Creates the metrics of a gateway with this run log.
    pub fn new(run_log: Arc<RunLog>) -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("plugwright"),
            calls: Family::default(),
            durations: Family::new_with_constructor(histogram),
            upstream: Family::new_with_constructor(histogram),
            in_flight: Gauge::default(),
            replays: Counter::default(),
            refreshes: Refreshes::default(),
            reconciliations: Reconciliations::default(),
            limit_hits: LimitHits::default(),
        };
        metrics.registered(run_log)
    }

    fn registered(mut self, run_log: Arc<RunLog>) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "calls",
            "Finished calls, by error code or `ok`",
            self.calls.clone(),
        );
        registry.register_with_unit(
            "call_duration",
            "Duration of calls",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register_with_unit(
            "upstream_duration",
            "Time that calls spent waiting for providers",
            Unit::Seconds,
            self.upstream.clone(),
        );
        registry.register("calls_in_flight", "Running calls", self.in_flight.clone());
        registry.register(
            "idempotency_replays",
            "Calls that returned the outcome of an earlier call with the same idempotency key",
            self.replays.clone(),
        );
        registry.register(
            "refreshes",
            "Finished refreshes of credentials, by outcome",
            self.refreshes.0.clone(),
        );
        registry.register(
            "reconciliations",
            "Writes whose response was lost, by outcome",
            self.reconciliations.0.clone(),
        );
        registry.register(
            "limit_hits",
            "Requests, connections and calls that were refused or closed because of a limit",
            self.limit_hits.0.clone(),
        );
        registry.register_collector(Box::new(OfRunLog(run_log)));
        for surface in Surface::ALL {
            // Rates need the series before the first call.
            drop(self.durations.get_or_create(&SurfaceLabel(surface)));
        }
        self
    }

    /// Adds the number of hosts that egress has suspended.
    pub(crate) fn watch(&mut self, egress: Egress) {
        self.registry.register_collector(Box::new(OfEgress(egress)));
    }

    /// Counts a running call until the guard is dropped.
    pub fn begin_call(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Records a finished call.
    pub fn end_call(&self, call: CallMeasure) {
        let labels = CallLabels {
            surface: call.surface,
            connector: call.connector.unwrap_or(UNKNOWN),
            error: call.error,
        };
        self.calls.get_or_create(&labels).inc();
        self.durations
            .get_or_create(&SurfaceLabel(call.surface))
            .observe(call.total.as_secs_f64());
        if let Some(upstream) = call.upstream {
            self.upstream
                .get_or_create(&[("connector", labels.connector)])
                .observe(upstream.as_secs_f64());
        }
        if call.replayed {
            self.replays.inc();
        }
    }

    pub(crate) fn refreshes(&self) -> Refreshes {
        self.refreshes.clone()
    }

    pub(crate) fn reconciliations(&self) -> &Reconciliations {
        &self.reconciliations
    }

    /// Returns the counter of hits of limits.
    pub fn limit_hits(&self) -> &LimitHits {
        &self.limit_hits
    }

    /// Renders all metrics as OpenMetrics text.
    ///
    /// # Errors
    ///
    /// Fails if a metric can't be encoded.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut text = String::with_capacity(8 << 10);
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A running call, until this is dropped.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Reads the run log's counters when metrics are collected.
#[derive(Debug)]
struct OfRunLog(Arc<RunLog>);

impl Collector for OfRunLog {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let dropped = ConstCounter::new(self.0.dropped());
        let help = "Run log records that were dropped because they could not be written";
        encode(&mut encoder, "run_log_dropped", help, &dropped)?;
        let help = "Run log records waiting to be written";
        encode(
            &mut encoder,
            "run_log_waiting",
            help,
            &gauge(self.0.waiting()),
        )
    }
}

/// Reads egress's counters when metrics are collected.
#[derive(Debug)]
struct OfEgress(Egress);

impl Collector for OfEgress {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Hosts of providers that are suspended after failures";
        let hosts = gauge(self.0.suspended_hosts());
        encode(&mut encoder, "suspended_hosts", help, &hosts)
    }
}

fn gauge(value: usize) -> ConstGauge {
    ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX))
}

fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    metric: &impl EncodeMetric,
) -> fmt::Result {
    let encoder = encoder.encode_descriptor(name, help, None, metric.metric_type())?;
    metric.encode(encoder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(error: Option<ErrorCode>) -> CallMeasure {
        CallMeasure {
            surface: Surface::Action,
            connector: Some("github".into()),
            error,
            replayed: false,
            total: Duration::from_millis(3),
            upstream: Some(Duration::from_millis(2)),
        }
    }

    #[test]
    fn counts_calls_by_how_they_ended() {
        let metrics = Metrics::new(Arc::new(RunLog::disabled()));
        metrics.end_call(measure(None));
        metrics.end_call(measure(None));
        metrics.end_call(CallMeasure {
            replayed: true,
            ..measure(Some(ErrorCode::RateLimited))
        });
        metrics.end_call(CallMeasure {
            connector: None,
            upstream: None,
            ..measure(Some(ErrorCode::ActionNotFound))
        });
        metrics.refreshes().end(Some("desk".into()), "refreshed");
        metrics.refreshes().end(None, "later");
        metrics.reconciliations().add("desk".into(), "not_done");
        metrics.limit_hits().add(Limit::Input);
        let running = metrics.begin_call();
        let text = metrics.render().unwrap();
        for line in [
            r#"plugwright_calls_total{surface="/v1/actions",connector="github",outcome="ok"} 2"#,
            r#"plugwright_calls_total{surface="/v1/actions",connector="github",outcome="RATE_LIMITED"} 1"#,
            r#"plugwright_calls_total{surface="/v1/actions",connector="unknown",outcome="ACTION_NOT_FOUND"} 1"#,
            r#"plugwright_call_duration_seconds_bucket{le="0.005",surface="/v1/actions"} 4"#,
            r#"plugwright_call_duration_seconds_bucket{le="0.0025",surface="/v1/actions"} 0"#,
            r#"plugwright_call_duration_seconds_count{surface="/v1/proxy"} 0"#,
            r#"plugwright_upstream_duration_seconds_count{connector="github"} 3"#,
            "plugwright_calls_in_flight 1",
            r#"plugwright_refreshes_total{connector="desk",outcome="refreshed"} 1"#,
            r#"plugwright_refreshes_total{connector="unknown",outcome="later"} 1"#,
            "plugwright_idempotency_replays_total 1",
            r#"plugwright_reconciliations_total{connector="desk",outcome="not_done"} 1"#,
            r#"plugwright_limit_hits_total{limit="input"} 1"#,
            "plugwright_run_log_dropped_total 0",
            "plugwright_run_log_waiting 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
        drop(running);
        let text = metrics.render().unwrap();
        assert!(text.contains("plugwright_calls_in_flight 0\n"));
    }
}
