//! A call that has been checked, whoever makes it.

use std::sync::Arc;

use plugwright_sdk::transport::Transport;
use plugwright_sdk::{
    Action as _, ActionContext, ActionContextBuilder, Credential, Entry, Registry,
};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::files::{self, Attachment};
use super::{find, usage};
use crate::args::CallArguments;
use crate::failure::Failure;
use crate::{input, output, settings};

/// An action with its input and files.
pub(crate) struct Prepared<'a> {
    pub(crate) entry: Entry,
    pub(crate) input: Value,
    attachments: Vec<Attachment>,
    arguments: &'a CallArguments,
}

impl<'a> Prepared<'a> {
    /// Finds the action and has it check what the caller gives.
    pub(crate) fn new(registry: &Registry, arguments: &'a CallArguments) -> Result<Self, Failure> {
        let entry = find(registry, &arguments.action)?;
        let refused = |error| usage(error, entry, "lists the parameters");
        let (assignments, attachments) =
            files::attach(&entry.action.input_schema(), &arguments.assignments).map_err(refused)?;
        let given = arguments.input.as_deref();
        let input = input::read(entry.action, given, &assignments).map_err(refused)?;
        settings::check(entry.connector, &arguments.settings).map_err(Failure::usage)?;
        Ok(Self {
            entry,
            input,
            attachments,
            arguments,
        })
    }

    /// Starts to make the context of the call.
    pub(crate) fn context(
        &self,
        transport: Arc<dyn Transport>,
        credential: Credential,
        cancellation: CancellationToken,
    ) -> ActionContextBuilder {
        let builder = ActionContext::builder(self.entry.connector, transport)
            .credential(credential)
            .params(&self.input)
            .deadline(Instant::now() + self.arguments.timeout())
            .cancellation(cancellation)
            .on_progress(|progress| {
                let total = progress
                    .total
                    .map(|total| format!("/{total}"))
                    .unwrap_or_default();
                output::note(&format!("{}{total} {}", progress.done, progress.message));
            });
        let files = self.attachments.iter();
        let builder = files.fold(builder, |builder, (name, file)| {
            builder.attachment(name, file.clone())
        });
        let settings = self.arguments.settings.iter();
        settings.fold(builder, |builder, setting| {
            builder.setting(&setting.name, &setting.value)
        })
    }
}
