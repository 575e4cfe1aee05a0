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

fn memory(bytes: usize) -> Arc<Memory> {
    Arc::new(Memory::new(bytes, LimitHits::default()))
}

fn call(memory: &Arc<Memory>) -> Arc<CallMemory> {
    memory.of_call(&Arc::new(Principal::local()))
}

/// Waits for a while, and tells whether memory was had by then.
async fn gets(call: &CallMemory, bytes: usize) -> bool {
    let patience = Duration::from_secs(9);
    tokio::time::timeout(patience, call.reserve(bytes))
        .await
        .is_ok()
}

#[tokio::test(start_paused = true)]
async fn one_call_at_a_time_takes_more_than_there_is() {
    let memory = memory(4 * MIB);
    let [first, second, third] = [(); 3].map(|()| call(&memory));
    assert!(gets(&first, 2 * MIB).await);
    assert!(gets(&second, 2 * MIB).await);
    assert!(gets(&second, 90 * MIB).await);
    assert!(!gets(&third, 2 * MIB).await);
    assert!(gets(&third, MIB / 2).await);
    drop(second);
    assert!(gets(&third, 2 * MIB).await);
    drop((first, third));
    assert_eq!(memory.shared.free(), 4 * MIB);
    assert_eq!(memory.beyond.available_permits(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_goes_on_as_soon_as_another_one_has_ended() {
    let memory = memory(4 * MIB);
    let [first, second, third] = [(); 3].map(|()| call(&memory));
    assert!(gets(&first, 3 * MIB).await);
    assert!(gets(&second, MIB).await);
    let mut waiting = std::pin::pin!(third.reserve(2 * MIB));
    let early = tokio::time::timeout(Duration::from_secs(9), waiting.as_mut()).await;
    assert!(early.is_err());
    drop(first);
    waiting.await;
    assert_eq!(memory.shared.free(), 2 * MIB);
}

#[tokio::test(start_paused = true)]
async fn no_call_takes_more_than_there_is_while_its_callers_answers_lie_unread() {
    let memory = memory(4 * MIB);
    let slow = Arc::new(Principal::local());
    let unread = memory.shared.of_answer(&slow, 4 * MIB);
    let (first, second) = (call(&memory), call(&memory));
    assert!(!gets(&first, MIB).await);
    let mut waiting = std::pin::pin!(second.reserve(90 * MIB));
    let early = tokio::time::timeout(Duration::from_secs(9), waiting.as_mut()).await;
    assert!(early.is_err());
    drop(unread);
    waiting.await;
}

#[tokio::test]
async fn work_can_go_on_elsewhere_once_it_is_large() {
    let memory = memory(4 * MIB);
    let call = call(&memory);
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
    let memory = memory(4 * MIB);
    let call = call(&memory);
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
