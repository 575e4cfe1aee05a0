//! Logs to standard error, and exports traces.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use super::lines::{self, Lines};
use plugwright_engine::spans;

plugwright_sdk::__spelled! {
    /// The format of log lines.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum LogFormat {
        /// Human-readable text.
        #[default]
        Text = "text",
        /// One JSON object per line.
        Json = "json",
    }
}

/// Log settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// The format of lines.
    pub format: LogFormat,
    /// Which events to log: a level, or targets with levels (`info,plugwright=debug`). Failed calls
    /// are logged at `info`, all calls at `debug`.
    pub filter: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

/// Where to send traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceSettings {
    /// Base URL of an OTLP receiver over HTTP, such as `http://localhost:4318`.
    pub endpoint: String,
}

impl TraceSettings {
    /// Uses the configured endpoint, or `OTEL_EXPORTER_OTLP_ENDPOINT`. Returns `None` without either,
    /// which disables traces.
    pub fn new(endpoint: Option<String>) -> Option<Self> {
        endpoint
            .or_else(|| std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok())
            .filter(|endpoint| !endpoint.is_empty())
            .map(|endpoint| Self { endpoint })
    }
}

/// Logs or traces can't be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum TelemetryError {
    /// The filter is invalid.
    #[error(
        "the log filter `{filter}` can't be read: {reason}; it is a level (error, warn, info, \
         debug, trace) or a list such as `info,plugwright=debug`"
    )]
    Filter { filter: String, reason: String },
    /// Traces can't be sent.
    #[error("can't send traces to `{endpoint}`: {reason}")]
    Traces { endpoint: String, reason: String },
    /// The binary was built without traces.
    #[error("can't send traces to `{0}`: this binary was built without the feature `otlp`")]
    Unsupported(String),
    /// Logging is already set up.
    #[error("logging is already set up")]
    Twice,
}

/// Handle to the logs and traces of the process.
#[derive(Debug)]
#[must_use = "pending traces are lost without a shutdown"]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    traces: Option<super::otlp::Traces>,
}

impl Telemetry {
    /// Sends pending traces, for at most five seconds.
    pub async fn shutdown(self) {
        #[cfg(feature = "otlp")]
        if let Some(traces) = self.traces {
            traces.shutdown().await;
        }
        #[cfg(not(feature = "otlp"))]
        std::future::ready(()).await;
    }
}

/// Sets up logs to standard error, and optionally traces, for the whole process. Traces need a tokio
/// runtime.
///
/// # Errors
///
/// [`TelemetryError`]
pub fn init(
    logs: &LogSettings,
    traces: Option<&TraceSettings>,
) -> Result<Telemetry, TelemetryError> {
    let lines = lines(logs, io::stderr)?;
    let telemetry;
    #[cfg(feature = "otlp")]
    let traces = {
        let traces = traces.map(super::otlp::Traces::new).transpose()?;
        let layer = traces.as_ref().map(super::otlp::Traces::layer);
        telemetry = Telemetry { traces };
        layer
    };
    #[cfg(not(feature = "otlp"))]
    let traces = {
        if let Some(wanted) = traces {
            return Err(TelemetryError::Unsupported(wanted.endpoint.clone()));
        }
        telemetry = Telemetry {};
        None::<tracing_subscriber::layer::Identity>
    };
    let subscriber = Registry::default().with(traces).with(lines);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| TelemetryError::Twice)?;
    Ok(telemetry)
}

/// Crates that log hosts below `info`, which are anything that a provider redirects to: they are silent
/// unless a filter names them.
static OF_HOSTS: [&str; 4] = ["h2", "hyper_util", "reqwest", "rustls"];

fn lines<S, W>(
    settings: &LogSettings,
    writer: W,
) -> Result<Box<dyn Layer<S> + Send + Sync>, TelemetryError>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // Spans are only for traces. The MCP library logs the content of each request, and an error for each
    // client that leaves.
    let filter = format!("rmcp=off,{},{}=off", settings.filter, spans::TARGET);
    let filter = EnvFilter::try_new(filter).map_err(|error| TelemetryError::Filter {
        filter: settings.filter.clone(),
        reason: error.to_string(),
    })?;
    let is_named = |name: &str| {
        let mut directives = settings.filter.split(',');
        directives.any(|directive| directive.trim().starts_with(name))
    };
    let silent = OF_HOSTS.into_iter().filter(|name| !is_named(name));
    let silent = silent.map(|name| (name, LevelFilter::INFO));
    let targets = Targets::new().with_default(LevelFilter::TRACE);
    let filter = filter.and(targets.with_targets(silent));
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    Ok(match settings.format {
        LogFormat::Text => layer
            .with_ansi(false)
            .map_event_format(|format| Lines {
                format,
                write: lines::write_text,
            })
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => layer
            .json()
            .flatten_event(true)
            .map_event_format(|format| Lines {
                format,
                write: lines::write_json,
            })
            .with_filter(filter)
            .boxed(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use plugwright_sdk::ErrorCode;

    use super::*;
    use plugwright_engine::Surface;
    use plugwright_engine::run_log::{RunOutcome, RunRecord};

    /// Collects output.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str) -> String {
        logged_of(format, filter, || {
            let call = spans::call(uuid::Uuid::nil(), "/v1/actions", &http::HeaderMap::new());
            let _entered = call.enter();
            tracing::info!(run = 7, "the call failed");
            tracing::debug!("the call ended");
        })
    }

    fn logged_of(format: LogFormat, filter: &str, work: impl FnOnce()) -> String {
        let written = Lines::default();
        let settings = LogSettings {
            format,
            filter: filter.to_owned(),
        };
        let writer = written.clone();
        let layer = lines(&settings, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(Registry::default().with(layer), work);
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn writes_lines_for_people_or_json() {
        let text = logged(LogFormat::Text, "info");
        assert!(
            text.contains("INFO") && text.contains("the call failed run=7"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
        let line = logged(LogFormat::Json, "info");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&line["level"], &line["run"]), (&"INFO".into(), &7.into()));
        assert_eq!(logged(LogFormat::Text, "debug").lines().count(), 2);
        assert_eq!(logged(LogFormat::Text, "off"), "");
    }

    #[test]
    fn hosts_are_logged_only_where_a_filter_names_who_does() {
        let talk = |filter| {
            logged_of(LogFormat::Text, filter, || {
                tracing::trace!(target: "hyper_util::client::legacy::pool", "host");
                tracing::debug!(target: "reqwest::connect", "host");
                tracing::warn!(target: "rustls::conn", "warning");
                tracing::trace!(target: "plugwright", "more");
            })
        };
        let lines = |filter| talk(filter).lines().count();
        assert_eq!(lines("trace"), 2, "{}", talk("trace"));
        assert_eq!(lines("info,hyper_util=trace"), 2);
        assert_eq!(lines("off"), 0);
    }

    #[test]
    fn the_mcp_library_is_silent_unless_a_filter_names_it() {
        let talk = |filter| {
            logged_of(LogFormat::Text, filter, || {
                tracing::error!(target: "rmcp::service", "channel closed");
            })
        };
        assert_eq!(talk("info"), "");
        assert_eq!(talk("trace"), "");
        assert_eq!(talk("info,rmcp=error").lines().count(), 1);
    }

    #[test]
    fn no_line_is_longer_than_16_kib_and_each_stays_whole() {
        for text in ["\n", "x", "\"", "é\0", "\u{1f431}"] {
            let long = text.repeat(100_000);
            let event = || {
                tracing::info!(name = long, other = %long, third = ?long, count = 7, "it was {long}");
                tracing::info!("next");
            };
            let people = logged_of(LogFormat::Text, "info", event);
            let mut lines = people.lines();
            let (first, next) = (lines.next().unwrap(), lines.next().unwrap());
            assert!(first.len() < 16 << 10, "{}", first.len());
            assert!(first.ends_with("… (cut)"), "{first}");
            assert!(next.ends_with("next") && lines.next().is_none(), "{next}");
            let json = logged_of(LogFormat::Json, "info", event);
            let lines: Vec<serde_json::Value> = json
                .lines()
                .inspect(|line| assert!(line.len() < 16 << 10, "{}", line.len()))
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            assert_eq!(lines.len(), 2);
            assert_eq!(
                (&lines[0]["level"], &lines[0]["cut"]),
                (&"INFO".into(), &true.into())
            );
            assert!(lines[0]["message"].as_str().unwrap().starts_with("it was "));
            assert_eq!(lines[1]["message"], "next");
        }
    }

    #[test]
    fn an_event_is_one_line_whatever_stands_in_it() {
        let text = logged_of(LogFormat::Text, "info", || {
            tracing::info!(reason = %"a\nINFO forged\u{1b}[31m", "it broke");
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.contains("a\\nINFO forged") && !text.contains('\u{1b}'),
            "{text}"
        );
    }

    #[test]
    fn no_span_is_made_where_traces_go_nowhere() {
        let layer = lines(&LogSettings::default(), io::sink).unwrap();
        tracing::subscriber::with_default(Registry::default().with(layer), || {
            let call = spans::call(uuid::Uuid::nil(), "/v1/actions", &http::HeaderMap::new());
            assert!(call.is_disabled() && spans::invoke("github").is_disabled());
        });
    }

    #[test]
    fn spans_never_show_in_lines() {
        let text = logged(LogFormat::Text, "trace");
        assert!(!text.contains("/v1/actions"), "{text}");
    }

    #[test]
    fn each_failed_call_is_a_line_and_others_only_at_debug() {
        let ended = |filter: &str, failure: Option<ErrorCode>| {
            let mut run = RunRecord::begin(Surface::Action, "admin");
            run.action = Some("github.issues.list".into());
            if let Some(code) = failure {
                let message = "no such label".to_owned();
                run.outcome = RunOutcome::Error { code, message };
            }
            let line = logged_of(LogFormat::Json, filter, || run.log());
            assert!(
                line.is_empty() || line.contains(&run.id.to_string()),
                "{line}"
            );
            line
        };
        assert_eq!(ended("info", None), "");
        assert!(ended("debug", None).contains("github.issues.list"));
        let refused = ended("info", Some(ErrorCode::ValidationError));
        assert!(
            refused.contains("INFO") && refused.contains("no such label"),
            "{refused}"
        );
        let failed = ended("info", Some(ErrorCode::Unavailable));
        assert!(
            failed.contains("WARN") && failed.contains("UNAVAILABLE"),
            "{failed}"
        );
    }

    #[test]
    fn says_what_is_wrong_with_a_filter() {
        let settings = LogSettings {
            filter: "plugwright=loud".to_owned(),
            ..LogSettings::default()
        };
        let error = lines::<Registry, _>(&settings, io::sink).err().unwrap();
        assert!(error.to_string().contains("`plugwright=loud`"), "{error}");
    }
}
