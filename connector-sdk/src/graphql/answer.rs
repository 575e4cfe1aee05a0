//! Reading an answer: `data`, `errors` and `extensions`.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::operation::{Operation, OperationKind};
use super::rate_limit;
use crate::error::{ActionError, ErrorCode};
use crate::http::{self, UpstreamResponse};
use crate::pagination::PageBody;
use crate::reading::json;

pub(super) struct Answer<T> {
    /// What was asked for; with a failure, what there is of it, if partial data is accepted.
    pub(super) result: Option<T>,
    pub(super) failure: Option<Failure>,
    pub(super) progress: Progress,
    /// For how long the rate limit is used up.
    pub(super) used_up_for: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It was refused as a whole.
    Refused,
    Begun,
    /// A field of its root has a value: a mutation took effect at least in part.
    Done,
}

#[derive(Debug)]
pub(super) enum Problem<'p> {
    Json(serde_json::Error),
    /// It is no answer of a GraphQL server.
    Neither,
    Null {
        pointer: &'p str,
    },
    Shape {
        pointer: &'p str,
        error: serde_json::Error,
    },
    NotAConnection {
        pointer: &'p str,
        lacks: &'static str,
    },
    SamePage {
        pointer: &'p str,
    },
}

/// Reads an answer; `read` reads what was asked for from the text at the pointer, if that is not null.
pub(super) fn read<'p, T>(
    response: &UpstreamResponse,
    pointer: &'p str,
    accepts_partial: bool,
    read: impl Fn(Option<&str>) -> Result<T, Problem<'p>>,
) -> Result<Answer<T>, Problem<'p>> {
    let attempt = |text: &str| {
        let body = PageBody::read(text).map_err(Problem::Json)?;
        let data_text = body.text_at("/data");
        let failure = body.at("/errors").and_then(|errors| Failure::read(&errors));
        if data_text.is_none() && failure.is_none() {
            return Err(Problem::Neither);
        }
        let data = data_text.map(PageBody::read).transpose();
        let data = data.map_err(Problem::Json)?;
        let progress = match &data {
            None => Progress::Refused,
            Some(data) if data.has_value() => Progress::Done,
            Some(_) => Progress::Begun,
        };
        let found = data.as_ref().and_then(|data| data.text_at(pointer));
        let found = found.filter(|text| *text != "null");
        let result = match (&failure, accepts_partial) {
            (None, _) => Some(read(found)?),
            // Where nothing came, nothing is partial.
            (Some(_), true) if progress == Progress::Done => {
                found.and_then(|text| read(Some(text)).ok())
            }
            (Some(_), _) => None,
        };
        let extensions = body.at("/extensions");
        let used_up_for =
            rate_limit::used_up_for(&response.headers, data.as_ref(), extensions.as_ref());
        Ok(Answer {
            result,
            failure,
            progress,
            used_up_for,
        })
    };
    json::in_turn(
        &response.body,
        response.content_type(),
        attempt,
        Problem::is_duplicate,
    )
}

/// Reads a value at a pointer; nothing there is null.
pub(super) fn value<'p, T: DeserializeOwned>(
    pointer: &'p str,
    text: Option<&str>,
) -> Result<T, Problem<'p>> {
    match text {
        Some(text) => serde_json::from_str(text).map_err(|error| Problem::Shape { pointer, error }),
        None => serde_json::from_str("null").map_err(|_| Problem::Null { pointer }),
    }
}

impl Problem<'_> {
    fn is_duplicate(&self) -> bool {
        matches!(self, Self::Shape { error, .. } if error.to_string().starts_with("duplicate field"))
    }

    pub(super) fn into_error(
        self,
        operation: &Operation,
        response: &UpstreamResponse,
    ) -> ActionError {
        let invalid = |message: String| ActionError::new(ErrorCode::UpstreamInvalid, message);
        let name = operation.name();
        match self {
            Self::Json(error) => http::unreadable(response, &error),
            Self::Neither => invalid(format!(
                "the provider's response to `{name}` has neither `data` nor `errors`"
            )),
            Self::Null { pointer } if operation.kind() == OperationKind::Mutation => invalid(
                format!("the provider's response to `{name}` has nothing at `{pointer}`"),
            ),
            Self::Null { pointer } => ActionError::new(
                ErrorCode::NotFound,
                "the provider has no such resource, or hides it from this credential",
            )
            .with_detail(format!(
                "the response to `{name}` has nothing at `{pointer}`"
            )),
            Self::Shape { pointer, error } => invalid(format!(
                "the provider's response to `{name}` has an unexpected shape at `{pointer}`"
            ))
            .with_detail(error.to_string()),
            Self::NotAConnection { pointer, lacks } => invalid(format!(
                "the list at `{pointer}` in the provider's response to `{name}` lacks {lacks}"
            )),
            Self::SamePage { pointer } => invalid(format!(
                "the list at `{pointer}` in the provider's response to `{name}` repeats the same page"
            )),
        }
    }
}
