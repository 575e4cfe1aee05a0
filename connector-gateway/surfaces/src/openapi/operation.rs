//! Operations: the route, the handler and the description of each, in one table.

use axum::Router;
use axum::routing::MethodRouter;
use http::StatusCode;
use plugwright_sdk::ErrorCode;
use serde_json::{Map, Value, json};

use super::api::{Access, Answers, Api, content, in_header, in_path, in_query, responses};

/// Makes a part of a document, and adds the components that it refers to.
pub(crate) type Part = fn(&mut Api) -> Value;

/// Wraps the schema of a response's data in an envelope.
pub(crate) type Envelope = fn(&mut Api, Value) -> Value;

/// Makes a response, with its data in an envelope.
pub(crate) type Answer = fn(&mut Api, Envelope) -> Value;

/// An operation of the gateway's own.
pub(crate) struct Operation<S> {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// The path in documents, if it differs from the route's.
    pub(crate) shown: Option<&'static str>,
    pub(crate) handler: MethodRouter<S>,
    /// In camel case, unlike those of actions, which are in snake case.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) about: &'static str,
    pub(crate) parameters: Vec<fn(&mut Api) -> Vec<Value>>,
    pub(crate) body: Option<Part>,
    pub(crate) may_be_empty: bool,
    pub(crate) answers: Vec<(u16, Answer)>,
    /// Whether responses have an `ETag`.
    pub(crate) is_tagged: bool,
    /// Who may call it, if that differs from the group's.
    pub(crate) access: Option<Access>,
    /// Errors in addition to the group's.
    pub(crate) errors: &'static [ErrorCode],
    /// Failures that are not in the outcome table: status, code and meaning.
    pub(crate) failures: &'static [(u16, &'static str, &'static str)],
}

/// What the operations of a group share.
pub(crate) struct Group<S> {
    pub(crate) tag: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) access: Access,
    pub(crate) envelope: Envelope,
    pub(crate) failures: fn(&mut Api, &Operation<S>) -> Answers,
}

/// Makes operations from a table: method, path, id, summary and handler of each, and what else
/// documents say of it, in the order of this rule. The parameters of the path are texts (`at`) or
/// UUIDs (`at_id`); `with` names parameters that operations share; `asks` and `takes` are the types
/// that read the query and the body; `answers` is a status, its meaning if that is not the reason
/// phrase, and the type of the body.
macro_rules! operations {
    ($(
        $method:ident $path:literal $id:literal $summary:literal => $handler:expr
        $(, about $about:literal)?
        $(, at $at:literal)?
        $(, at_id $at_id:literal)?
        $(, with $($part:ident)+)?
        $(, asks $query:ty)?
        $(, query $name:literal $what:literal $schema:expr)*
        $(, takes $body:ty)?
        $(, answers $status:literal $($means:literal)? $answer:ty)*
        $(, answers_by $by_status:literal $by_means:literal $data:expr)?
        $(, answers_with $with_status:literal $whole:expr)*
        $(, answers_nothing $empty_status:literal)?
        $(, fails [$($code:ident)+])?
        $(, fails_by $codes:expr)?
        $(, spells [$($failure:ident)+])?
        $(, sets $field:ident = $value:expr)*
    ;)*) => {
        vec![$({
            let handler = ::axum::routing::$method($crate::erased::erase($handler));
            let mut operation = $crate::openapi::operation::Operation::new(
                stringify!($method), $path, handler, $id, $summary,
            );
            $(operation.about = $about;)?
            $(operation.parameters.push(|_| $crate::openapi::operation::at($path, $at));)?
            $(operation.parameters.push(|_| $crate::openapi::operation::at_id($path, $at_id));)?
            $($(operation.parameters.push(|api| vec![$part(api)]);)+)?
            $(operation.parameters.push($crate::members::parameters::<$query>);)?
            $(operation.parameters.push(|_| {
                vec![$crate::openapi::in_query($name, $what, &$schema)]
            });)*
            $(operation.body = Some($crate::members::schema::<$body>);)?
            $(operation.answers.push(($status, |api, envelope| {
                let data = api.of::<$answer>();
                let means = $crate::openapi::operation::reason($status, &[$($means)?]);
                $crate::openapi::in_json(means, &envelope(api, data))
            }));)*
            $(operation.answers.push(($by_status, |api, envelope| {
                let data = $data(api);
                $crate::openapi::in_json($by_means, &envelope(api, data))
            }));)?
            $(operation.answers.push(($with_status, |_, _| $whole));)*
            $(operation.answers.push(($empty_status, |_, _| {
                let means = $crate::openapi::operation::reason($empty_status, &[]);
                ::serde_json::json!({ "description": means })
            }));)?
            $(operation.errors = $crate::openapi::operation::codes![$($code)+];)?
            $(operation.errors = $codes;)?
            $(operation.failures = &[$($failure),+];)?
            $(operation.$field = $value;)*
            operation
        }),*]
    };
}

/// Lists codes of errors.
macro_rules! codes {
    ($($code:ident)+) => { &[$(::plugwright_sdk::ErrorCode::$code),+] };
}

pub(crate) use {codes, operations};

pub(crate) fn routes<S>(operations: Vec<Operation<S>>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    operations.into_iter().fold(Router::new(), |router, it| {
        router.route(it.path, it.handler)
    })
}

/// Returns what an answer means: what the table says, or the reason phrase of its status.
pub(crate) fn reason(status: u16, means: &[&'static str]) -> &'static str {
    let phrase = || StatusCode::from_u16(status).ok()?.canonical_reason();
    let means = means.first().copied().or_else(phrase);
    means.unwrap_or_default()
}

/// Describes the parameter of a path, a text.
pub(crate) fn at(path: &str, description: &str) -> Vec<Value> {
    of_path(path, description, &json!({ "type": "string" }))
}

/// Describes the parameter of a path, a UUID.
pub(crate) fn at_id(path: &str, description: &str) -> Vec<Value> {
    of_path(
        path,
        description,
        &json!({ "type": "string", "format": "uuid" }),
    )
}

fn of_path(path: &str, description: &str, schema: &Value) -> Vec<Value> {
    let name = path.split(['{', '}']).nth(1).unwrap_or_default();
    vec![in_path(name, description, schema)]
}

impl<S> Operation<S> {
    pub(crate) fn new(
        method: &'static str,
        path: &'static str,
        handler: MethodRouter<S>,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            method,
            path,
            shown: None,
            handler,
            id,
            summary,
            about: "",
            parameters: Vec::new(),
            body: None,
            may_be_empty: false,
            answers: Vec::new(),
            is_tagged: false,
            access: None,
            errors: &[],
            failures: &[],
        }
    }
}

impl Api {
    pub(crate) fn describe<S>(&mut self, operations: Vec<Operation<S>>, group: &Group<S>) {
        for operation in operations {
            let described = self.described(&operation, group);
            let path = operation.shown.unwrap_or(operation.path);
            let path = format!("{}{path}", group.prefix);
            self.add(operation.method, &path, described);
        }
    }

    fn described<S>(&mut self, operation: &Operation<S>, group: &Group<S>) -> Value {
        let mut described = json!({
            "operationId": operation.id,
            "tags": [group.tag],
            "summary": operation.summary,
        });
        if !operation.about.is_empty() {
            described["description"] = operation.about.into();
        }
        let parameters = operation.parameters.iter();
        let mut parameters: Vec<_> = parameters.flat_map(|parts| parts(self)).collect();
        let mut answers = match operation.access {
            Some(Access::Everybody) => Answers::new(),
            _ => (group.failures)(self, operation),
        };
        for (status, answer) in &operation.answers {
            answers.insert(*status, answer(self, group.envelope));
        }
        if operation.is_tagged {
            parameters.push(if_none_match(self));
            tag(&mut answers);
        }
        if !parameters.is_empty() {
            described["parameters"] = parameters.into();
        }
        if let Some(body) = operation.body {
            described["requestBody"] = json!({
                "required": !operation.may_be_empty, "content": content(&body(self)),
            });
        }
        described["responses"] = responses(answers);
        described["security"] = self.security(operation.access.unwrap_or(group.access));
        described
    }
}

fn if_none_match(api: &mut Api) -> Value {
    let text = json!({ "type": "string" });
    let header = in_header(
        "If-None-Match",
        "The `ETag` of the response that the caller has.",
        &text,
    );
    api.parameter("IfNoneMatch", header)
}

/// Adds the header `ETag`, and the response 304.
fn tag(answers: &mut Answers) {
    let tag = json!({ "schema": { "type": "string" } });
    if let Some(answer) = answers.get_mut(&200) {
        answer["headers"] = json!({ "ETag": tag });
        answer["headers"]["ETag"]["description"] =
            "Identifies the response, for `If-None-Match`.".into();
    }
    let unchanged = json!({
        "description": "The response in `If-None-Match` is still valid.",
        "headers": { "ETag": tag },
    });
    answers.insert(304, unchanged);
}

/// Makes query parameters from schemas, whose descriptions become theirs.
pub(crate) fn in_query_each(properties: Map<String, Value>, required: &[&str]) -> Vec<Value> {
    let parameters = properties.into_iter().map(|(name, mut schema)| {
        let about = schema
            .as_object_mut()
            .and_then(|it| it.shift_remove("description"));
        let about = about.as_ref().and_then(Value::as_str).unwrap_or_default();
        let mut parameter = in_query(&name, about, &schema);
        if required.contains(&name.as_str()) {
            parameter["required"] = true.into();
        }
        parameter
    });
    parameters.collect()
}
