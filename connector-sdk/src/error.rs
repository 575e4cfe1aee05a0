//! What a failed action tells its caller.

mod code;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

pub use code::{ErrorCode, Hint, UnknownErrorCode};

/// The result of an action: `T`, or an [`ActionError`] that says what to do next.
pub type Result<T, E = ActionError> = std::result::Result<T, E>;

/// A failure, as callers see it: a code, one message, a hint and where it applies, the field.
///
/// Everything but [`source`](StdError::source) is meant for the outside. The source is for logs
/// of the process alone.
///
/// ```
/// use plugwright_sdk::{ActionError, ErrorCode, Hint};
///
/// let error = ActionError::new(ErrorCode::NotFound, "task 7 does not exist")
///     .with_detail("the project may be archived");
/// assert_eq!(error.status(), 404);
/// assert_eq!(error.hint(), Hint::Abort);
/// assert_eq!(error.to_string(), "NOT_FOUND: task 7 does not exist");
/// ```
pub struct ActionError(Box<Inner>);

struct Inner {
    code: ErrorCode,
    message: String,
    hint: Hint,
    status: u16,
    detail: Option<String>,
    retry_after: Option<Duration>,
    ambiguous: bool,
    faults: Vec<Fault>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// One thing wrong with the input of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// Where: the parameter's name, then members and indexes (`filter.labels[2]`).
    pub param: String,
    /// What is wrong, and what is allowed.
    pub message: String,
}

impl ActionError {
    /// Makes an error with the code's default hint and status.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            hint: code.default_hint(),
            status: code.default_status(),
            detail: None,
            retry_after: None,
            ambiguous: false,
            faults: Vec::new(),
            source: None,
        }))
    }

    /// Makes a `VALIDATION_ERROR` from everything that is wrong with an input.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        let message = match faults.as_slice() {
            [] => "the input is not valid".to_owned(),
            [only] => format!("`{}` {}", only.param, only.message),
            several => {
                let each: Vec<_> = several
                    .iter()
                    .map(|fault| format!("`{}` {}", fault.param, fault.message))
                    .collect();
                format!("{} problems: {}", several.len(), each.join("; "))
            }
        };
        let mut error = Self::new(ErrorCode::ValidationError, message);
        error.0.faults = faults;
        error
    }

    /// Makes a `VALIDATION_ERROR` about one parameter; `message` continues its name, as in
    /// ``"`repo` " + "must be `owner/name`"``.
    pub fn invalid_param(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![Fault {
            param: param.into(),
            message: message.into(),
        }])
    }

    /// Says what is wrong with the input, beside the message.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// Replaces the hint.
    #[must_use]
    pub fn with_hint(mut self, hint: Hint) -> Self {
        self.0.hint = hint;
        self
    }

    /// Replaces the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = status;
        self
    }

    /// Adds what the provider said, or what else helps.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Says how long to wait before the next attempt.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// States that the request was sent and it is not known whether it took effect.
    #[must_use]
    pub fn ambiguous(mut self) -> Self {
        self.0.ambiguous = true;
        self
    }

    /// Keeps the cause, for logs only.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// Returns the message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns what the caller should do.
    pub fn hint(&self) -> Hint {
        self.0.hint
    }

    /// Returns the HTTP status that a surface answers with.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// Returns what the provider said, if that is known.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Returns how long to wait before the next attempt, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Tells whether the request was sent and may have taken effect all the same; a write must
    /// not be repeated blindly then.
    pub fn is_ambiguous(&self) -> bool {
        self.0.ambiguous
    }

    /// Returns the first parameter at fault.
    pub fn param(&self) -> Option<&str> {
        self.0.faults.first().map(|fault| fault.param.as_str())
    }

    /// Returns everything that is wrong with the input; empty for other errors.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// Applies `clean` to every text that leaves the process, and drops the source if `clean`
    /// changes its text.
    #[must_use]
    pub(crate) fn map_text(mut self, clean: impl Fn(&str) -> String) -> Self {
        self.0.message = clean(&self.0.message);
        self.0.detail = self.0.detail.map(|detail| clean(&detail));
        for fault in &mut self.0.faults {
            fault.param = clean(&fault.param);
            fault.message = clean(&fault.message);
        }
        if let Some(source) = &self.0.source {
            let text = format!("{source} {source:?}");
            if clean(&text) != text {
                self.0.source = None;
            }
        }
        self
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl fmt::Debug for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ActionError");
        out.field("code", &self.0.code.as_str())
            .field("message", &self.0.message)
            .field("hint", &self.0.hint.as_str())
            .field("status", &self.0.status);
        if let Some(detail) = &self.0.detail {
            out.field("detail", detail);
        }
        if let Some(wait) = &self.0.retry_after {
            out.field("retry_after", wait);
        }
        if !self.0.faults.is_empty() {
            out.field("faults", &self.0.faults);
        }
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for ActionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl Serialize for ActionError {
    /// Writes the fields that are for the outside: `code`, `message`, `hint`, `status`, and where
    /// known `detail`, `retry_after` (seconds), `param` and `faults`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct External<'a> {
            code: ErrorCode,
            message: &'a str,
            hint: Hint,
            status: u16,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            retry_after: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            param: Option<&'a str>,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            faults: &'a [Fault],
        }
        External {
            code: self.code(),
            message: self.message(),
            hint: self.hint(),
            status: self.status(),
            detail: self.detail(),
            retry_after: self.retry_after().map(|wait| wait.as_secs()),
            param: self.param(),
            faults: self.faults(),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_and_debug_has_everything() {
        let error = ActionError::new(ErrorCode::RateLimited, "slow down")
            .with_retry_after(Duration::from_secs(7))
            .with_source("socket closed");
        assert_eq!(error.to_string(), "RATE_LIMITED: slow down");
        let debug = format!("{error:?}");
        assert!(debug.contains("retry_after: 7s"), "{debug}");
        assert!(debug.contains("socket closed"), "{debug}");
    }

    #[test]
    fn the_source_is_not_serialized() {
        let error = ActionError::new(ErrorCode::InternalError, "no luck").with_source("internal");
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(
            json,
            r#"{"code":"INTERNAL_ERROR","message":"no luck","hint":"retry","status":500}"#
        );
    }

    #[test]
    fn all_faults_are_in_the_message() {
        let error = ActionError::invalid(vec![
            Fault {
                param: "a".into(),
                message: "is missing".into(),
            },
            Fault {
                param: "b".into(),
                message: "must be a string".into(),
            },
        ]);
        assert_eq!(
            error.message(),
            "2 problems: `a` is missing; `b` must be a string"
        );
        assert_eq!(error.param(), Some("a"));
    }
}
