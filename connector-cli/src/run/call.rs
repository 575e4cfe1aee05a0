//! A call that has been checked and is ready to be made.

use std::io;
use std::path::Path;
use std::sync::Arc;

use plugwright_sdk::transport::Transport;
use plugwright_sdk::{
    Action as _, ActionContextBuilder, ActionError, Credential, Effect, Entry, ErrorCode, run,
    run_pages,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::delivery::Delivery;
use super::files::Saving;
use super::observed::Observed;
use super::prepared::Prepared;
use crate::args::RunArguments;
use crate::failure::{Failure, Stop};
use crate::output;
use crate::runtime::block_on;
use plugwright_sdk::fields::Fields;

/// An action with its input and what is wanted of the result.
pub(super) struct Call<'a> {
    pub(super) prepared: Prepared<'a>,
    pub(super) arguments: &'a RunArguments,
    /// Schema of the output.
    pub(super) output: Value,
    pub(super) fields: Option<Fields>,
}

impl Call<'_> {
    /// Makes the call, and prints the result page by page or as a whole.
    pub(super) fn deliver(
        &self,
        transport: &Arc<Observed>,
        credential: Credential,
    ) -> Result<(), Stop> {
        let mut delivery = Delivery::new(self);
        let mut saving = None;
        let done = block_on(async |cancellation| {
            let mut cx = self.context(Arc::clone(transport) as _, credential, cancellation);
            if let Some(path) = &self.arguments.save {
                let (started, file) = Saving::start(path).map_err(|error| unsaved(path, error))?;
                saving = Some(started);
                cx = cx.save_to(file);
            }
            let cx = cx.build();
            if self.arguments.all_pages {
                run_pages(
                    self.prepared.entry.action,
                    &cx,
                    self.prepared.input.clone(),
                    |page| delivery.take(page),
                )
                .await
            } else {
                let result =
                    run(self.prepared.entry.action, &cx, self.prepared.input.clone()).await;
                result.map(|page| {
                    delivery.take(page);
                })
            }
        })?;
        match done {
            Ok(()) => {
                if let (Some(saving), Some(path)) = (saving, &self.arguments.save) {
                    let saved = saving.finish().map_err(|error| unsaved(path, error));
                    saved.map_err(|error| self.failure(error, true))?;
                }
                delivery.finish(transport.answered())?;
                if let Some(path) = &self.arguments.save {
                    output::note(&format!("saved to {}", path.display()));
                }
                Ok(())
            }
            Err(error) => {
                let failure = self.failure(error, transport.sent() > 0);
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

    /// Makes the call and returns how it ended.
    pub(super) fn attempt(
        &self,
        transport: Arc<dyn Transport>,
        credential: Credential,
    ) -> Result<Result<(), ActionError>, Failure> {
        block_on(async |cancellation| {
            let cx = self.context(transport, credential, cancellation).build();
            run(self.prepared.entry.action, &cx, self.prepared.input.clone())
                .await
                .map(drop)
        })
    }

    fn context(
        &self,
        transport: Arc<dyn Transport>,
        credential: Credential,
        cancellation: CancellationToken,
    ) -> ActionContextBuilder {
        self.prepared
            .context(transport, credential, cancellation)
            .cursor(self.arguments.cursor.clone())
            .capture_raw(self.arguments.raw)
    }

    /// Judges an error of the call; `sent` tells whether the provider was asked at all.
    pub(super) fn failure(&self, error: ActionError, sent: bool) -> Failure {
        judge(self.prepared.entry, error, sent)
    }
}

fn unsaved(path: &Path, error: io::Error) -> ActionError {
    let message = format!("`{}` can't be written: {error}", path.display());
    ActionError::new(ErrorCode::InternalError, message).with_source(error)
}

/// Judges an error of an action; `sent` tells whether the provider was asked at all.
pub(crate) fn judge(entry: Entry, error: ActionError, sent: bool) -> Failure {
    // Before anything is sent, only what the caller gave can be at fault.
    if error.code() == ErrorCode::ValidationError && !sent {
        return Failure::usage(error);
    }
    let doubtful = error.is_ambiguous() && entry.action.effect() != Effect::Read;
    let failure = Failure::from(error);
    if doubtful {
        failure.advise("the request was sent and may have taken effect; look before you repeat it")
    } else {
        failure
    }
}
