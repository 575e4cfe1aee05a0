//! Callers, who must notice nothing but processes that are gone.

use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::json;
use plugwright_tests::gateway::{send, with_json};
use reqwest::{Method, RequestBuilder};
use tokio::time::sleep;

use crate::refresh::process::Process;
use crate::refresh::world::World;

/// How many calls there are in a second, whoever makes them.
const CALLS_PER_SECOND: u32 = 100;

/// What became of calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) answered: usize,
    /// Broken off by the end of a process, and made again.
    pub(crate) retried: usize,
    /// Told to come later.
    pub(crate) put_off: usize,
    /// Refused, since the account has to be connected again.
    pub(crate) refused: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.answered += other.answered;
        self.retried += other.retried;
        self.put_off += other.put_off;
        self.refused += other.refused;
    }
}

/// Makes a call of a process on an account, if it runs.
pub(crate) fn call(process: &Process, token: &str, account: &str) -> Option<RequestBuilder> {
    process.with(|gateway| {
        let path = "/v1/actions/signed.me.get";
        let body = json!({ "input": {}, "alias": account });
        with_json(gateway.request(Method::POST, path, token), &body)
    })
}

/// Calls on one account, each time through another process, until the world ends.
pub(crate) async fn run(world: Arc<World>, number: usize) -> Tally {
    let account = world.accounts[number % world.accounts.len()].as_str();
    let callers = u32::try_from(world.counts.callers).expect("not so many");
    let pause = Duration::from_secs(1) * callers / CALLS_PER_SECOND;
    let book = &world.shared.book;
    let mut tally = Tally::default();
    while !world.is_over() {
        sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
        let process = fastrand::choice(&world.processes).expect("there are some");
        let (epoch, life) = (book.epoch(account), process.life());
        let Some(request) = call(process, world.token(), account) else {
            continue;
        };
        let reply = match send(request).await {
            Ok(reply) => reply,
            Err(_) if process.life() != life => {
                tally.retried += 1;
                continue;
            }
            Err(error) => {
                book.violation(format!("a call on {account} got no answer: {error}"));
                continue;
            }
        };
        match (reply.status, reply.code()) {
            (200, _) => {
                assert_eq!(reply.body["data"]["account"], account, "{reply:?}");
                tally.answered += 1;
            }
            (503, Some("unavailable")) => tally.put_off += 1,
            _ if !book.is_quiet_since(account, epoch) => tally.refused += 1,
            _ => book.violation(format!("a call on {account} got {:?}", reply.body)),
        }
    }
    tally
}
