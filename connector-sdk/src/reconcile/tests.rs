use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Lost, Outcome};
use crate::reading::rfc3339;
use crate::{ActionError, ErrorCode, Page};

fn at(text: &str) -> SystemTime {
    rfc3339::read(text).unwrap()
}

#[test]
fn the_only_match_is_what_was_written() {
    let search = |items: &[(u8, bool)], cursor: Option<&str>| {
        let mut page = Page::new(items.to_vec());
        page.cursor = cursor.map(str::to_owned);
        Outcome::in_list(page, |(_, matches)| *matches)
    };
    assert_eq!(search(&[], None), Outcome::NotDone);
    assert_eq!(search(&[(1, false)], None), Outcome::NotDone);
    assert_eq!(
        search(&[(1, false), (2, true)], None),
        Outcome::Done((2, true))
    );
    let several = Outcome::unknown("several things match what was written");
    assert_eq!(search(&[(1, true), (2, true)], None), several);
    let too_long = Outcome::unknown("the list is too long to be looked through");
    assert_eq!(search(&[(1, true)], Some("next")), too_long);
    assert_eq!(search(&[], Some("next")), too_long);
}

#[test]
fn times_of_providers_are_read_with_their_offset() {
    for same in [
        "2026-11-29T12:00:00Z",
        "2026-11-29T12:00:00.000000Z",
        "2026-11-29T12:00:00+00:00",
        "2026-11-29T13:30:00+01:30",
        "2026-11-29T13:30:00.000+0130",
        "2026-11-28T19:00:00-17:00",
    ] {
        assert_eq!(
            rfc3339::read(same),
            rfc3339::read("2026-11-29T12:00:00Z"),
            "{same}"
        );
    }
    assert_eq!(
        at("2026-11-29T12:00:00.25-00:00"),
        at("2026-11-29T12:00:00Z") + Duration::from_millis(250)
    );
    for text in [
        "",
        "yesterday",
        "2026-11-29",
        "2026-11-29T12:00:00*01:00",
        "ééééééé",
        "+00:00",
    ] {
        assert_eq!(rfc3339::read(text), None, "{text}");
    }
}

#[test]
fn a_lost_write_happened_since_a_minute_before_its_call() {
    let lost = Lost::new(at("2026-11-29T12:00:00.9Z"), "k");
    assert_eq!(lost.since(), "2026-11-29T11:59:00Z");
    let since = UNIX_EPOCH + Duration::from_secs(lost.since_unix());
    assert_eq!(since, at(&lost.since()));
    assert_eq!(lost.key(), "k");
    for (time, covered) in [
        ("2026-11-29T11:59:00Z", false),
        ("2026-11-29T11:59:01Z", true),
        ("2026-11-29T12:00:01Z", true),
        ("2026-11-29T12:30:00+01:00", false),
        ("2026-11-30T12:00:00Z", true),
        ("some day", true),
    ] {
        assert_eq!(lost.covers(time), covered, "{time}");
        assert_eq!(lost.covers_optional(Some(time)), covered, "{time}");
    }
    assert!(lost.covers_optional(None));
    let first = Lost::new(UNIX_EPOCH, "k");
    assert_eq!(first.since(), "1970-01-01T00:00:00Z");
    assert_eq!(first.since_unix(), 0);
}

#[cfg(feature = "testing")]
mod run {
    use std::sync::Arc;

    use http::header::LINK;
    use http::{HeaderMap, HeaderValue};

    use super::{Lost, Outcome, at};
    use crate::host::{ReconcileBy, Registry};
    use crate::pagination::LinkHeader;
    use crate::testing::{Canned, block_on};
    use crate::transport::{ReadOnly, Response};
    use crate::{
        Action as _, ActionContext, ActionFunction as _, Auth, ConnectorDefinition, Credential,
        ErrorCode, Result, Value, action, actions, json,
    };

    /// Adds a task.
    #[action("tasks.add", write, reconcile(natural = find_added(title, list)), post = "/tasks", json)]
    async fn add(
        cx: &ActionContext,
        /// List.
        list: String,
        /// Priority.
        priority: Option<u8>,
        /// What is to be done.
        title: String,
    ) -> Result<Value>;

    async fn find_added(
        cx: &ActionContext,
        lost: &Lost,
        title: String,
        board: String,
    ) -> Result<Outcome<Value>> {
        match title.as_str() {
            "write" => Ok(Outcome::Done(cx.post("/tasks").fetch().await?)),
            "tell" => Ok(Outcome::unknown("the token is sesame")),
            _ => {
                let tasks = cx.get("/tasks").query("since", lost.since());
                let tasks = tasks.query("list", board).pages(LinkHeader, 3).await?;
                Ok(Outcome::in_list(tasks, |task: &Value| {
                    task["title"] == title
                }))
            }
        }
    }

    static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
        .base_url("https://api.example.com")
        .auth(&[Auth::bearer_token("Token")])
        .actions(actions![add]);

    fn context() -> ActionContext {
        let transport = Canned::new(|request| {
            let query = request.url.query().unwrap();
            if query == "page=2" {
                let body = r#"[{"title": "milk", "note": "sesame"}]"#;
                return Ok(Response::new(200, HeaderMap::new(), body));
            }
            assert_eq!(query, "since=2026-11-29T11%3A59%3A00Z&list=home");
            let next = HeaderValue::from_static("</tasks?page=2>; rel=\"next\"");
            let headers = HeaderMap::from_iter([(LINK, next)]);
            Ok(Response::new(200, headers, r#"[{"title": "eggs"}]"#))
        });
        ActionContext::builder(&CONNECTOR, Arc::new(ReadOnly::new(Arc::new(transport))))
            .credential(Credential::token("sesame"))
            .build()
    }

    fn find(title: &str) -> Result<Outcome<Value>> {
        let registry = Registry::new([&CONNECTOR]).unwrap();
        let action = registry.find("todo.tasks.add").unwrap().action;
        assert_eq!(action.reconciles_by(), Some(ReconcileBy::Natural));
        let lost = Lost::new(at("2026-11-29T12:00:00Z"), "k");
        let input = json!({ "list": "home", "title": title, "priority": 4 });
        let found = action.reconcile(input, lost).unwrap().unwrap();
        let outcome = block_on(found.find(&context()))?;
        outcome.try_map(|result| Ok(result.data.into_value()))
    }

    #[test]
    fn the_function_gets_the_lost_write_and_the_parameters_that_the_attribute_names() {
        let found = json!({ "title": "milk", "note": "[redacted]" });
        assert_eq!(find("milk").unwrap(), Outcome::Done(found));
        assert_eq!(find("bread").unwrap(), Outcome::NotDone);
        assert_eq!(
            find("tell").unwrap(),
            Outcome::unknown("the token is [redacted]")
        );
    }

    #[test]
    fn a_function_that_would_write_fails() {
        let error = find("write").unwrap_err();
        assert_eq!(error.code(), ErrorCode::PolicyDenied, "{error}");
    }

    #[test]
    fn the_input_is_decoded_as_that_of_the_action() {
        let lost = Lost::new(at("2026-11-29T12:00:00Z"), "k");
        let error = add::DEFINITION
            .reconcile(json!({ "priority": "x" }), lost)
            .unwrap_err();
        let decoded = add::DEFINITION
            .decode(json!({ "priority": "x" }))
            .unwrap_err();
        assert_eq!(error.to_string(), decoded.to_string());
    }
}

#[test]
fn what_has_a_name_was_not_written_only_if_it_is_not_there() {
    let judge = |found: u8| Outcome::Done(found);
    let error = |code| Err(ActionError::new(code, "no"));
    assert_eq!(Outcome::of_named(Ok(7), judge).unwrap(), Outcome::Done(7));
    let gone = Outcome::of_named(error(ErrorCode::NotFound), judge);
    assert_eq!(gone.unwrap(), Outcome::NotDone);
    let refused = Outcome::of_named(error(ErrorCode::Forbidden), judge);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::Forbidden);
}
