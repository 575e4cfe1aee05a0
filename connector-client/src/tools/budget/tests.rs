use serde_json::json;

use super::*;

#[test]
fn a_text_has_no_more_tokens_than_estimated_and_seldom_half_as_many() {
    let vocabulary = tiktoken_rs::o200k_base().unwrap();
    let issue = json!({
        "number": 1347, "title": "Found a bug", "state": "open", "locked": false,
        "user": { "login": "octocat", "id": 583_231, "node_id": "MDQ6VXNlcjU4MzIzMQ==" },
        "url": "https://api.github.com/repos/octocat/Hello-World/issues/1347",
        "created_at": "2011-04-22T13:33:48Z", "body": "I'm having a problem with this.",
    });
    let issues = Value::Array(vec![issue; 20]).to_string();
    let prose = "A text has words, and now and then a number such as 42. ".repeat(20);
    let ids = "01a1fdb9-b889-7244-ae65-9bb4b76982c5 ".repeat(20);
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk".repeat(10);
    let code = "fn main() {\n    println!(\"{}\", 1 << 20);\n}\n".repeat(20);
    for text in [issues.as_str(), &prose, &code] {
        let (real, estimate) = (vocabulary.encode_ordinary(text).len(), tokens(text));
        assert!(
            (real..=2 * real).contains(&estimate),
            "{real} {estimate} {text}"
        );
    }
    for text in [
        ids.as_str(),
        &base64,
        &"Größe 🎈 ".repeat(20),
        &"日本語の文章。".repeat(20),
    ] {
        let (real, estimate) = (vocabulary.encode_ordinary(text).len(), tokens(text));
        assert!(real <= estimate, "{real} {estimate} {text}");
    }
}

#[test]
fn a_list_has_as_many_whole_items_as_fit() {
    let items: Vec<_> = (0..100)
        .map(|id| json!({ "id": id, "name": "Lamp" }))
        .collect();
    let mut more = Map::new();
    more.insert("cursor".to_owned(), "c1".into());
    let all = list(Value::Array(items.clone()), more.clone(), 10_000);
    let read: Value = serde_json::from_str(&all.text).unwrap();
    assert_eq!(read, json!({ "items": items, "cursor": "c1" }));
    assert_eq!(all.left_out, None);

    let some = list(Value::Array(items), more, 200);
    assert!(tokens(&some.text) <= 200);
    let read: Value = serde_json::from_str(&some.text).unwrap();
    let shown = read["items"].as_array().unwrap().len();
    assert!((5..100).contains(&shown), "{shown}");
    assert_eq!(read["cursor"], "c1");
    assert_eq!(
        some.left_out.unwrap(),
        format!(
            "{shown} of 100 items are shown, to save tokens; `cursor` continues after the last of all items"
        )
    );
    let none = list(json!([]), Map::new(), 100);
    assert_eq!(
        (none.text.as_str(), none.left_out),
        (r#"{"items":[]}"#, None)
    );
}

#[test]
fn what_is_too_long_is_shortened_within_and_stays_json() {
    let long = "word ".repeat(5_000);
    let data = json!({ "id": 7, "text": long, "list": (0..1_000).collect::<Vec<_>>() });
    let shown = value(&data, 500);
    assert!(tokens(&shown.text) <= 500);
    let read: Value = serde_json::from_str(&shown.text).unwrap();
    assert_eq!(read["id"], 7);
    assert!(read["text"].as_str().unwrap().ends_with("more characters)"));
    assert!(shown.left_out.is_some());
    // One item that is too long alone.
    let shown = list(json!([data]), Map::new(), 500);
    let read: Value = serde_json::from_str(&shown.text).unwrap();
    assert_eq!(read["items"][0]["id"], 7);
    // A text, and an object of too many members.
    let shown = value(&Value::String("word ".repeat(5_000)), 100);
    assert!(shown.text.ends_with('…') && tokens(&shown.text) <= 102);
    let members: Map<_, _> = (0..5_000).map(|id| (id.to_string(), json!(id))).collect();
    let shown = value(&Value::Object(members), 100);
    assert!(shown.text.ends_with('…') && tokens(&shown.text) <= 102);
}

#[test]
fn nothing_is_cut_within_a_character() {
    let whole = "aé日🎈 word-7".repeat(3);
    for tokens in 0..60 {
        let mut text = whole.clone();
        cut(&mut text, tokens);
        assert!(whole.starts_with(text.trim_end_matches('…')), "{text}");
    }
    let mut short = "short".to_owned();
    cut(&mut short, 10);
    assert_eq!(short, "short");
}
