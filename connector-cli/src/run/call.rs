//! A call that is ready to be made and printed.

use std::io;
use std::path::Path;

use plugwright_engine::{self as engine, ConnectionSelector, SaveTo};
use plugwright_sdk::host::Returns;
use plugwright_sdk::host::fields::Fields;
use plugwright_sdk::{ActionError, Credential, ErrorCode, Hint};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::delivery::Delivery;
use super::executor::Executor;
use super::files::{self, Saving};
use super::pages::{self, PagedOutcome};
use crate::args::RunArguments;
use crate::failure::{Failure, Stop};
use crate::info::ActionInfo;
use crate::output;
use crate::runtime::block_on;

/// An action with its input and the requested output.
pub(super) struct Call<'a> {
    /// The action, its input and the connection.
    base: engine::Call,
    pub(super) returns: Returns,
    pub(super) arguments: &'a RunArguments,
    pub(super) output: Value,
    pub(super) fields: Option<Fields>,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        base: engine::Call,
        info: ActionInfo,
        arguments: &'a RunArguments,
    ) -> Result<Self, Failure> {
        let (id, output) = (info.id(), info.output_schema);
        let fields = (!arguments.fields.is_empty())
            .then(|| Fields::parse(&arguments.fields, &output))
            .transpose()
            .map_err(|error| Failure::usage(error).advise_show(&id, "lists the fields"))?;
        if arguments.save.is_some() && !files::returns_file(&output) {
            let error =
                ActionError::invalid_param("--save", "is only for actions that return a file");
            return Err(Failure::usage(error).advise_show(&id, "shows what it returns"));
        }
        Ok(Self {
            base,
            returns: info.returns,
            arguments,
            output,
            fields,
        })
    }

    /// Makes the call, after `adjust` has changed it, and prints the result. Returns the number of
    /// responses.
    pub(super) fn deliver(
        &self,
        executor: &Executor,
        adjust: impl FnOnce(&mut engine::Call),
    ) -> Result<usize, Stop> {
        let mut delivery = Delivery::new(self);
        let mut saving = None;
        let mut unwritten = None;
        let PagedOutcome { result, answers } = block_on(async |cancellation| {
            let mut call = self.of_gateway(cancellation);
            adjust(&mut call);
            if let Some(path) = &self.arguments.save {
                match Saving::start(path) {
                    Ok((started, file)) => {
                        saving = Some(started);
                        if matches!(executor, Executor::Local(_)) {
                            call.handles.save_to = Some(SaveTo::new(file));
                        }
                    }
                    Err(error) => {
                        let message = format!("can't be written to `{}`: {error}", path.display());
                        let error = ActionError::invalid_param("--save", message);
                        return Ok(PagedOutcome::unmade(error));
                    }
                }
            }
            let all_pages = self.arguments.all_pages;
            pages::make(executor, self.returns, call, all_pages, |mut page| {
                // A remote gateway returns the file within the result.
                if let (Executor::Remote(_), Some(saving)) = (executor, &saving) {
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
                    saved.map_err(judge)?;
                }
                delivery.finish(answers)?;
                if let Some(path) = &self.arguments.save {
                    output::note(&format!("saved to {}", path.display()));
                }
                Ok(answers)
            }
            Err(error) => {
                let failure = judge(error);
                Err(if delivery.keeps_items() && !failure.is_advised() {
                    failure
                        .advise(
                            "earlier pages were not printed; `--output jsonl` prints each page as it arrives",
                        )
                        .into()
                } else {
                    failure.into()
                })
            }
        }
    }

    pub(super) fn of_gateway(&self, cancellation: CancellationToken) -> engine::Call {
        let mut call = self.base.clone();
        call.cancellation = Some(cancellation);
        call.options.cursor.clone_from(&self.arguments.cursor);
        call.options.raw = self.arguments.raw;
        call.options.fields.clone_from(&self.arguments.fields);
        call
    }
}

pub(super) fn give(call: &mut engine::Call, credential: Credential) {
    if let ConnectionSelector::Credential {
        credential: given, ..
    } = &mut call.connection
    {
        *given = credential;
    }
}

/// Adds settings that the user did not set.
pub(super) fn complete<'a>(
    call: &mut engine::Call,
    recorded: impl Iterator<Item = (&'a String, &'a String)>,
) {
    if let ConnectionSelector::Credential { settings, .. } = &mut call.connection {
        for (name, value) in recorded {
            settings
                .entry(name.clone())
                .or_insert_with(|| value.clone());
        }
    }
}

fn unsaved(path: &Path, error: io::Error) -> ActionError {
    let message = format!("`{}` can't be written: {error}", path.display());
    ActionError::new(ErrorCode::InternalError, message)
        .with_hint(Hint::Abort)
        .with_source(error)
}

pub(crate) fn judge(error: ActionError) -> Failure {
    let doubtful = error.code() == ErrorCode::OutcomeUnknown;
    let failure = Failure::from(error);
    if doubtful {
        failure.advise("check at the provider whether it happened before you repeat it")
    } else {
        failure
    }
}
