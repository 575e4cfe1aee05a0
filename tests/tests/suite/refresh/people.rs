//! The person who connects accounts.

use std::time::Duration;

use plugwright_sdk::json;
use plugwright_tests::Person;
use plugwright_tests::gateway::{send, with_json};
use plugwright_tests_oauth::Answer;
use reqwest::Method;
use tokio::time::sleep;

use crate::refresh::callers::call;
use crate::refresh::world::World;

const PAUSE: Duration = Duration::from_millis(50);

/// Connects an account, or connects it again.
pub(crate) async fn connect(world: &World, account: &str, again: bool) {
    let (process, _whole) = loop {
        let process = fastrand::choice(&world.processes).expect("there are some");
        // Nobody kills it before the account is connected.
        let whole = process.whole.read().await;
        if process.is_running() {
            break (process, whole);
        }
        drop(whole);
        sleep(PAUSE).await;
    };
    // One that is connected already is found by whose it is.
    let body = if again {
        json!({})
    } else {
        json!({ "alias": account })
    };
    let asking = process.with(|gateway| {
        let path = "/v1/connections/signed/connect";
        with_json(gateway.request(Method::POST, path, world.token()), &body)
    });
    let begun = send(asking.expect("it runs")).await.expect("an answer");
    let begun = begun.ok()["data"].take();
    let person = Person::new();
    let page = begun["authorizationUrl"].as_str().expect("a page");
    let authorize = person.continues(page).await;
    let server = &world.shared.server;
    let back = server.authorize(&authorize, account, Answer::Allow).await;
    let (status, last) = person.get(back.as_str()).await;
    assert!(status.is_success(), "{status}: {last}");
}

/// Waits until the gateways find that an account was lost, connects it again, and waits until each
/// of them knows.
pub(crate) async fn heal(world: &World, account: &str) {
    while world.shared.database().connection(account).await.active {
        sleep(PAUSE).await;
    }
    connect(world, account, true).await;
    world.shared.book.reconnect(account);
    for process in &world.processes {
        loop {
            if let Some(request) = call(process, world.token(), account)
                && let Ok(reply) = send(request).await
                && reply.status == 200
            {
                break;
            }
            sleep(PAUSE).await;
        }
    }
    world.shared.book.settle(account);
}
