//! Files and callbacks of a call.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use plugwright_sdk::host::{FileSource, Progress};
use plugwright_sdk::transport::Transport;
use tokio::io::AsyncWrite;

/// Files and callbacks of a call. Clones share the callbacks.
#[derive(Clone, Default)]
pub struct Handles {
    /// Files that the input refers to as `attachment:NAME`.
    pub attachments: BTreeMap<String, FileSource>,
    /// Where to write the file that the action returns; otherwise it is part of the output.
    pub save_to: Option<SaveTo>,
    /// Receives progress.
    pub on_progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
    /// Replaces the provider in a live call, for example by recorded traffic. These requests bypass
    /// egress: no guard, no retries.
    pub upstream: Option<Arc<dyn Transport>>,
    /// The id of the run as the action sees it, if `upstream` has recordings of that run.
    pub run_id: Option<String>,
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles")
            .field("attachments", &self.attachments)
            .field("save_to", &self.save_to.is_some())
            .field("on_progress", &self.on_progress.is_some())
            .field("upstream", &self.upstream.is_some())
            .field("run_id", &self.run_id)
            .finish()
    }
}

/// A destination for one file, which the first call to use it takes.
#[derive(Clone)]
pub struct SaveTo(Arc<Mutex<Option<Writer>>>);

type Writer = Box<dyn AsyncWrite + Send + Unpin>;

impl SaveTo {
    /// Wraps a writer for the file.
    pub fn new(writer: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::new(writer)))))
    }

    pub(crate) fn take(&self) -> Option<Writer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for SaveTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaveTo")
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Registry;
    use plugwright_sdk::transport::Replay;
    use plugwright_sdk::{Cassette, Credential, ErrorCode, Value, json};
    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::call::{Call, ConnectionSelector, Mode};
    use crate::engine::{Engine, EngineSettings};
    use crate::outcome::Outcome;
    use crate::principal::Principal;

    async fn execute(call: Call) -> Outcome {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let engine = Engine::new(registry, EngineSettings::offline()).unwrap();
        engine.execute(call).await
    }

    fn call(action: &str, input: Value) -> Call {
        let mut call = Call::action(Arc::new(Principal::local()), action, input);
        call.connection = ConnectionSelector::Credential {
            credential: Credential::token("placeholder"),
            settings: BTreeMap::new(),
        };
        call
    }

    fn list() -> Call {
        let input = json!({ "repo": "octokit-fixture-org/paginate-issues", "per_page": 3 });
        call("github.issues.list", input)
    }

    fn replay() -> Arc<dyn Transport> {
        let cassettes = Cassette::shipped(plugwright_github::CONNECTOR.cassettes()).unwrap();
        Arc::new(Replay::new(&cassettes))
    }

    #[tokio::test]
    async fn a_live_call_goes_to_the_upstream_that_it_brings() {
        let mut call = list();
        call.handles.upstream = Some(replay());
        let outcome = execute(call).await;
        assert!(outcome.sent);
        assert_eq!(outcome.answers, 1);
        let page = outcome.result.unwrap();
        assert_eq!(page.data.value().as_array().unwrap().len(), 3);
        assert!(page.meta.cursor.is_some());
    }

    #[tokio::test]
    async fn a_gateway_that_sends_nothing_refuses_other_live_calls() {
        let outcome = execute(list()).await;
        assert!(!outcome.sent);
        let error = outcome.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::PolicyDenied);
    }

    #[tokio::test]
    async fn a_mocked_page_leads_nowhere() {
        let mut call = list();
        call.options.mode = Mode::Mock;
        let outcome = execute(call).await;
        assert_eq!((outcome.sent, outcome.answers), (false, 1));
        let page = outcome.result.unwrap();
        assert!(!page.data.value().as_array().unwrap().is_empty());
        assert_eq!(page.meta.cursor, None);
    }

    #[tokio::test]
    async fn a_recorded_gateway_answers_the_same_request_as_it_was_recorded() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let settings = EngineSettings {
            recorded: true,
            ..EngineSettings::offline()
        };
        let engine = Engine::new(registry, settings).unwrap();
        let with =
            |input: Value| Call::action(Arc::new(Principal::local()), "github.issues.list", input);
        let repo = "octokit-fixture-org/paginate-issues";
        let first = engine
            .execute(with(json!({ "repo": repo, "per_page": 3 })))
            .await;
        assert!(!first.sent);
        let first = first.result.unwrap();
        // The page that follows is recorded too.
        let mut next = with(json!({ "repo": repo, "per_page": 3 }));
        next.options.cursor = first.meta.cursor;
        assert!(next.options.cursor.is_some());
        let second = engine.execute(next).await.result.unwrap();
        assert_ne!(second.data.value(), first.data.value());
        // What is not recorded is a mock, which leads nowhere.
        let other = engine
            .execute(with(json!({ "repo": "someone/else", "per_page": 7 })))
            .await;
        let other = other.result.unwrap();
        assert_eq!(other.data.value(), first.data.value());
        assert_eq!(other.meta.cursor, None);
    }

    #[tokio::test]
    async fn a_dry_run_is_not_cut_to_the_fields_of_an_output() {
        let mut call = list();
        call.options.mode = Mode::DryRun;
        call.options.fields = vec!["number".to_owned()];
        let plan = execute(call).await.result.unwrap().data.into_value();
        assert_eq!(plan["requests"][0]["method"], "GET");
    }

    #[tokio::test]
    async fn a_place_for_a_file_takes_one() {
        let (mut reader, writer) = tokio::io::duplex(1 << 20);
        let input = json!({ "repo": "octokit-fixture-org/get-archive", "ref": "main" });
        let mut call = call("github.repos.download_archive", input);
        call.handles.upstream = Some(replay());
        call.handles.save_to = Some(SaveTo::new(writer));
        let file = execute(call.clone())
            .await
            .result
            .unwrap()
            .data
            .into_value();
        let mut saved = Vec::new();
        reader.read_to_end(&mut saved).await.unwrap();
        assert_eq!(file["size"], saved.len());
        assert!(saved.starts_with(&[0x1f, 0x8b]), "it is not gzip");

        let error = execute(call).await.result.unwrap_err();
        assert!(error.message().contains("earlier call"), "{error}");
    }
}
