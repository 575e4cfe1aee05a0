//! `record`: a live call, written to a cassette.

mod destination;
mod review;
mod secrets;
mod tape;

use std::error::Error as _;
use std::sync::Arc;
use std::time::SystemTime;

use plugwright_sdk::cassette::{Exchange, Expectation, Provenance, ProvenanceKind, RecordedCall};
use plugwright_sdk::host::{Redactor, Registry, Returns};
use plugwright_sdk::transport::{Live, Replay, Transport};
use plugwright_sdk::{ActionError, Cassette, Credential, ErrorCode};

use crate::args::RecordArguments;
use crate::credential;
use crate::failure::{Failure, Stop};
use crate::output::{self, count};
use crate::run::executor::Executor;
use crate::run::{self as running, Prepared, pages};
use crate::runtime::block_on;
use destination::Destination;
use tape::Tape;

pub(crate) fn record(
    registry: Registry,
    arguments: &RecordArguments,
    now: SystemTime,
) -> Result<(), Stop> {
    let prepared = Prepared::new(&registry, &arguments.call)?;
    prepared.require_settings()?;
    let entry = &prepared.entry;
    // Report problems with the file before calling the provider.
    let destination = Destination::new(entry.action.name(), arguments)?;
    let date = date(now)?;
    let credential = credential::find(
        &entry.connector,
        entry.schemes(),
        arguments.call.credential_file.as_deref(),
    )?;
    let redactor = secrets::redactor(&entry.connector, &credential)?;
    let call = Call {
        prepared,
        arguments,
        gateway: pages::offline(registry)?,
    };

    let live = Live::new().map_err(|error| Failure::internal(error.to_string()))?;
    let tape = Arc::new(Tape::new(live, redactor.clone()));
    let outcome = call.make(Arc::clone(&tape) as _, credential.clone())?;
    let (sent, exchanges) = (tape.sent(), tape.exchanges());
    if let Some(reason) = call.unrecordable(&outcome, sent, exchanges.len()) {
        return Err(match outcome {
            Err(error) => {
                output::note(&format!("nothing was recorded: {reason}"));
                call.failure(error)
            }
            Ok(_) => Failure::internal(format!("nothing was recorded: {reason}")),
        }
        .into());
    }

    let cassette = call.cassette(exchanges, &outcome, &date);
    destination.write(&text(&cassette, &redactor)?)?;
    output::print(&format!("{}\n", destination.path.display()))?;
    output::note(&summary(&cassette));
    for line in review::lines(&cassette, &credential) {
        output::note(&line);
    }
    let replayed = call.replay(&cassette)?;
    match (outcome, replayed) {
        (Ok(_), Ok(())) => Ok(()),
        (Ok(_), Err(problem)) => Err(Failure::internal(problem).advise(REPLAY_ADVICE).into()),
        (Err(error), replayed) => {
            if let Err(problem) = replayed {
                output::note(&format!("{problem}; {REPLAY_ADVICE}"));
            }
            Err(call.failure(error).into())
        }
    }
}

const REPLAY_ADVICE: &str = "a secret of the credential may be part of a URL or a cursor; fix the file by hand or delete it";

struct Call<'a> {
    prepared: Prepared<'a>,
    arguments: &'a RecordArguments,
    /// Runs the calls; the tape, or its recording, is their transport.
    gateway: Executor,
}

/// The outcome of a call: the number of items if it is a list.
type Outcome = Result<Option<usize>, ActionError>;

impl Call<'_> {
    fn make(
        &self,
        transport: Arc<dyn Transport>,
        credential: Credential,
    ) -> Result<Outcome, Failure> {
        let entry = &self.prepared.entry;
        let mut items = 0;
        let ended = block_on(async |cancellation| {
            let mut call = self.prepared.call(credential, cancellation);
            call.handles.upstream = Some(transport);
            let all_pages = self.arguments.all_pages;
            pages::make(
                &self.gateway,
                entry.action.returns(),
                call,
                all_pages,
                |page| {
                    items += page.data.value().as_array().map_or(0, Vec::len);
                    true
                },
            )
            .await
        })??;
        Ok(ended.result.map(|()| match entry.action.returns() {
            Returns::List => Some(items),
            Returns::Single => None,
        }))
    }

    fn cassette(&self, exchanges: Vec<Exchange>, outcome: &Outcome, date: &str) -> Cassette {
        let title = self.prepared.entry.action.title();
        let (items, error) = match outcome {
            Ok(items) => (*items, None),
            Err(error) => (None, Some(code(error))),
        };
        Cassette {
            action: self.prepared.entry.action.name().to_owned(),
            title: match (&self.arguments.title, error) {
                (Some(title), _) => title.clone(),
                (None, None) => title.into_owned(),
                (None, Some(code)) => format!("{title}: {code}"),
            },
            provenance: Provenance {
                kind: ProvenanceKind::Recorded,
                source: format!("{}, recorded on {date}", hosts(&exchanges)),
                license: None,
            },
            call: RecordedCall {
                input: self.prepared.input.as_object().cloned().unwrap_or_default(),
                cursor: None,
                all_pages: self.arguments.all_pages,
                settings: self
                    .arguments
                    .call
                    .settings
                    .iter()
                    .map(|setting| (setting.name.clone(), setting.value.clone()))
                    .collect(),
            },
            expect: Expectation { items, error },
            exchanges,
        }
    }

    /// Returns why a call can't be recorded, if it can't.
    fn unrecordable(
        &self,
        outcome: &Outcome,
        sent: usize,
        answered: usize,
    ) -> Option<&'static str> {
        if sent == 0 {
            Some("no request was sent")
        } else if outcome.is_ok() {
            None
        } else if answered < sent {
            Some("the provider sent no complete response")
        } else if self.arguments.case.is_none() {
            // The main cassette of an action is for success.
            Some("name the failure with --case, such as --case not-found")
        } else {
            None
        }
    }

    /// Checks that the cassette replays with the same outcome.
    fn replay(&self, cassette: &Cassette) -> Result<Result<(), String>, Failure> {
        let transport = Arc::new(Replay::new([cassette]));
        let outcome = self.make(transport, running::placeholder(&self.prepared.entry))?;
        let problem = match (outcome, cassette.expect.error) {
            (Ok(items), None) if items == cassette.expect.items => return Ok(Ok(())),
            (Err(error), Some(expected)) if code(&error) == expected => return Ok(Ok(())),
            (Ok(_), _) => "the result differs".to_owned(),
            (Err(error), _) => error.detail().unwrap_or(error.message()).to_owned(),
        };
        Ok(Err(format!("the cassette does not replay: {problem}")))
    }

    fn failure(&self, error: ActionError) -> Failure {
        running::advise(&self.prepared.entry, running::judge(error))
    }
}

/// Returns the error code that the action returned, which is what cassettes expect. The gateway may
/// have turned it into `OUTCOME_UNKNOWN`.
fn code(error: &ActionError) -> ErrorCode {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<ActionError>());
    match cause {
        Some(cause) if error.code() == ErrorCode::OutcomeUnknown => cause.code(),
        _ => error.code(),
    }
}

/// Returns the content of the file, unless it still contains a secret.
fn text(cassette: &Cassette, redactor: &Redactor) -> Result<String, Failure> {
    let unwritable =
        |error: serde_json::Error| Failure::internal(format!("nothing was written: {error}"));
    let value = serde_json::to_value(cassette).map_err(unwritable)?;
    let mut text = serde_json::to_string_pretty(cassette).map_err(unwritable)?;
    text.push('\n');
    let place = secrets::place(&value, redactor);
    if place.is_none() && !redactor.finds_in(&text) {
        return Ok(text);
    }
    let place = place.map(|place| format!(", at `{place}`"));
    let message = format!(
        "nothing was written: the recording still contains a secret of the credential{}",
        place.unwrap_or_default()
    );
    Err(Failure::internal(message))
}

/// Returns the hosts that responded, with non-default ports.
fn hosts(exchanges: &[Exchange]) -> String {
    let mut hosts: Vec<_> = exchanges
        .iter()
        .map(|exchange| exchange.request.url.authority().to_owned())
        .collect();
    hosts.dedup();
    hosts.join(" and ")
}

/// Returns the date, in UTC.
fn date(now: SystemTime) -> Result<String, Failure> {
    if now < SystemTime::UNIX_EPOCH {
        return Err(Failure::internal("the system clock is wrong"));
    }
    let text = humantime::format_rfc3339_seconds(now).to_string();
    Ok(text.split('T').next().unwrap_or_default().to_owned())
}

fn summary(cassette: &Cassette) -> String {
    let outcome = match (cassette.expect.error, cassette.expect.items) {
        (Some(code), _) => format!(": {code}"),
        (None, Some(items)) => format!(": {}", count(items, "item")),
        (None, None) => String::new(),
    };
    let exchanges = count(cassette.exchanges.len(), "exchange");
    format!("{exchanges} with {}{outcome}", hosts(&cassette.exchanges))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_date_is_that_of_utc() {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_251_199);
        assert_eq!(date(end).unwrap(), "2024-02-29");
        assert!(date(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).is_err());
    }
}
