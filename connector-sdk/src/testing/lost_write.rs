//! Writes whose answer was lost, as a connector looks for them.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::Value;

use super::{MockContext, block_on};
use crate::action::{Action, ActionDefinition};
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;
use crate::error::Result;
use crate::reading::rfc3339;
use crate::reconcile::{Lost, Outcome};
use crate::run::run;

/// A write whose answer was lost, for tests of what [`reconcile`](crate::action) finds: the call of the
/// action's main cassette and the provider's answer to it.
///
/// ```
/// use plugwright_sdk::pagination::Whole;
/// use plugwright_sdk::testing::LostWrite;
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Lost, Outcome, Result, Value, action, actions, json};
///
/// /// Adds a note.
/// #[action("notes.create", write, reconcile(natural = find_created(text)), post = "/notes", json)]
/// async fn create(
///     cx: &ActionContext,
///     /// Text of the note.
///     text: String,
/// ) -> Result<Value>;
///
/// async fn find_created(cx: &ActionContext, _: &Lost, text: String) -> Result<Outcome<Value>> {
///     let notes = cx.get("/notes").pages(Whole, 1).await?;
///     Ok(Outcome::in_list(notes, |note: &Value| note["text"] == text))
/// }
///
/// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("notes", "Notes", "1.0.0")
///     .base_url("https://api.example.com")
///     .cassettes(&[("notes.create.json", r#"{
///         "action": "notes.create",
///         "title": "A note",
///         "provenance": { "kind": "constructed", "source": "by hand" },
///         "call": { "input": { "text": "Buy milk" } },
///         "exchanges": [{
///             "request": { "method": "POST", "url": "https://api.example.com/notes" },
///             "response": { "status": 201, "body": { "json": { "id": 7, "text": "Buy milk" } } }
///         }]
///     }"#)])
///     .actions(actions![create]);
///
/// let lost = LostWrite::new(&CONNECTOR, "notes.create");
/// let note = lost.answer.clone();
/// assert_eq!(lost.find([(200, json!([note]))])?, Outcome::Done(lost.output()));
/// assert_eq!(lost.find([(200, json!([]))])?, Outcome::NotDone);
/// # Ok::<(), plugwright_sdk::ActionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LostWrite {
    connector: &'static ConnectorDefinition,
    action: &'static ActionDefinition,
    settings: BTreeMap<String, String>,
    /// The input of the call.
    pub input: Value,
    /// What the provider answered.
    pub answer: Value,
    /// When the call was received: now unless [`made_at`](Self::made_at) tells another time.
    pub started_at: SystemTime,
}

impl LostWrite {
    /// Takes the first cassette of a successful call of this action.
    ///
    /// # Panics
    ///
    /// If there is no such action or cassette, or if the answer is not JSON.
    pub fn new(connector: &'static ConnectorDefinition, action: &str) -> Self {
        let actions = connector.actions().iter().copied();
        let action = actions
            .into_iter()
            .find(|known| known.name() == action)
            .unwrap_or_else(|| panic!("`{}` has no action `{action}`", connector.name()));
        let cassettes = Cassette::shipped(connector.cassettes()).expect("cassettes can be read");
        let mut own = cassettes
            .into_iter()
            .filter(|one| one.action == action.name());
        let cassette = own
            .find(|one| one.expect.error.is_none())
            .unwrap_or_else(|| panic!("`{}` has no cassette of success", action.name()));
        let last = cassette.exchanges.last().expect("a cassette has exchanges");
        let answer = serde_json::from_slice(&last.response.bytes()).expect("the answer is JSON");
        Self {
            connector,
            action,
            settings: cassette.call.settings,
            input: cassette.call.input.into(),
            answer,
            started_at: SystemTime::now(),
        }
    }

    /// Lets the call be received at the time (RFC 3339) that the answer has at a JSON pointer, if it has
    /// one.
    ///
    /// # Panics
    ///
    /// If what is there is not a time.
    #[must_use]
    pub fn made_at(mut self, pointer: &str) -> Self {
        if let Some(time) = self.answer.pointer(pointer).and_then(Value::as_str) {
            self.started_at = rfc3339::read(time).expect("a time in RFC 3339");
        }
        self
    }

    fn context(&self, answers: impl IntoIterator<Item = (u16, Value)>) -> MockContext {
        MockContext::with_settings(self.connector, self.settings.clone(), answers)
    }

    /// Returns what the action makes of the answer.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn output(&self) -> Value {
        let cx = self.context([(200, self.answer.clone())]);
        let result = block_on(run(self.action, &cx, self.input.clone()));
        result.expect("the answer can be read").data.into_value()
    }

    /// Looks for the write, with these statuses and bodies as the provider's answers.
    ///
    /// # Errors
    ///
    /// That of the search.
    ///
    /// # Panics
    ///
    /// If the action does not look for lost writes, or sends a request that may change something.
    pub fn find(&self, answers: impl IntoIterator<Item = (u16, Value)>) -> Result<Outcome<Value>> {
        let cx = self.context(answers);
        let lost = Lost::new(self.started_at, "key");
        let search = self.action.reconcile(self.input.clone(), lost)?;
        let search = search.expect("the action looks for lost writes");
        let outcome = block_on(search.find(&cx))?;
        for request in cx.sent() {
            let reads = request.method == "GET"
                || request.url.path().ends_with(self.connector.graphql_path());
            assert!(reads, "{} {}", request.method, request.url);
        }
        outcome.try_map(|result| Ok(result.data.into_value()))
    }
}
