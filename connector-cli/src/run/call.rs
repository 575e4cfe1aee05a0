//! A call that has been checked and is ready to be made.

use std::io;
use std::path::Path;

use plugwright_gateway::{self as gateway, Gateway, SaveTo};
use plugwright_sdk::fields::Fields;
use plugwright_sdk::{ActionError, Credential, ErrorCode};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::delivery::Delivery;
use super::files::Saving;
use super::pages::{self, Ended};
use super::prepared::Prepared;
use crate::args::RunArguments;
use crate::failure::{Failure, Stop};
use crate::output;
use crate::runtime::block_on;

/// An action with its input and what is wanted of the result.
pub(super) struct Call<'a> {
    pub(super) prepared: Prepared<'a>,
    pub(super) arguments: &'a RunArguments,
    /// Schema of the output.
    pub(super) output: Value,
    pub(super) fields: Option<Fields>,
}

impl Call<'_> {
    /// Makes the call, and prints the result page by page or as a whole. `adjust` says how it is
    /// made. Returns how many answers came.
    pub(super) fn deliver(
        &self,
        gateway: &Gateway,
        credential: Credential,
        adjust: impl FnOnce(&mut gateway::Call),
    ) -> Result<usize, Stop> {
        let mut delivery = Delivery::new(self);
        let mut saving = None;
        let Ended {
            result,
            sent,
            answers,
        } = block_on(async |cancellation| {
            let mut call = self.of_gateway(credential, cancellation);
            adjust(&mut call);
            if let Some(path) = &self.arguments.save {
                match Saving::start(path) {
                    Ok((started, file)) => {
                        saving = Some(started);
                        call.handles.save_to = Some(SaveTo::new(file));
                    }
                    Err(error) => return Ended::unsent(unsaved(path, error)),
                }
            }
            let (entry, all_pages) = (self.prepared.entry, self.arguments.all_pages);
            pages::make(gateway, entry, call, all_pages, |page| delivery.take(page)).await
        })?;
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
    pub(super) fn of_gateway(
        &self,
        credential: Credential,
        cancellation: CancellationToken,
    ) -> gateway::Call {
        let mut call = self.prepared.call(credential, cancellation);
        call.options.cursor.clone_from(&self.arguments.cursor);
        call.options.raw = self.arguments.raw;
        call.options.fields.clone_from(&self.arguments.fields);
        call
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
