//! A gateway that is killed between the provider's commit and its own record finds out what became of
//! its writes.

use std::time::Duration;

use futures_util::future::join_all;
use plugwright_sdk::json;
use plugwright_tests::count;
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, connection};
use reqwest::Method;
use tokio::time::sleep;

use super::shop::Shop;
use crate::fixture;

/// How an action finds a write again, and the action.
const ACTIONS: [(&str, &str); 3] = [
    ("natural", "orders.orders.create"),
    ("key", "orders.orders.create_with_key"),
    ("none", "orders.orders.create_blindly"),
];

/// Calls with keys, one of each action, whose gateway is killed.
struct Round {
    /// What the shop does: `held` or `dropped`.
    kind: &'static str,
    number: usize,
}

impl Round {
    fn name(&self, by: &str) -> String {
        format!("{}-{}-{by}", self.kind, self.number)
    }

    async fn call(&self, gateway: &GatewayProcess, token: &str) -> Vec<reqwest::Result<Reply>> {
        let calls = ACTIONS.map(async |(by, action)| {
            let name = self.name(by);
            let input = json!({ "name": name });
            gateway.call_with_key(token, action, &input, &name).await
        });
        join_all(calls).await
    }

    /// Lets the gateway die when the shop has all requests, and at another moment in each round.
    async fn kill(&self, gateway: &GatewayProcess, token: &str, shop: &mut Shop) {
        let said = if self.kind == "held" {
            "took"
        } else {
            "dropped"
        };
        let all = ACTIONS.map(|(by, _)| format!("{said} {}", self.name(by)));
        let death = async {
            shop.said(all.into()).await;
            let micros = (self.number as u64).wrapping_mul(7_919) % 20_000;
            sleep(Duration::from_micros(micros)).await;
            gateway.crash();
        };
        let (calls, ()) = tokio::join!(self.call(gateway, token), death);
        assert!(calls.iter().all(Result::is_err), "{calls:?}");
    }
}

/// What became of the writes of one action.
#[derive(Default)]
struct Tally {
    duplicates: usize,
    lost: usize,
    unknown: usize,
}

/// Checks that the calls whose writes the shop never took are made, if that can be found out; returns
/// how many were.
async fn check_dropped(round: &Round, gateway: &GatewayProcess, token: &str, shop: &Shop) -> usize {
    let mut made = 0;
    let replies = round.call(gateway, token).await;
    for (reply, (by, _)) in replies.into_iter().zip(ACTIONS) {
        let reply = reply.expect("an answer");
        let orders = shop.orders(&round.name(by)).await;
        if by == "none" {
            let said = (reply.code(), orders.len());
            assert_eq!(said, (Some("outcome_unknown"), 0), "{reply:?}");
            continue;
        }
        assert_eq!((reply.status, orders.len()), (200, 1), "{reply:?}");
        assert_eq!(reply.body["data"], orders[0]);
        made += 1;
    }
    made
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_gateway_finds_out_what_became_of_its_writes() {
    let mut shop = Shop::start().await;
    // The shop never takes an order whose client has gone.
    let setup = Setup::new(fixture::ORDERS).env("PLUGWRIGHT_LIMITS_RECONCILE_GRACE", "100ms");
    let mut gateway = setup.start().await;
    let mut account = connection("main", &shop.url);
    account["connector"] = json!("orders");
    let connected = gateway
        .admin(Method::POST, "/connections", Some(account))
        .await;
    connected.expect("an answer").ok();
    let (_, token) = gateway.token("caller", json!({})).await;
    let kills = count("RECONCILE_KILLS", 10);
    let mut tallies = ACTIONS.map(|_| Tally::default());
    let mut made_now = 0;
    for number in 0..kills {
        let mut rounds = vec![Round {
            kind: "held",
            number,
        }];
        if number % 5 == 0 {
            // Before the provider's commit.
            rounds.push(Round {
                kind: "dropped",
                number,
            });
        }
        for round in rounds {
            round.kill(&gateway, &token, &mut shop).await;
            gateway.ended().await;
            gateway = setup.start().await;
            if round.kind == "dropped" {
                made_now += check_dropped(&round, &gateway, &token, &shop).await;
                continue;
            }
            let replies = round.call(&gateway, &token).await;
            let more = round.call(&gateway, &token).await;
            for (place, (reply, more)) in replies.into_iter().zip(more).enumerate() {
                let (reply, more) = (reply.expect("an answer"), more.expect("an answer"));
                let (by, _) = ACTIONS[place];
                let orders = shop.orders(&round.name(by)).await;
                let tally = &mut tallies[place];
                tally.duplicates += usize::from(orders.len() > 1);
                if reply.code() == Some("outcome_unknown") {
                    tally.unknown += 1;
                } else {
                    let is_it = orders.first() == Some(&reply.body["data"]);
                    tally.lost += usize::from(reply.status != 200 || !is_it);
                    assert_eq!(reply.body["meta"]["reconciled"], true, "{reply:?}");
                }
                assert_eq!(reply.outcome(), more.outcome());
            }
        }
    }
    println!("{kills} kills between the provider's commit and the gateway's record:");
    for ((by, _), tally) in ACTIONS.iter().zip(&tallies) {
        let share = 100 * tally.unknown / kills;
        println!(
            "reconciled by {by}: {} duplicates, {} lost, {} unknown ({share} %)",
            tally.duplicates, tally.lost, tally.unknown
        );
    }
    println!("killed before the provider's commit: {made_now} writes were made after all");
    for ((by, _), tally) in ACTIONS.iter().zip(&tallies) {
        assert_eq!((tally.duplicates, tally.lost), (0, 0), "{by}");
        let unknown = if *by == "none" { kills } else { 0 };
        assert_eq!(tally.unknown, unknown, "{by}");
    }
}
