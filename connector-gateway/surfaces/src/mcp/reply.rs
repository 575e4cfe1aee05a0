//! Outcomes of calls as results of tools.

mod files;

use std::fmt::Write as _;

use plugwright_sdk::host::{Missing, whole_seconds};
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint, Value};
use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use serde_json::{Map, json};

use super::schema::Shape;
use super::tools::Details;
use plugwright_engine::{Case, Outcome, Surface, answer};

const RUN: &str = "plugwright/runId";
const MISSING: &str = "plugwright/missing";
const REPLAYED: &str = "plugwright/replayed";
const RECONCILED: &str = "plugwright/reconciled";
const ERROR: &str = "plugwright/error";

/// Renders the outcome of an action's call. Without details the action is unknown.
pub(super) fn render(outcome: Outcome, details: Option<&Details>) -> CallToolResult {
    let mut meta = Map::new();
    let run = outcome.execution_id.to_string();
    meta.insert(RUN.to_owned(), run.as_str().into());
    if outcome.replayed {
        meta.insert(REPLAYED.to_owned(), true.into());
    }
    if outcome.reconciled {
        meta.insert(RECONCILED.to_owned(), true.into());
    }
    let mut result = match outcome.result {
        Ok(done) => {
            if !done.meta.missing.is_empty() {
                meta.insert(MISSING.to_owned(), json!(done.meta.missing));
            }
            let shape = details.map_or(Shape::Object, |details| details.shape);
            let with_files = details.is_some_and(|details| details.files);
            success(done, shape, with_files, &run)
        }
        Err(error) => {
            meta.insert(ERROR.to_owned(), json!(error));
            failure(&error, outcome.case)
        }
    };
    result.meta = Some(MetaObject(meta));
    result
}

fn success(done: ActionResult, shape: Shape, with_files: bool, run: &str) -> CallToolResult {
    let missing = incomplete(&done.meta.missing);
    let (data, json, files) = if with_files {
        let mut data = done.data.into_value();
        let files = files::take(&mut data, run);
        let json = data.to_string();
        (data, json, files)
    } else {
        let json = done.data.to_json().into_owned();
        (done.data.into_value(), json, Vec::new())
    };
    let (structured, text) = match (shape, data) {
        (Shape::Items, data) => {
            let mut more = Map::new();
            if let Some(cursor) = done.meta.cursor {
                more.insert("cursor".to_owned(), cursor.into());
            }
            if let Some(has_more) = done.meta.has_more {
                more.insert("hasMore".to_owned(), has_more.into());
            }
            if let Some(count) = done.meta.total_count {
                more.insert("totalCount".to_owned(), count.into());
            }
            let mut text = format!("{{\"items\":{json}");
            for (name, value) in &more {
                // Writing to a string cannot fail.
                let _ = write!(text, ",\"{name}\":{value}");
            }
            text.push('}');
            let mut members = Map::new();
            members.insert("items".to_owned(), data);
            members.extend(more);
            (Value::Object(members), text)
        }
        (Shape::Object, data @ Value::Object(_)) => (data, json),
        // A text speaks for itself.
        (_, Value::String(text)) => (json!({ "result": text }), text),
        (_, data) => (json!({ "result": data }), json),
    };
    let mut content = vec![ContentBlock::text(text)];
    content.extend(files);
    content.extend(missing.map(ContentBlock::text));
    let mut result = CallToolResult::success(content);
    result.structured_content = Some(structured);
    result
}

/// Reports that the data is incomplete, so that nobody takes it for all there is.
fn incomplete(missing: &[Missing]) -> Option<String> {
    if missing.is_empty() {
        return None;
    }
    let mut text = String::from("The provider left a part out:");
    for Missing { path, message } in missing {
        // Writing to a string cannot fail.
        let _ = match path.as_str() {
            "" => write!(text, "\n- {message}"),
            path => write!(text, "\n- {path}: {message}"),
        };
    }
    Some(text)
}

pub(super) fn found(data: Value) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(data.to_string())]);
    result.structured_content = Some(data);
    result
}

pub(super) fn refusal(error: &ActionError) -> CallToolResult {
    let mut result = failure(error, Case::Repeatable);
    let mut meta = Map::new();
    meta.insert(ERROR.to_owned(), json!(error));
    result.meta = Some(MetaObject(meta));
    result
}

/// Describes an error and its remedy. There is no structured content, which would have to match the
/// tool's output schema.
fn failure(error: &ActionError, case: Case) -> CallToolResult {
    let code = answer(error.code(), case, Surface::Mcp).code;
    let mut text = match error.faults() {
        [] => format!("{code}: {}", error.message()),
        faults => {
            let mut text = format!("{code}:");
            for fault in faults {
                // Writing to a string cannot fail.
                let _ = write!(text, "\n- `{}` {}", fault.param, fault.message);
            }
            if let Some(more) = error.more_faults() {
                let _ = write!(text, "\n- and {more}");
            }
            text
        }
    };
    if let Some(detail) = error.detail() {
        text.push_str("\nDetail: ");
        text.push_str(detail);
    }
    text.push_str("\nWhat to do: ");
    text.push_str(&remedy(error, case));
    CallToolResult::error(vec![ContentBlock::text(text)])
}

fn remedy(error: &ActionError, case: Case) -> String {
    if case == Case::DoubtfulWrite || error.code() == ErrorCode::OutcomeUnknown {
        return "find out whether it took effect before you call again; do not simply repeat it."
            .to_owned();
    }
    let fixed = match error.code() {
        ErrorCode::ValidationError => "correct the input and call again.",
        ErrorCode::ActionNotFound | ErrorCode::ConnectorNotFound => {
            "find the action with `search_actions`."
        }
        ErrorCode::ConnectionNotFound | ErrorCode::AuthRequired => {
            "name a connection of `list_connections`, or ask the operator to connect an account."
        }
        ErrorCode::ConnectionNotAllowed => "name another connection of `list_connections`.",
        ErrorCode::ScopeMissing => {
            "ask the operator to connect the account again, with the scope that is missing."
        }
        ErrorCode::Forbidden if error.hint() == Hint::Auth => {
            "the credential may not do this: do without, or name a connection whose credential may."
        }
        ErrorCode::PolicyDenied => "ask the operator to allow it, or do without.",
        ErrorCode::NotFound => "check the ids in the input; look them up if need be.",
        ErrorCode::IdempotencyKeyReused => "use a new idempotency key for another call.",
        _ => match error.hint() {
            Hint::Retry => {
                return match error.retry_after() {
                    Some(wait) => {
                        let seconds = whole_seconds(wait).max(1);
                        format!("call again in {seconds} s.")
                    }
                    None => "call again in a moment.".to_owned(),
                };
            }
            Hint::Auth => "ask the operator to renew the connection's credential.",
            Hint::Abort => "do not repeat the call as it is.",
        },
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use plugwright_sdk::host::Fault;

    use super::*;

    fn text(result: &CallToolResult) -> &str {
        &result.content[0].as_text().unwrap().text
    }

    #[test]
    fn an_error_names_code_fields_and_remedy() {
        let fault = |param: &str, message: &str| Fault {
            param: param.to_owned(),
            message: message.to_owned(),
        };
        let error = ActionError::invalid(vec![
            fault("repo", "is missing"),
            fault("state", "must be one of open, closed"),
        ]);
        let result = refusal(&error);
        assert_eq!(result.is_error, Some(true));
        assert_eq!(result.structured_content, None);
        assert_eq!(
            text(&result),
            "invalid_input:\n- `repo` is missing\n- `state` must be one of open, closed\n\
             What to do: correct the input and call again."
        );
        assert_eq!(result.meta.unwrap().0[ERROR]["faults"][1]["param"], "state");
    }

    #[test]
    fn another_credential_is_asked_for_only_where_it_helps() {
        for (code, remedy) in [
            (
                ErrorCode::ScopeMissing,
                "connect the account again, with the scope",
            ),
            (ErrorCode::Forbidden, "the credential may not do this"),
            (
                ErrorCode::CredentialExpired,
                "renew the connection's credential",
            ),
        ] {
            let refused = failure(&ActionError::new(code, "no"), Case::Repeatable);
            assert!(text(&refused).contains(remedy), "{}", text(&refused));
        }
    }

    #[test]
    fn nobody_is_told_to_repeat_a_write_in_doubt() {
        let busy = ActionError::new(ErrorCode::RateLimited, "slow down")
            .with_retry_after(Duration::from_millis(1_200));
        assert!(text(&failure(&busy, Case::Repeatable)).ends_with("call again in 2 s."));
        for code in ErrorCode::ALL {
            let error = ActionError::new(*code, "lost");
            let result = failure(&error, Case::DoubtfulWrite);
            let said = text(&result);
            assert!(said.starts_with("outcome_unknown: lost\n"), "{said}");
            assert!(said.ends_with("do not simply repeat it."), "{said}");
        }
    }

    #[test]
    fn partial_data_says_what_is_missing() {
        let mut done = ActionResult::new(json!({ "name": "lamp" }));
        done.meta.missing.push(Missing {
            path: "thing.price".to_owned(),
            message: "no permission".to_owned(),
        });
        let result = success(done, Shape::Object, false, "run");
        assert_eq!(result.structured_content, Some(json!({ "name": "lamp" })));
        let told = result.content[1].as_text().unwrap();
        assert_eq!(
            told.text,
            "The provider left a part out:\n- thing.price: no permission"
        );
    }

    #[test]
    fn a_text_is_told_as_it_is_and_a_list_with_where_it_goes_on() {
        let done = ActionResult::new(json!("hello"));
        let result = success(done, Shape::Result, false, "run");
        assert_eq!(text(&result), "hello");
        assert_eq!(
            result.structured_content,
            Some(json!({ "result": "hello" }))
        );

        let mut done = ActionResult::new(json!([1, 2]));
        done.meta.cursor = Some("a\"b".to_owned());
        done.meta.has_more = Some(true);
        let result = success(done, Shape::Items, false, "run");
        let expected = json!({ "items": [1, 2], "cursor": "a\"b", "hasMore": true });
        assert_eq!(text(&result).parse::<Value>().unwrap(), expected);
        assert_eq!(result.structured_content, Some(expected));
    }
}
