//! Traces, sent to an OpenTelemetry collector.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::logs::{TelemetryError, TraceSettings};
use plugwright_engine::spans;
use plugwright_sdk::transport::Live;

/// Timeout of an export, and of the final one.
const LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    pub(super) fn new(settings: &TraceSettings) -> Result<Self, TelemetryError> {
        let refused = |reason: String| TelemetryError::Traces {
            endpoint: settings.endpoint.clone(),
            reason,
        };
        let runtime = Handle::try_current().map_err(|error| refused(error.to_string()))?;
        let client = Live::client_builder().map_err(|error| refused(error.to_string()))?;
        let client = client.timeout(LIMIT).build();
        let client = client.map_err(|error| refused(error.to_string()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(format!(
                "{}/v1/traces",
                settings.endpoint.trim_end_matches('/')
            ))
            .with_timeout(LIMIT)
            .build()
            .map_err(|error| refused(error.to_string()))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(OnRuntime {
                exporter: Arc::new(exporter),
                runtime,
            })
            .with_resource(Resource::builder().with_service_name("plugwright").build())
            .build();
        Ok(Self(provider))
    }

    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("plugwright"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_level(false)
            .with_filter(Targets::new().with_target(spans::TARGET, LevelFilter::TRACE))
    }

    pub(super) async fn shutdown(self) {
        // It blocks until the export is done, which may need this thread.
        let last = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LIMIT)).await;
        match last {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "can't export the last traces"),
            Err(error) => tracing::warn!(%error, "can't export the last traces"),
        }
    }
}

/// Sends on the runtime, which the HTTP client needs and the exporting thread doesn't have.
#[derive(Debug)]
struct OnRuntime {
    exporter: Arc<SpanExporter>,
    runtime: Handle,
}

impl opentelemetry_sdk::trace::SpanExporter for OnRuntime {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let exporter = Arc::clone(&self.exporter);
        self.runtime
            .spawn(async move { exporter.export(batch).await })
            .await
            .unwrap_or_else(|error| Err(OTelSdkError::InternalFailure(error.to_string())))
    }

    fn set_resource(&mut self, resource: &Resource) {
        // Called before the first export, while it is not shared yet.
        if let Some(exporter) = Arc::get_mut(&mut self.exporter) {
            exporter.set_resource(resource);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Bytes;
    use axum::extract::State;
    use axum::routing::post;
    use http::HeaderMap;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::trace::v1::Span as Received;
    use plugwright_sdk::ErrorCode;
    use prost::Message;
    use tokio::sync::mpsc;
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::registry::Registry;
    use uuid::Uuid;

    use super::*;

    type Deliveries = mpsc::UnboundedSender<Bytes>;

    async fn receive(State(deliveries): State<Deliveries>, body: Bytes) {
        deliveries.send(body).unwrap();
    }

    /// Starts a collector and returns its base URL and what it is sent.
    async fn collector() -> (String, mpsc::UnboundedReceiver<Bytes>) {
        let (deliveries, received) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(deliveries);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (endpoint, received)
    }

    fn text<'a>(span: &'a Received, name: &str) -> Option<&'a str> {
        use opentelemetry_proto::tonic::common::v1::any_value::Value;
        let attribute = span.attributes.iter().find(|found| found.key == name)?;
        match attribute.value.as_ref()?.value.as_ref()? {
            Value::StringValue(text) => Some(text),
            _ => None,
        }
    }

    #[tokio::test]
    async fn a_shutdown_delivers_the_spans_of_a_call_within_the_callers_trace() {
        let (endpoint, mut received) = collector().await;
        let traces = Traces::new(&TraceSettings { endpoint }).unwrap();
        let mut headers = HeaderMap::new();
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", parent.parse().unwrap());
        let run = Uuid::now_v7();
        tracing::subscriber::with_default(Registry::default().with(traces.layer()), || {
            let call = spans::call(run, "/v1/actions", &headers);
            call.in_scope(|| {
                spans::invoke("github").in_scope(|| tracing::info!("not for the trace"));
            });
            spans::end(
                &call,
                Some("github.issues.list"),
                Some(ErrorCode::RateLimited),
            );
        });
        traces.shutdown().await;
        let delivery = received.try_recv().unwrap();
        let delivery = ExportTraceServiceRequest::decode(delivery).unwrap();
        let resource = &delivery.resource_spans[0];
        let attributes = &resource.resource.as_ref().unwrap().attributes;
        assert!(
            format!("{attributes:?}").contains("plugwright"),
            "{attributes:?}"
        );
        let found = &resource.scope_spans[0].spans;
        let of = |name: &str| found.iter().find(|span| span.name == name).unwrap();
        let (call, invoke) = (of("call"), of("invoke"));
        assert_eq!(
            call.trace_id,
            0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes()
        );
        assert_eq!(call.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
        assert_eq!(
            (&invoke.trace_id, &invoke.parent_span_id),
            (&call.trace_id, &call.span_id)
        );
        assert_eq!(text(call, "plugwright.run"), Some(run.to_string().as_str()));
        assert_eq!(text(call, "plugwright.action"), Some("github.issues.list"));
        assert_eq!(text(call, "plugwright.outcome"), Some("RATE_LIMITED"));
        assert_eq!(text(invoke, "plugwright.connector"), Some("github"));
        assert_eq!(call.status.as_ref().unwrap().code, 2);
        assert!(invoke.events.is_empty(), "{:?}", invoke.events);
    }

    #[tokio::test]
    async fn a_caller_without_a_trace_or_with_a_broken_one_begins_its_own() {
        let (endpoint, mut received) = collector().await;
        let traces = Traces::new(&TraceSettings { endpoint }).unwrap();
        let mut broken = HeaderMap::new();
        broken.insert("traceparent", "00-nonsense-01".parse().unwrap());
        tracing::subscriber::with_default(Registry::default().with(traces.layer()), || {
            for headers in [HeaderMap::new(), broken] {
                drop(spans::call(Uuid::now_v7(), "/v1/actions", &headers));
            }
        });
        traces.shutdown().await;
        let delivery = ExportTraceServiceRequest::decode(received.try_recv().unwrap()).unwrap();
        let found = &delivery.resource_spans[0].scope_spans[0].spans;
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|span| span.parent_span_id.is_empty()));
        assert_ne!(found[0].trace_id, found[1].trace_id);
    }

    #[tokio::test]
    async fn a_collector_that_is_gone_does_not_hold_up_the_end() {
        let traces = Traces::new(&TraceSettings {
            endpoint: "http://127.0.0.1:9".to_owned(),
        })
        .unwrap();
        tracing::subscriber::with_default(Registry::default().with(traces.layer()), || {
            drop(spans::call(
                Uuid::now_v7(),
                "/v1/actions",
                &HeaderMap::new(),
            ));
        });
        tokio::time::timeout(2 * LIMIT, traces.shutdown())
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn refuses_an_endpoint_that_is_no_url() {
        let error = Traces::new(&TraceSettings {
            endpoint: "not a url".to_owned(),
        })
        .unwrap_err();
        assert!(error.to_string().contains("`not a url`"), "{error}");
    }
}
