//! One request for an operation.

use std::any::TypeId;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{self, Answer, Problem, Progress};
use super::code::Kind;
use super::connection::{self, Connection};
use super::failure::Failure;
use super::operation::{Operation, OperationKind};
use super::rate_limit;
use crate::context::ActionContext;
use crate::data::JsonObject;
use crate::error::{ActionError, ErrorCode, Hint, Result};
use crate::http::{RequestBuilder, RequestParams, RequestValue, UpstreamResponse, default_error};
use crate::result::Page;
use crate::transport::{Meaning, Request};

/// A request for a GraphQL operation; [`ActionContext::graphql`] starts one. Nothing is sent before
/// [`fetch`](Self::fetch) or [`page`](Self::page).
///
/// ```
/// use plugwright_sdk::graphql::Operation;
/// use plugwright_sdk::{ActionContext, Result, Value, params};
///
/// const ADD: Operation = Operation::new(
///     "mutation Add($input: AddTaskInput!, $notify: Boolean) {
///         addTask(input: $input, notify: $notify) { task { id } }
///     }",
/// );
///
/// async fn add(cx: &ActionContext, title: String, notify: Option<bool>) -> Result<Value> {
///     cx.graphql(ADD)
///         .input("input", params![title])
///         .variable("notify", notify)
///         .at("/addTask/task")
///         .fetch()
///         .await
/// }
/// ```
#[must_use = "a request does nothing until it is sent with `fetch` or `page`"]
#[derive(Debug)]
pub struct GraphqlRequest<'a> {
    cx: &'a ActionContext,
    request: RequestBuilder<'a>,
    operation: Operation,
    variables: JsonObject,
    pointer: &'a str,
    accepts_partial: bool,
    fault: Option<ActionError>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    query: &'a str,
    operation_name: &'a str,
    variables: &'a JsonObject,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "values are given away, as the caller has no more use for them"
)]
impl<'a> GraphqlRequest<'a> {
    pub(super) fn new(request: RequestBuilder<'a>, operation: Operation) -> Self {
        Self {
            cx: request.cx,
            request,
            operation,
            variables: JsonObject::new(),
            pointer: "",
            accepts_partial: false,
            fault: None,
        }
    }

    /// Sets a variable. An absent value (`None`, `Patch::Keep`) leaves the variable out, and
    /// `Patch::Clear` makes it null.
    pub fn variable(mut self, name: &str, value: impl RequestValue) -> Self {
        if let Some(value) = value.request_value() {
            self.variables.insert(name.to_owned(), value);
        }
        self
    }

    /// Sets a variable of an enum type: the parameter's value in upper case and with underscores, as the
    /// enums of GraphQL APIs are spelled (`created_at` is `CREATED_AT`).
    pub fn enum_variable(mut self, name: &str, value: impl RequestValue) -> Self {
        if let Some(value) = value.request_value() {
            self.variables.insert(name.to_owned(), constant(value));
        }
        self
    }

    /// Sets a variable of an input type from several values, `params![..]`. Absent values are left out, and
    /// `Patch::Clear` is null.
    pub fn input(self, name: &str, params: impl RequestParams) -> Self {
        let mut input = JsonObject::new();
        params.each(|name, value| drop(input.insert(name.to_owned(), value)));
        self.variable(name, input)
    }

    /// Sets the variables that a type of serde has as its fields.
    pub fn variables(mut self, variables: &impl Serialize) -> Self {
        match serde_json::to_value(variables) {
            Ok(Value::Object(members)) => self.variables.extend(members),
            Ok(_) => self.fault = Some(defect("variables are the fields of one struct or map")),
            Err(error) => {
                let fault = defect("the variables can't be written as JSON");
                self.fault = Some(fault.with_source(error));
            }
        }
        self
    }

    /// Reads the result at a JSON pointer into `data`. Where nothing is there, the result is null: an
    /// action that expects something fails with `NOT_FOUND`.
    pub fn at(mut self, pointer: &'a str) -> Self {
        self.pointer = pointer;
        self
    }

    /// Takes what there is of the data if the answer has errors, as long as it can be read. The errors
    /// are reported in the result's [`meta`](crate::host::Meta::missing).
    pub fn accept_partial(mut self) -> Self {
        self.accepts_partial = true;
        self
    }

    /// Sends it to a further host that the connector declares under this name.
    pub fn host(mut self, name: &'a str) -> Self {
        self.request = self.request.host(name);
        self
    }

    /// Adds or replaces a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Sends the operation and reads the result. With `()`, the result is ignored.
    ///
    /// # Errors
    ///
    /// A missing or refused credential; what the transport or the provider reports; `NOT_FOUND` if
    /// there is no result; `UPSTREAM_INVALID` if the result is not of the expected shape.
    pub fn fetch<T: DeserializeOwned + Send + 'static>(
        self,
    ) -> impl Future<Output = Result<T>> + Send {
        async move {
            let pointer = self.pointer;
            let is_ignored = TypeId::of::<T>() == TypeId::of::<()>();
            self.send(None, |text| {
                answer::value(pointer, text.filter(|_| !is_ignored))
            })
            .await
        }
    }

    /// Sends the operation for a page of a list: the first one, or the one that the context's cursor
    /// names.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    pub fn page<T: DeserializeOwned + Send>(
        mut self,
        connection: Connection<'a>,
    ) -> impl Future<Output = Result<Page<T>>> + Send {
        async move {
            let Connection { pointer, variable } = connection;
            let cursor = self.cx.cursor();
            self.pointer = pointer;
            self = self.variable(variable, cursor.map(str::to_owned));
            self.send(cursor.map(|_| variable), |text| match text {
                Some(text) => connection::read(pointer, text, cursor),
                None => Err(Problem::Null { pointer }),
            })
            .await
        }
    }

    fn build(self) -> Result<Request> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let body = Body {
            query: self.operation.text(),
            operation_name: self.operation.name(),
            variables: &self.variables,
        };
        let body = serde_json::to_vec(&body)
            .map_err(|error| defect("the request can't be written as JSON").with_source(error))?;
        let mut request = self.request.body("application/json", body).build()?;
        request.operation = Some(self.operation);
        Ok(request)
    }

    /// Sends the operation, again as often as the transport repeats it. `cursor` is the variable that
    /// has a cursor of the caller's.
    async fn send<T: Send>(
        self,
        cursor: Option<&str>,
        read: impl Fn(Option<&str>) -> Result<T, Problem<'a>>,
    ) -> Result<T> {
        let (cx, operation) = (self.cx, self.operation.clone());
        let (pointer, accepts_partial) = (self.pointer, self.accepts_partial);
        let request = self.build()?;
        loop {
            let mut response = cx.answer_kept(&request).await?;
            let mut answer = answer::read(&response, pointer, accepts_partial, &read);
            let mut mapped = cx.mapped_error(&response);
            let is_clear = response.is_success() && mapped.is_none();
            let is_clear = is_clear && answer.as_ref().is_ok_and(|answer| answer.failure.is_none());
            // Of what an error cuts, the redactor would not know a piece of a secret.
            if !is_clear && let Some(clean) = response.without_secrets(cx.redactor()) {
                response = clean;
                answer = answer::read(&response, pointer, accepts_partial, &read);
                mapped = cx.mapped_error(&response);
            }
            let used_up_for = answer.as_ref().ok().and_then(|answer| answer.used_up_for);
            let judged = match mapped {
                Some(error) => Err(Refusal::of(error)),
                None => judge(cx, &operation, &response, answer, cursor),
            };
            let refusal = judged.as_ref().err();
            let meaning = Meaning {
                answered: response.status,
                means: refusal.map_or(response.status, |refusal| refusal.status),
                wait: refusal.and_then(|refusal| refusal.error.retry_after()),
                used_up_for,
            };
            let pause = cx.learn(&request, &meaning);
            let error = match judged {
                Ok(result) => return Ok(result),
                Err(refusal) => refusal.error,
            };
            match pause {
                None => return Err(cx.clean(error)),
                Some(pause) => tokio::time::sleep(pause).await,
            }
        }
    }
}

/// An error, and the status that the answer stands for.
struct Refusal {
    error: ActionError,
    status: u16,
}

impl Refusal {
    fn of(error: ActionError) -> Self {
        let status = match error.code() {
            ErrorCode::UpstreamError if error.hint() == Hint::Abort => 400,
            code => code.default_status(),
        };
        Self { error, status }
    }
}

fn judge<T>(
    cx: &ActionContext,
    operation: &Operation,
    response: &UpstreamResponse,
    answer: Result<Answer<T>, Problem<'_>>,
    cursor: Option<&str>,
) -> Result<T, Refusal> {
    // It says no more than its status does.
    let as_answered = |error| Refusal {
        error,
        status: response.status,
    };
    let answer = match (answer, default_error(response)) {
        (Ok(answer), None) => answer,
        (Ok(answer), Some(_)) if answer.failure.is_some() => answer,
        (_, Some(error)) => return Err(as_answered(error)),
        (Err(problem), None) => return Err(as_answered(problem.into_error(operation, response))),
    };
    let failure = match (answer.failure, answer.result) {
        (failure, Some(result)) => {
            cx.note_missing(failure.map(Failure::into_missing).unwrap_or_default());
            return Ok(result);
        }
        (Some(failure), None) => failure,
        (None, None) => {
            return Err(as_answered(defect(
                "a response was neither read nor rejected",
            )));
        }
    };
    let kind = failure.kind(response.status);
    let wait = failure.wait().or_else(|| match kind {
        Kind::RateLimited => answer
            .used_up_for
            .or_else(|| rate_limit::after_refusal(&response.headers)),
        _ => response.retry_after(),
    });
    let mut error = failure.into_error(kind, response, cx.params(), cursor);
    if let Some(wait) = wait {
        error = error.with_retry_after(wait);
    }
    let is_mutation = operation.kind() == OperationKind::Mutation;
    match answer.progress {
        Progress::Done if is_mutation => Err(as_answered(error.ambiguous())),
        Progress::Begun if is_mutation && kind.is_passing() => Err(Refusal::of(error.ambiguous())),
        _ => Err(Refusal::of(error)),
    }
}

fn constant(value: Value) -> Value {
    match value {
        Value::String(text) => text.replace('-', "_").to_ascii_uppercase().into(),
        Value::Array(items) => items.into_iter().map(constant).collect(),
        other => other,
    }
}

fn defect(message: &str) -> ActionError {
    ActionError::new(ErrorCode::InternalError, message)
}

#[cfg(all(test, feature = "testing"))]
#[path = "tests/request.rs"]
mod tests;
