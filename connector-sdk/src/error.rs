//! The error of a failed action.

mod code;
mod faults;
mod text;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

pub use code::{ErrorCode, Hint, UnknownErrorCode};
pub use faults::{Fault, Faults};
use text::Bounded;

use crate::param;
use crate::reading::error_body;

/// The result of an action: `T`, or an [`ActionError`] that says what to do next.
pub type Result<T, E = ActionError> = std::result::Result<T, E>;

/// A failure, as callers see it: a code, one message, a hint and where it applies, the field.
///
/// Everything but [`source`](StdError::source) is meant for the outside. The source is for logs
/// of the process alone.
///
/// Texts that are too long are cut, so that no error grows with what was sent: a message to
/// [`LONGEST_MESSAGE`](Self::LONGEST_MESSAGE), a detail to [`LONGEST_DETAIL`](Self::LONGEST_DETAIL),
/// [`Faults`] to theirs. An error is less than 16 KiB of JSON.
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
    faults: Faults,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ActionError {
    /// The longest message, in bytes of a JSON document.
    pub const LONGEST_MESSAGE: usize = 2 << 10;

    /// The longest detail, in bytes of a JSON document.
    pub const LONGEST_DETAIL: usize = 4 << 10;

    /// Makes an error with the code's default hint and status.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: Bounded::text(Self::LONGEST_MESSAGE, message.into()),
            hint: code.default_hint(),
            status: code.default_status(),
            detail: None,
            retry_after: None,
            ambiguous: false,
            faults: Faults::new(),
            source: None,
        }))
    }

    /// Makes a `VALIDATION_ERROR` from everything that is wrong with an input. The message tells the
    /// first few faults.
    pub fn invalid(faults: impl Into<Faults>) -> Self {
        let faults = faults.into();
        let message = faults.sentence(Self::LONGEST_MESSAGE);
        let mut error = Self::new(ErrorCode::ValidationError, message);
        error.0.faults = faults;
        error
    }

    /// Makes a `VALIDATION_ERROR` about one parameter; `message` continues its name, as in
    /// ``"`repo` " + "must be `owner/name`"``.
    pub fn invalid_param(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(Fault {
            param: param.into(),
            message: message.into(),
        })
    }

    /// Adds names to what messages about unknown parameters list: those that a surface takes among an
    /// action's parameters.
    #[must_use]
    pub fn allow_also(self, names: &[&str]) -> Self {
        let told = |fault: &Fault| param::allow_also(&fault.message, names);
        if names.is_empty() || self.faults().iter().all(|fault| told(fault).is_none()) {
            return self;
        }
        let status = self.status();
        let faults = self.into_faults();
        Self::invalid(faults.restated(|fault| told(fault))).with_status(status)
    }

    /// Adds the faults of the input.
    #[must_use]
    pub fn with_faults(mut self, faults: impl Into<Faults>) -> Self {
        self.0.faults = faults.into();
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

    /// Adds what the provider said, or what else helps. Of a web page only its title and heading are
    /// kept.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if error_body::is_page(&detail)
            && let Some(said) = error_body::sentence(detail.as_bytes(), None)
        {
            detail = said;
        }
        self.0.detail = Some(Bounded::text(Self::LONGEST_DETAIL, detail));
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

    /// Returns whether the request was sent and may have taken effect all the same; a write must
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

    /// Returns how many faults there are beyond [those that are listed](Self::faults), if any.
    pub fn more_faults(&self) -> Option<String> {
        self.0.faults.rest()
    }

    /// Takes the faults of the input, to be reported with others.
    pub fn into_faults(self) -> Faults {
        self.0.faults
    }

    /// Applies `clean` to every text that leaves the process, and drops the source if `clean`
    /// changes its text.
    #[must_use]
    pub(crate) fn map_text(mut self, clean: impl Fn(&str) -> String) -> Self {
        self.0.message = Bounded::text(Self::LONGEST_MESSAGE, clean(&self.0.message));
        let detail = self.0.detail.take();
        self.0.detail = detail.map(|detail| Bounded::text(Self::LONGEST_DETAIL, clean(&detail)));
        self.0.faults = std::mem::take(&mut self.0.faults).map_text(&clean);
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
            out.field("faults", &self.faults());
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

/// Returns the seconds of a wait, rounded up, so that nobody comes back too early.
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0))
}

impl Serialize for ActionError {
    /// Writes the fields that are for the outside: `code`, `message`, `hint`, `status`, and where
    /// known `detail`, `retry_after` ([whole seconds](whole_seconds)), `param` and `faults`.
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
            retry_after: self.retry_after().map(whole_seconds),
            param: self.param(),
            faults: self.faults(),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn what_a_surface_takes_beside_parameters_is_allowed_too() {
        let also = |param: &str, message: &str| {
            let error = ActionError::invalid_param(param, message).with_status(422);
            let error = error.allow_also(&["cursor", "connection"]);
            assert_eq!(error.status(), 422);
            error.message().to_owned()
        };
        for (message, expected) in [
            (
                "is not a parameter; allowed: path",
                "`x` is not a parameter; allowed: path, cursor, connection",
            ),
            (
                "is not a parameter; this takes none",
                "`x` is not a parameter; allowed: cursor, connection",
            ),
            (
                "is not a parameter; did you mean `y`?",
                "`x` is not a parameter; did you mean `y`?",
            ),
            ("is required", "`x` is required"),
        ] {
            assert_eq!(also("x", message), expected);
        }
        let nested = "is not a parameter; allowed: path";
        assert_eq!(also("x.y", nested), format!("`x.y` {nested}"));
    }

    #[test]
    fn of_a_web_page_the_detail_is_a_sentence() {
        let page = "\n<!doctype html><title>Away</title><body><p>We are away.</p></body>";
        let error = ActionError::new(ErrorCode::UpstreamError, "it failed").with_detail(page);
        assert_eq!(error.detail(), Some("Away"));
        let kept = ActionError::new(ErrorCode::UpstreamError, "it failed").with_detail("<html");
        assert_eq!(kept.detail(), Some("<html"));
    }

    #[test]
    fn a_wait_is_rounded_up() {
        for (millis, seconds) in [(0, 0), (1, 1), (6_000, 6), (6_001, 7)] {
            let error = ActionError::new(ErrorCode::RateLimited, "slow down")
                .with_retry_after(Duration::from_millis(millis));
            let json = serde_json::to_value(&error).unwrap();
            assert_eq!(json["retry_after"], seconds, "{millis} ms");
        }
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

    /// Texts of all kinds and lengths, with what JSON escapes.
    fn texts() -> impl Strategy<Value = String> {
        let letters = prop_oneof![
            Just("a"),
            Just("\""),
            Just("\0"),
            Just("é"),
            Just("\u{1f431}"),
            Just("\n")
        ];
        (letters, 0..40_000_usize).prop_map(|(letter, count)| letter.repeat(count))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_error_is_longer_than_16_kib(
            message in texts(), detail in texts(), param in texts(), fault in texts(), count in 0..200_usize,
        ) {
            let faults = || (0..count).map(|index| Fault {
                param: format!("{param}{index}"),
                message: fault.clone(),
            }).collect::<Vec<_>>();
            for error in [
                ActionError::new(ErrorCode::NotFound, message.clone())
                    .with_detail(detail.clone())
                    .with_faults(faults()),
                ActionError::invalid(faults()).with_detail(detail.clone()),
                ActionError::invalid(faults())
                    .with_detail(detail)
                    .map_text(|text| text.replace('a', "\"\0[redacted]")),
            ] {
                let json = serde_json::to_string(&error).unwrap();
                prop_assert!(json.len() < 16 << 10, "{}", json.len());
                prop_assert!(error.faults().len() <= Faults::MOST);
                prop_assert!(error.faults().iter().all(|fault| fault.param.chars().count() <= 100));
            }
        }
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
