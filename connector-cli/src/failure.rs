//! Failures of commands.

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::{io, iter};

use anstyle::{AnsiColor, Style};
use plugwright_catalog::CatalogError;
use plugwright_sdk::host::{Fault, whole_seconds};
use plugwright_sdk::transport::TransportError;
use plugwright_sdk::{ActionError, ErrorCode, Hint};

use crate::binary;
use crate::output::escape;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const LABEL: Style = AnsiColor::Cyan.on_default().bold();

/// The exit codes other than success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Failure = 1,
    Authentication = 2,
    NotFound = 3,
    Usage = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    #[error("{}", .0.error)]
    Failed(Box<Failure>),
    #[error(transparent)]
    Output(#[from] io::Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl Stop {
    /// Says options in place of the names that the gateway's API has for their values.
    pub(crate) fn in_options(self, options: Options) -> Self {
        match self {
            Self::Failed(failure) => failure.in_options(options).into(),
            stop @ Self::Output(_) => stop,
        }
    }
}

/// An error with its exit code and advice for the reader.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: ActionError,
    pub(crate) exit: Exit,
    /// What several faults are in.
    faulty: &'static str,
    advice: Option<String>,
}

const INPUT: &str = "input";

impl From<ActionError> for Failure {
    /// Chooses the exit code by the error's hint and code.
    fn from(error: ActionError) -> Self {
        let denied = matches!(
            error.code(),
            ErrorCode::ConnectionNotAllowed | ErrorCode::PolicyDenied
        );
        let exit = if error.hint() == Hint::Auth || denied {
            Exit::Authentication
        } else if error.code().as_str().contains("NOT_FOUND") {
            Exit::NotFound
        } else if error.code() == ErrorCode::ValidationError {
            // Whether this machine or the provider found it.
            Exit::Usage
        } else {
            Exit::Failure
        };
        Self::new(error, exit)
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Self {
        Self::internal(error.to_string())
    }
}

impl Failure {
    fn new(error: ActionError, exit: Exit) -> Self {
        Self {
            error,
            exit,
            faulty: INPUT,
            advice: None,
        }
    }

    pub(crate) fn usage(error: ActionError) -> Self {
        Self::new(error, Exit::Usage)
    }

    pub(crate) fn param(name: &str, message: impl Into<String>) -> Self {
        Self::usage(ActionError::invalid_param(name, message))
    }

    /// Creates the failure of arguments that can't be parsed.
    pub(crate) fn arguments(error: &clap::Error) -> Self {
        let text = error.to_string();
        let mut parts = text.split("\n\n").map(|part| {
            let words: Vec<_> = part.split_whitespace().collect();
            words.join(" ")
        });
        let message = parts.next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(&message);
        let failure = Self::usage(ActionError::new(ErrorCode::ValidationError, message));
        match parts.find(|part| part.starts_with("tip: ")) {
            Some(tip) => failure.detail(tip.trim_start_matches("tip: ")),
            None => failure,
        }
    }

    /// Creates a failure that the caller did not cause.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        let error = ActionError::new(ErrorCode::InternalError, message).with_hint(Hint::Abort);
        Self::new(error, Exit::Failure)
    }

    /// States what several faults are in, if it is not the input.
    #[cfg(feature = "serve")]
    pub(crate) fn of(mut self, faulty: &'static str) -> Self {
        self.faulty = faulty;
        self
    }

    pub(crate) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Adds which part of an action's description helps.
    pub(crate) fn advise_show(self, id: &str, shows: &str) -> Self {
        self.advise(format!("`{} show {id}` {shows}", binary::name()))
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.error = self.error.with_detail(detail);
        self
    }

    /// Says options in place of the names that the gateway's API has for their values.
    pub(crate) fn in_options(mut self, options: &[(&str, &str)]) -> Self {
        let is_one = |fault: &Fault| option_of(&fault.param, options).is_some();
        if self.error.faults().iter().any(is_one) {
            let (status, hint) = (self.error.status(), self.error.hint());
            let renamed = self
                .error
                .into_faults()
                .renamed(|param| option_of(param, options).unwrap_or_else(|| param.to_owned()));
            self.error = ActionError::invalid(renamed)
                .with_status(status)
                .with_hint(hint);
        }
        self
    }

    pub(crate) fn is_advised(&self) -> bool {
        self.advice.is_some()
    }

    /// Formats it for people.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        match self.error.faults() {
            faults @ [_, _, ..] => {
                label(
                    &mut text,
                    ERROR,
                    "error",
                    &format!("the {} has {} problems", self.faulty, faults.len()),
                );
                for fault in faults {
                    let line = format!("`{}` {}", fault.param, fault.message);
                    let _ = writeln!(text, "  {}", escape(&line));
                }
                if let Some(more) = self.error.more_faults() {
                    let _ = writeln!(text, "  and {more}");
                }
            }
            _ => label(&mut text, ERROR, "error", self.error.message()),
        }
        if let Some(detail) = self.error.detail() {
            label(&mut text, LABEL, "detail", detail);
        }
        if let Some(cause) = cause(&self.error) {
            label(&mut text, LABEL, "cause", &cause);
        }
        if let Some(advice) = self.advice.clone().or_else(|| advice_for(&self.error)) {
            label(&mut text, LABEL, "hint", &advice);
        }
        text
    }

    /// Formats it for programs, on one line.
    pub(crate) fn to_json(&self) -> String {
        // Only strings and numbers, so this always serializes.
        let mut json = serde_json::to_value(&self.error).unwrap_or_default();
        if json["detail"].is_null()
            && let Some(cause) = cause(&self.error)
        {
            json["detail"] = cause.into();
        }
        crate::output::json::line(&json)
    }
}

/// Returns the cause of a request without a response, which the message leaves out. An error whose
/// cause has a secret in it has lost it when it was redacted.
fn cause(error: &ActionError) -> Option<String> {
    let lost = causes(error).find(|cause| cause.is::<TransportError>())?;
    Some(no_response(lost.source()?))
}

/// Says why there was no response: by the innermost cause, since the outer ones repeat the URL.
pub(crate) fn no_response(error: &(dyn Error + 'static)) -> String {
    if plugwright_egress::is_not_tls(error) {
        "the server does not speak TLS".to_owned()
    } else {
        innermost(error).to_string()
    }
}

pub(crate) fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| error.source())
}

fn innermost<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    causes(error).last().unwrap_or(error)
}

/// Names of values in the gateway's API, and the options that they come from.
pub(crate) type Options = &'static [(&'static str, &'static str)];

/// Returns the option for a value of the API, or for one within it.
fn option_of(param: &str, options: &[(&str, &str)]) -> Option<String> {
    options.iter().find_map(|(name, option)| {
        let rest = param.strip_prefix(name)?;
        match rest.strip_prefix('.') {
            Some(member) => Some(format!("{option} {member}")),
            None if rest.is_empty() || rest.starts_with('[') => Some((*option).to_owned()),
            None => None,
        }
    })
}

fn advice_for(error: &ActionError) -> Option<String> {
    match (error.hint(), error.retry_after()) {
        (Hint::Retry, Some(wait)) => {
            let seconds = whole_seconds(wait);
            Some(format!("try again in {seconds} seconds"))
        }
        (Hint::Retry, None) => Some("try again later".to_owned()),
        _ => None,
    }
}

fn label(text: &mut String, style: Style, label: &str, message: &str) {
    let lines: Vec<_> = message.lines().map(escape).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{style}{label}:{style:#} {}", lines.join("\n  "));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn plain(failure: &Failure) -> String {
        anstream::adapter::strip_str(&failure.to_text()).to_string()
    }

    #[test]
    fn exit_codes_follow_hint_and_code() {
        for (code, exit) in [
            (ErrorCode::AuthRequired, Exit::Authentication),
            (ErrorCode::CredentialExpired, Exit::Authentication),
            (ErrorCode::Forbidden, Exit::Authentication),
            (ErrorCode::PolicyDenied, Exit::Authentication),
            (ErrorCode::ConnectionNotAllowed, Exit::Authentication),
            (ErrorCode::NotFound, Exit::NotFound),
            (ErrorCode::ActionNotFound, Exit::NotFound),
            (ErrorCode::ValidationError, Exit::Usage),
            (ErrorCode::UpstreamError, Exit::Failure),
        ] {
            assert_eq!(
                Failure::from(ActionError::new(code, "x")).exit,
                exit,
                "{code}"
            );
        }
        assert_eq!(
            Failure::usage(ActionError::invalid_param("a", "is odd")).exit,
            Exit::Usage
        );
    }

    #[test]
    fn people_get_message_detail_and_hint() {
        let error = ActionError::new(ErrorCode::RateLimited, "slow down")
            .with_detail("first\nsecond \u{1b}[2J")
            .with_retry_after(Duration::from_secs(7));
        assert_eq!(
            plain(&error.into()),
            "error: slow down\ndetail: first\n  second \\u{1b}[2J\nhint: try again in 7 seconds\n"
        );
    }

    #[test]
    fn the_innermost_cause_of_a_lost_request_is_told() {
        let unreachable = || {
            let lost = TransportError::Unreachable {
                host: "pets.example".to_owned(),
                source: "connection refused".into(),
            };
            Failure::from(
                ActionError::new(ErrorCode::UpstreamUnreachable, "no way").with_source(lost),
            )
        };
        assert_eq!(
            plain(&unreachable()),
            "error: no way\ncause: connection refused\nhint: try again later\n"
        );
        assert!(
            unreachable()
                .to_json()
                .contains(r#""detail":"connection refused""#)
        );
        let other = ActionError::new(ErrorCode::InternalError, "no").with_source("of this process");
        assert!(!plain(&other.into()).contains("cause"));
    }

    #[test]
    fn faults_name_options_in_place_of_what_the_api_calls_them() {
        const OPTIONS: Options = &[
            ("expiresAt", "--expires"),
            ("extra", "--set"),
            ("uris", "--uri"),
        ];
        let named = |param: &str| {
            let error = ActionError::invalid_param(param, "is odd").with_status(422);
            let failure = Failure::usage(error).in_options(OPTIONS);
            assert_eq!(failure.error.status(), 422);
            failure.error.message().to_owned()
        };
        assert_eq!(named("expiresAt"), "`--expires` is odd");
        assert_eq!(named("extra.site"), "`--set site` is odd");
        assert_eq!(named("uris[1]"), "`--uri` is odd");
        assert_eq!(named("urisome"), "`urisome` is odd");
    }

    #[test]
    fn several_faults_stand_on_a_line_each() {
        let fault = |param: &str| Fault {
            param: param.into(),
            message: "is required".into(),
        };
        let failure =
            Failure::usage(ActionError::invalid(vec![fault("a"), fault("b")])).advise("look it up");
        assert_eq!(
            plain(&failure),
            "error: the input has 2 problems\n  `a` is required\n  `b` is required\nhint: look it up\n"
        );
    }

    #[test]
    fn programs_get_one_line_of_json() {
        let failure = Failure::from(ActionError::new(ErrorCode::NotFound, "gone\nfor good"));
        assert_eq!(
            failure.to_json(),
            r#"{"code":"NOT_FOUND","message":"gone\nfor good","hint":"abort","status":404}"#
                .to_owned()
                + "\n"
        );
    }
}
