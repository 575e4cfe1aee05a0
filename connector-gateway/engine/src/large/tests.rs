//! Calls that wait for memory, and calls that become large.

use std::thread;
use std::time::Duration;

use http::HeaderMap;
use plugwright_sdk::host::Registry;
use plugwright_sdk::transport::{Request, Response, Transport, TransportError};
use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions, json, path};

use super::*;
use crate::call::Call;
use crate::engine::{Engine, EngineSettings};
use crate::principal::Principal;

const MIB: usize = 1 << 20;

fn call(memory: &Arc<Memory>) -> Arc<CallMemory> {
    memory.of_call(&Arc::new(Principal::local()))
}

fn memory(bytes: usize) -> Arc<Memory> {
    Arc::new(Memory::new(bytes, LimitHits::default()))
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_until_another_one_has_ended() {
    let memory = memory(4 * MIB);
    let first = call(&memory);
    first.reserve(2 * MIB).await;
    let second = call(&memory);
    let mut waiting = Box::pin(second.reserve(2 * MIB));
    let early = tokio::time::timeout(Duration::from_secs(9), &mut waiting).await;
    assert!(early.is_err());
    drop(first);
    waiting.await;
    assert_eq!(memory.shared.free(), 2 * MIB);
    drop(second);
    assert_eq!(memory.shared.free(), 4 * MIB);
}

#[tokio::test(start_paused = true)]
async fn one_call_alone_never_waits_for_itself() {
    let memory = memory(MIB);
    let call = call(&memory);
    for _ in 0..5 {
        call.reserve(700 << 10).await;
    }
    assert_eq!(memory.shared.free(), MIB / 2);
    drop(call);
    assert_eq!(memory.shared.free(), MIB);
}

#[tokio::test]
async fn work_can_go_on_elsewhere_once_it_is_large() {
    let call = call(&memory(4 * MIB));
    let mut work = Box::pin(async move {
        call.reserve(LARGE).await;
        tokio::task::yield_now().await;
        call.reserve(1).await;
        7
    });
    assert_eq!(until_large(&mut work).await, None);
    assert_eq!(tokio::spawn(work).await.unwrap(), 7);
}

#[tokio::test]
async fn small_work_ends_where_it_began() {
    let call = call(&memory(4 * MIB));
    let mut work = Box::pin(async move {
        call.reserve(LARGE / 2).await;
        tokio::task::yield_now().await;
        7
    });
    assert_eq!(until_large(&mut work).await, Some(7));
}

/// Reads a report, and tells which thread goes on with it.
#[action("reports.read", read)]
async fn read(
    cx: &ActionContext,
    /// Length of the report.
    length: u32,
) -> Result<String> {
    let request = cx.get(path!("/reports")).query("length", length);
    request.send().await?;
    Ok(thread::current().name().unwrap_or_default().to_owned())
}

/// As the other, as a write.
#[action("reports.make", write)]
async fn make(
    cx: &ActionContext,
    /// Length of the report.
    length: u32,
) -> Result<String> {
    let request = cx.post(path!("/reports")).query("length", length);
    request.send().await?;
    Ok(thread::current().name().unwrap_or_default().to_owned())
}

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("office", "Office", "1.0.0")
    .base_url("https://office.example.com")
    .actions(actions![read, make]);

/// Answers with as many bytes as a request names.
struct Office;

#[async_trait::async_trait]
impl Transport for Office {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let (_, length) = request.url.query_pairs().next().unwrap();
        let body = vec![b'-'; length.parse().unwrap()];
        Ok(Response::new(200, HeaderMap::new(), body))
    }
}

#[tokio::test]
async fn a_call_with_a_large_response_ends_on_a_thread_of_low_priority() {
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let engine = Engine::new(registry, EngineSettings::offline()).unwrap();
    for action in ["office.reports.read", "office.reports.make"] {
        for (length, is_large) in [(100, false), (LARGE / 4, false), (2 * LARGE, true)] {
            let input = json!({ "length": length });
            let mut call = Call::action(Arc::new(Principal::local()), action, input);
            call.handles.upstream = Some(Arc::new(Office));
            let data = engine.execute(call).await.result.unwrap().data.into_value();
            let thread = data.as_str().unwrap();
            assert_eq!(
                thread.starts_with("large-"),
                is_large,
                "{action}, {length}: {thread}"
            );
        }
    }
}
