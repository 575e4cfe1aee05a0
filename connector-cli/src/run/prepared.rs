//! A validated call.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugwright_engine::{Call, ConnectionSelector, Principal};
use plugwright_sdk::Credential;
use plugwright_sdk::host::{Entry, FileSource, Registry};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::files;
use crate::args::CallArguments;
use crate::failure::Failure;
use crate::{input, lookup, output, settings};

pub(crate) struct Prepared<'a> {
    pub(crate) entry: Entry,
    pub(crate) input: Value,
    attachments: BTreeMap<String, FileSource>,
    arguments: &'a CallArguments,
}

impl<'a> Prepared<'a> {
    /// Finds the action and validates the input.
    pub(crate) fn new(registry: &Registry, arguments: &'a CallArguments) -> Result<Self, Failure> {
        let entry = lookup::action(registry, &arguments.action)?;
        let id = entry.id();
        let refused = |error| Failure::usage(error).advise_show(&id, "lists the parameters");
        let (assignments, attachments) =
            files::attach(&entry.action.input_schema(), &arguments.assignments).map_err(refused)?;
        let given = arguments.input.as_deref();
        let input = input::read(&*entry.action, given, &assignments).map_err(refused)?;
        settings::reject_unknown(&entry.connector, &arguments.settings).map_err(Failure::usage)?;
        Ok(Self {
            entry,
            input,
            attachments: attachments.into_iter().collect(),
            arguments,
        })
    }

    /// Checks that the base URL is complete, for a call that is made or planned; recordings bring
    /// their own settings.
    pub(crate) fn require_settings(&self) -> Result<(), Failure> {
        settings::require(&self.entry.connector, &self.arguments.settings).map_err(Failure::usage)
    }

    /// Returns the call in the gateway's terms.
    pub(crate) fn call(&self, credential: Credential, cancellation: CancellationToken) -> Call {
        let principal = Arc::new(Principal::local());
        let mut call = Call::action(principal, self.entry.id(), self.input.clone());
        let settings = self.arguments.settings.iter();
        call.connection = ConnectionSelector::Credential {
            credential,
            settings: settings
                .map(|setting| (setting.name.clone(), setting.value.clone()))
                .collect(),
        };
        call.options.timeout = Some(self.arguments.timeout());
        call.cancellation = Some(cancellation);
        call.handles.attachments.clone_from(&self.attachments);
        call.handles.on_progress = Some(Arc::new(|progress| {
            let total = progress
                .total
                .map(|total| format!("/{total}"))
                .unwrap_or_default();
            output::note(&format!("{}{total} {}", progress.done, progress.message));
        }));
        call
    }
}
