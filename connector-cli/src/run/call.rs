//! A call that has been checked and is ready to be made.

use std::io;
use std::path::Path;

use plugwright_engine::{self as engine, ConnectionSelector, SaveTo};
use plugwright_sdk::host::Returns;
use plugwright_sdk::host::fields::Fields;
use plugwright_sdk::{ActionError, Credential, ErrorCode};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::delivery::Delivery;
use super::executor::Executor;
use super::files::{self, Saving};
use super::pages::{self, Ended};
use super::usage;
use crate::args::RunArguments;
use crate::card::Card;
use crate::failure::{Failure, Stop};
use crate::output;
use crate::runtime::block_on;

/// An action with its input and what is wanted of the result.
pub(super) struct Call<'a> {
    /// What is called, with which input and connection.
    base: engine::Call,
    returns: Returns,
    pub(super) arguments: &'a RunArguments,
    /// Schema of the output.
    pub(super) output: Value,
    pub(super) fields: Option<Fields>,
}

impl<'a> Call<'a> {
    /// Checks what is wanted of the result.
    pub(super) fn new(
        base: engine::Call,
        card: Card,
        arguments: &'a RunArguments,
    ) -> Result<Self, Failure> {
        let (id, output) = (card.id(), card.output_schema);
        let fields = (!arguments.fields.is_empty())
            .then(|| Fields::parse(&arguments.fields, &output))
            .transpose()
            .map_err(|error| usage(error, &id, "lists the fields"))?;
        if arguments.save.is_some() && !files::returns_file(&output) {
            let error = ActionError::invalid_param("--save", "is for actions that return a file");
            return Err(usage(error, &id, "tells what it returns"));
        }
        Ok(Self {
            base,
            returns: card.returns,
            arguments,
            output,
            fields,
        })
    }

    /// Makes the call, and prints the result page by page or as a whole. `adjust` says how it is
    /// made. Returns how many answers came.
    pub(super) fn deliver(
        &self,
        executor: &Executor,
        adjust: impl FnOnce(&mut engine::Call),
    ) -> Result<usize, Stop> {
        let mut delivery = Delivery::new(self);
        let mut saving = None;
        let mut unwritten = None;
        let Ended {
            result,
            sent,
            answers,
        } = block_on(async |cancellation| {
            let mut call = self.of_gateway(cancellation);
            adjust(&mut call);
            if let Some(path) = &self.arguments.save {
                match Saving::start(path) {
                    Ok((started, file)) => {
                        saving = Some(started);
                        if matches!(executor, Executor::Here(_)) {
                            call.handles.save_to = Some(SaveTo::new(file));
                        }
                    }
                    Err(error) => return Ok(Ended::unsent(unsaved(path, error))),
                }
            }
            let all_pages = self.arguments.all_pages;
            pages::make(executor, self.returns, call, all_pages, |mut page| {
                // From elsewhere, the file comes within the result.
                if let (Executor::There(_), Some(saving)) = (executor, &saving) {
                    let mut data = std::mem::take(&mut page.data).into_value();
                    if let Some(bytes) = files::take_content(&mut data) {
                        unwritten = saving.fill(&bytes).err();
                    }
                    page.data = data.into();
                }
                delivery.take(page)
            })
            .await
        })??;
        if let (Some(error), Some(path)) = (unwritten, &self.arguments.save) {
            return Err(Failure::from(unsaved(path, error)).into());
        }
        match result {
            Ok(()) => {
                if let (Some(saving), Some(path)) = (saving, &self.arguments.save) {
                    let saved = saving.finish().map_err(|error| unsaved(path, error));
                    saved.map_err(|error| judge(error, true))?;
                }
                delivery.finish(answers)?;
                if let Some(path) = &self.arguments.save {
                    output::note(&format!("saved to {}", path.display()));
                }
                Ok(answers)
            }
            Err(error) => {
                let failure = judge(error, sent);
                Err(if delivery.keeps_items() && !failure.is_advised() {
                    failure
                        .advise(
                            "the pages before are lost; `--output jsonl` prints each as it comes",
                        )
                        .into()
                } else {
                    failure.into()
                })
            }
        }
    }

    /// Returns the call as the gateway takes it.
    pub(super) fn of_gateway(&self, cancellation: CancellationToken) -> engine::Call {
        let mut call = self.base.clone();
        call.cancellation = Some(cancellation);
        call.options.cursor.clone_from(&self.arguments.cursor);
        call.options.raw = self.arguments.raw;
        call.options.fields.clone_from(&self.arguments.fields);
        call
    }
}

/// Gives a call its credential.
pub(super) fn give(call: &mut engine::Call, credential: Credential) {
    if let ConnectionSelector::Given {
        credential: given, ..
    } = &mut call.connection
    {
        *given = credential;
    }
}

fn unsaved(path: &Path, error: io::Error) -> ActionError {
    let message = format!("`{}` can't be written: {error}", path.display());
    ActionError::new(ErrorCode::InternalError, message).with_source(error)
}

/// Judges an error of an action; `sent` tells whether the provider was asked at all.
pub(crate) fn judge(error: ActionError, sent: bool) -> Failure {
    // Before anything is sent, only what the caller gave can be at fault.
    if error.code() == ErrorCode::ValidationError && !sent {
        return Failure::usage(error);
    }
    let doubtful = error.code() == ErrorCode::OutcomeUnknown;
    let failure = Failure::from(error);
    if doubtful {
        failure.advise("look at what became of it before you repeat it")
    } else {
        failure
    }
}
