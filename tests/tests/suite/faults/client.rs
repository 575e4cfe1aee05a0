//! Calls by the Rust client while its gateway is stopped, killed and started again.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use plugwright_client::{Connector, Error, ErrorCode};
use plugwright_sdk::{Value, json};
use tokio::time::sleep;

use super::provider::Provider;
use super::{count, setup};

/// Calls at the same time.
const IN_FLIGHT: usize = 16;
/// Calls between two restarts.
const BETWEEN: usize = 100;

/// Makes a write: one that the provider does once for each key, or one that it does each time.
async fn call(client: &Connector, number: usize) -> Result<Value, Error> {
    let name = name(number);
    if number.is_multiple_of(2) {
        let create = client.action("local.things.create");
        return create.input(json!({ "name": name })).execute().await;
    }
    let put = client.action("local.things.put");
    put.input(json!({ "id": name, "name": name }))
        .execute()
        .await
}

fn name(number: usize) -> String {
    format!("call-{number}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_ends_once_while_the_gateway_restarts() {
    let calls = count("FAULTS_CLIENT_CALLS", 400);
    let provider = Provider::start(Duration::from_millis(20)).await;
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = port.expect("a port").to_string();
    let setup = setup().argument("--listen").argument(&address);
    let mut gateway = setup.start().await;
    gateway.connect("main", &provider.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let client = Connector::builder()
        .api_key(token)
        .base_url(format!("http://{address}/v1"))
        .retries(50)
        .deadline(Duration::from_mins(2))
        .build()
        .expect("a client");

    let ended = AtomicUsize::new(0);
    let (mut stops, mut kills) = (0, 0);
    let restarts = async {
        while ended.load(Ordering::Relaxed) + BETWEEN < calls {
            let next = (stops + kills + 1) * BETWEEN;
            while ended.load(Ordering::Relaxed) < next {
                sleep(Duration::from_millis(1)).await;
            }
            if stops > kills {
                gateway.crash();
                kills += 1;
            } else {
                gateway.terminate();
                stops += 1;
            }
            gateway.ended().await;
            gateway = setup.start().await;
        }
    };
    let making = stream::iter(0..calls)
        .map(|number| {
            let (client, ended) = (&client, &ended);
            async move {
                let outcome = call(client, number).await;
                ended.fetch_add(1, Ordering::Relaxed);
                (number, outcome)
            }
        })
        .buffer_unordered(IN_FLIGHT)
        .collect::<Vec<_>>();
    let (outcomes, ()) = tokio::join!(making, restarts);

    assert_eq!(outcomes.len(), calls);
    let mut unknown = 0;
    for (number, outcome) in outcomes {
        let name = name(number);
        let done = provider.created(&name) + provider.effects(&name);
        match outcome {
            Ok(thing) => assert!(done == 1 && thing["serial"].is_u64(), "{name}: {done}"),
            // A kill between the provider's answer and its record: the write may have happened.
            Err(error) => {
                assert_eq!(
                    *error.code(),
                    ErrorCode::OutcomeUnknown,
                    "{name}: {error:?}"
                );
                assert!(number.is_multiple_of(2) && done <= 1, "{name}: {done}");
                unknown += 1;
            }
        }
    }
    assert!(stops >= 1 && kills >= 1 && unknown <= kills * IN_FLIGHT);
    println!(
        "{calls} calls, {stops} stops, {kills} kills: {unknown} writes with unknown outcome, none twice"
    );
}
