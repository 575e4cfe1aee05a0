//! Writes whose answers are lost are found at the server that did them, and at no other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use plugwright_matrix::CONNECTOR;
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Cut, Double, Provider, block_on};
use plugwright_sdk::transport::{Request, Response, TransportError};
use plugwright_sdk::{Action as _, ActionContext, Credential, Lost, Outcome, Value, json, run};

const ROOM: &str = "!lamps:example.org";
const ALIAS: &str = "#lamps:example.org";
const BOB: &str = "@bob:example.org";

/// A server with one room.
struct Homeserver {
    /// The room's aliases, as paths have them.
    aliases: BTreeMap<String, &'static str>,
    /// What Bob is to the room.
    bob: &'static str,
    /// What was sent to the room, newest last.
    events: Vec<Value>,
}

impl Homeserver {
    fn apply(&mut self, method: &str, path: &[&str]) -> (u16, Value) {
        match (method, path) {
            ("PUT", [.., "directory", "room", alias]) => {
                self.aliases.insert((*alias).to_owned(), ROOM);
                (200, json!({}))
            }
            ("DELETE", [.., "directory", "room", alias]) => {
                self.aliases.remove(*alias);
                (200, json!({}))
            }
            ("GET", [.., "directory", "room", alias]) => match self.aliases.get(*alias) {
                Some(room) => (200, json!({ "room_id": room, "servers": ["example.org"] })),
                None => (
                    404,
                    json!({ "errcode": "M_NOT_FOUND", "error": "no such alias" }),
                ),
            },
            ("POST", [.., "kick" | "unban"]) => {
                self.bob = "leave";
                (200, json!({}))
            }
            ("GET", [.., "state", "m.room.member", _]) => (200, json!({ "membership": self.bob })),
            ("POST", [.., "upload"]) => (200, json!({ "content_uri": "mxc://example.org/lamp" })),
            ("PUT", [.., "send", "m.room.message", transaction]) => {
                let event_id = format!("${}", self.events.len());
                self.events.push(json!({
                    "event_id": event_id,
                    "origin_server_ts": now(),
                    "unsigned": { "transaction_id": transaction },
                }));
                (200, json!({ "event_id": event_id }))
            }
            ("GET", [.., "event", event_id]) => {
                let content = json!({ "msgtype": "m.text", "body": "Is it on?" });
                let event = json!({
                    "event_id": event_id,
                    "room_id": ROOM,
                    "sender": BOB,
                    "type": "m.room.message",
                    "origin_server_ts": now(),
                    "content": content,
                });
                (200, event)
            }
            ("GET", [.., "messages"]) => {
                let newest: Vec<_> = self.events.iter().rev().collect();
                (200, json!({ "chunk": newest }))
            }
            _ => panic!("nobody asks the server for {method} {path:?}"),
        }
    }
}

impl Provider for Homeserver {
    fn answer(&mut self, request: &Request) -> Result<Response, TransportError> {
        let path: Vec<_> = request.url.path().split('/').collect();
        let (status, body) = self.apply(request.method.as_str(), &path);
        Ok(Response::new(status, HeaderMap::new(), body.to_string()))
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap().as_millis()).unwrap()
}

/// Makes a call whose request of this number gets no answer, and looks for what became of it.
fn lose(action: &str, input: &Value, number: usize, cut: Cut) -> Outcome<Value> {
    let is_there = action == "aliases.delete";
    let aliases = is_there.then(|| ("%23lamps%3Aexample.org".to_owned(), ROOM));
    let double = Arc::new(Double::new(Homeserver {
        aliases: aliases.into_iter().collect(),
        bob: "ban",
        events: Vec::new(),
    }));
    double.cut_at(number, cut);
    let cx = ActionContext::builder(&CONNECTOR, double)
        .credential(Credential::token("syt_secret"))
        .run_id("key")
        .build();
    let lost = Lost::new(SystemTime::now(), "key");
    let mut actions = CONNECTOR.actions().iter();
    let action = actions.find(|known| known.name() == action).unwrap();

    block_on(run(*action, &cx, input.clone())).unwrap_err();
    let search = action.reconcile(input.clone(), lost).unwrap().unwrap();
    let outcome = block_on(search.find(&cx)).unwrap();
    let value = outcome.try_map(|result| Ok::<_, ()>(result.data.into_value()));
    value.unwrap()
}

#[test]
fn a_lost_write_is_found_if_it_was_done() {
    let sent = || json!({ "event_id": "$0" });
    let done = || json!({});
    for (action, input, number, result) in [
        (
            "aliases.create",
            json!({ "alias": ALIAS, "room_id": ROOM }),
            0,
            done(),
        ),
        ("aliases.delete", json!({ "alias": ALIAS }), 0, done()),
        (
            "members.kick",
            json!({ "room_id": ROOM, "user_id": BOB }),
            0,
            done(),
        ),
        (
            "members.unban",
            json!({ "room_id": ROOM, "user_id": BOB }),
            0,
            done(),
        ),
        (
            "messages.send",
            json!({ "room_id": ROOM, "text": "It is on" }),
            0,
            sent(),
        ),
        (
            "messages.send_file",
            json!({ "room_id": ROOM, "file": "data:text/plain;base64,aGVsbG8=", "file_name": "hello.txt" }),
            1,
            sent(),
        ),
        (
            "messages.reply",
            json!({ "room_id": ROOM, "event_id": "$asked", "text": "It is" }),
            1,
            sent(),
        ),
    ] {
        let found = lose(action, &input, number, Cut::TimedOut);
        assert_eq!(found, Outcome::Done(result), "{action}");
        let not_received = lose(action, &input, number, Cut::Unreceived);
        assert_eq!(not_received, Outcome::NotDone, "{action}");
    }
}
