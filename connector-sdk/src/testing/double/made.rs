//! Things that writes made, in the JSON of answers.

use std::collections::VecDeque;
use std::time::SystemTime;

use bytes::Bytes;
use serde_json::Value;
use url::form_urlencoded;

use crate::schema::pointer::escape;
use crate::transport::Request;

/// Where an answer has the one thing that it is about, as a JSON pointer.
pub(super) fn place_of_one(answer: &Value, is_graphql: bool) -> Option<String> {
    if is_graphql {
        nearest(answer, "/data", |value| value.get("id").is_some())
    } else if answer.get("ok").is_some_and(Value::is_boolean) {
        // An envelope with one thing in it.
        let is_thing = |(name, value): &(&String, &Value)| {
            value.is_object() && name.as_str() != "response_metadata"
        };
        let thing = answer.as_object()?.iter().find(is_thing);
        Some(thing.map_or_else(String::new, |(name, _)| format!("/{name}")))
    } else {
        answer.is_object().then(String::new)
    }
}

/// Where an answer has the things that it lists, as a JSON pointer.
pub(super) fn place_of_many(answer: &Value, is_graphql: bool) -> Option<String> {
    let root = if is_graphql { "/data" } else { "" };
    nearest(answer, root, Value::is_array)
}

fn nearest(answer: &Value, root: &str, is_it: impl Fn(&Value) -> bool) -> Option<String> {
    let mut queue = VecDeque::from([root.to_owned()]);
    while let Some(pointer) = queue.pop_front() {
        let Some(value) = answer.pointer(&pointer) else {
            continue;
        };
        if is_it(value) {
            return Some(pointer);
        }
        for name in value
            .as_object()
            .into_iter()
            .flat_map(|members| members.keys())
        {
            queue.push_back(format!("{pointer}/{}", escape(name)));
        }
    }
    None
}

/// Makes a recorded thing the one that a request asked for now: fields that the request sets, no text
/// where it leaves one out, and the times at which it was made and changed.
pub(super) fn renew(thing: &mut Value, request: &Request, left_out: &[String]) {
    let body = fields_of(request);
    let fields = match request.operation() {
        Some(_) => &body["variables"],
        None => &body,
    };
    let input = fields.get("input");
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let Some(members) = thing.as_object_mut() else {
        return;
    };
    for (name, member) in members {
        let mut ends = ["_at", "At", "_time"].iter();
        let is_time = name == "created" || ends.any(|end| name.ends_with(end));
        if is_time && member.is_string() {
            *member = now.clone().into();
            continue;
        }
        if is_time && member.is_number() {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            *member = since.map_or(0, |since| since.as_secs()).into();
            continue;
        }
        let set = fields.get(name).or_else(|| input?.get(name));
        if let Some(set) = set.filter(|set| is_same_scalar(set, member)) {
            *member = set.clone();
        } else if member.is_string() && left_out.contains(name) {
            *member = "".into();
        }
    }
}

/// The fields that a request sets, in JSON or in a form.
fn fields_of(request: &Request) -> Value {
    let body = request.body.bytes().map(Bytes::as_ref).unwrap_or_default();
    let is_form = request.body.content_type.as_deref() == Some("application/x-www-form-urlencoded");
    if is_form {
        let fields = form_urlencoded::parse(body).into_owned();
        return fields
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
    }
    serde_json::from_slice(body).unwrap_or_default()
}

fn is_same_scalar(left: &Value, right: &Value) -> bool {
    matches!(
        (left, right),
        (Value::String(_), Value::String(_))
            | (Value::Number(_), Value::Number(_))
            | (Value::Bool(_), Value::Bool(_))
    )
}

pub(super) fn end_lists(answer: &mut Value) {
    match answer {
        Value::Object(members) => {
            if let Some(next) = members.get_mut("hasNextPage") {
                *next = false.into();
            }
            if let Some(next) = members.get_mut("next_cursor") {
                *next = Value::Null;
            }
            members.values_mut().for_each(end_lists);
        }
        Value::Array(items) => items.iter_mut().for_each(end_lists),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::http::Body;

    #[test]
    fn finds_lists_and_things_in_the_usual_envelopes() {
        let place = place_of_many;
        assert_eq!(place(&json!([{ "id": 1 }]), false).as_deref(), Some(""));
        let page = json!({ "next": null, "results": [] });
        assert_eq!(place(&page, false).as_deref(), Some("/results"));
        let connection = json!({ "data": { "a/b": { "id": 1, "tasks": { "nodes": [] } } } });
        let found = place(&connection, true);
        assert_eq!(found.as_deref(), Some("/data/a~1b/tasks/nodes"));
        assert_eq!(place(&json!({ "id": 1 }), false), None);

        let place = place_of_one;
        assert_eq!(place(&json!({ "id": 1 }), false).as_deref(), Some(""));
        assert_eq!(place(&json!([]), false), None);
        let envelope = json!({ "ok": true, "response_metadata": {}, "task": { "id": 1 } });
        assert_eq!(place(&envelope, false).as_deref(), Some("/task"));
        assert_eq!(place(&json!({ "ok": true }), false).as_deref(), Some(""));
        let payload = json!({ "data": { "add": { "cost": { "is": 1 }, "task": { "id": 1 } } } });
        assert_eq!(place(&payload, true).as_deref(), Some("/data/add/task"));
    }

    #[test]
    fn forms_set_fields_too() {
        let url = "https://api.example.com/tasks".parse().unwrap();
        let mut request = Request::new(Method::POST, url);
        request.body = Body::new("application/x-www-form-urlencoded", "title=A+lamp");
        let mut thing = json!({ "title": "Rug", "created": 1 });
        renew(&mut thing, &request, &[]);
        assert_eq!(thing["title"], "A lamp");
        assert!(thing["created"].as_u64().unwrap() > 1_700_000_000);
    }

    #[test]
    fn a_thing_has_what_the_request_sets_and_is_new() {
        let url = "https://api.example.com/tasks".parse().unwrap();
        let mut request = Request::new(Method::POST, url);
        let body = json!({ "title": "Lamp", "labels": ["new"], "state": null, "extra": 1 });
        request.body = Body::new("application/json", body.to_string());
        let mut thing = json!({
            "title": "Rug", "labels": [{ "name": "old" }], "state": "open", "body": "Round",
            "created_at": "2017-10-10T16:00:00Z", "closed_at": null, "id": "7",
        });
        renew(&mut thing, &request, &["body".to_owned()]);
        let created = thing["created_at"].take();
        let created = humantime::parse_rfc3339(created.as_str().unwrap()).unwrap();
        assert!(created.elapsed().unwrap().as_secs() < 60);
        assert_eq!(
            thing,
            json!({
                "title": "Lamp", "labels": [{ "name": "old" }], "state": "open", "body": "",
                "created_at": null, "closed_at": null, "id": "7",
            })
        );
    }
}
