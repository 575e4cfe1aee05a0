//! One call, made twice, of which one answer gets lost.

use std::collections::HashMap;
use std::sync::Arc;

use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::host::IdempotencyKey;
use plugwright_sdk::testing::{AppliedWrite, Cut, Double, Rehearsal};
use plugwright_sdk::transport::PlannedRequest;
use plugwright_sdk::{ActionError, ErrorCode};
use url::Url;
use uuid::Uuid;

use super::MakeDouble;
use crate::call::{self, ConnectionSelector};
use crate::engine::Engine;
use crate::principal::Principal;

/// A call that can be made again and again.
pub(super) struct Call<'a> {
    pub(super) engine: &'a Engine,
    pub(super) id: String,
    pub(super) make: Option<&'a MakeDouble>,
    pub(super) rehearsal: &'a Rehearsal,
}

pub(super) struct Trial {
    /// The last answer to the caller.
    end: Result<(), ActionError>,
    pub(super) applied: Vec<Applied>,
    pub(super) sent: usize,
    /// What the double had no answer to.
    pub(super) unknown: Vec<String>,
}

/// A write that the provider applied.
#[derive(PartialEq)]
pub(super) struct Applied {
    /// Method and path as recorded, which are the same in each trial, and the GraphQL operation.
    name: String,
    pub(super) write: AppliedWrite,
}

impl Call<'_> {
    /// Returns method and URL, without the query, and the GraphQL operation.
    fn name(&self, request: &PlannedRequest) -> String {
        let mut url = request.url.split('?').next().unwrap_or_default().to_owned();
        if let Some(recorded) = self.rehearsal.recorded_path(request)
            && let Ok(mut own) = Url::parse(&url)
        {
            own.set_path(recorded);
            url = own.into();
        }
        let operation = match &request.body {
            Some(RecordedBody::Json(body)) => body["operationName"].as_str(),
            _ => None,
        };
        let operation = operation.map(|name| format!(" ({name})"));
        format!("{} {url}{}", request.method, operation.unwrap_or_default())
    }

    fn double(&self) -> Arc<Double> {
        let double = self.make.map(|make| make());
        Arc::new(double.unwrap_or_else(|| self.rehearsal.double()))
    }

    async fn send(&self, double: &Arc<Double>, key: &Uuid) -> Result<(), ActionError> {
        let principal = Arc::new(Principal::local());
        let mut call = call::Call::action(principal, self.id.clone(), self.rehearsal.input());
        call.connection = ConnectionSelector::Credential {
            credential: self.rehearsal.credential(),
            settings: self.rehearsal.settings(),
        };
        let key: Result<IdempotencyKey, _> = key.to_string().try_into();
        call.options.idempotency_key = key.ok();
        call.handles.upstream = Some(Arc::clone(double) as _);
        self.engine.execute(call).await.result.map(drop)
    }
}

impl Trial {
    pub(super) async fn undisturbed(call: &Call<'_>) -> Self {
        let double = call.double();
        let end = call.send(&double, &Uuid::now_v7()).await;
        Self::ended(call, &double, end)
    }

    /// Makes the call, cuts the answer to one of its requests, and makes it again.
    pub(super) async fn disturbed(call: &Call<'_>, request: usize, cut: Cut) -> Self {
        let double = call.double();
        double.cut_at(request, cut);
        let key = Uuid::now_v7();
        // The caller can't tell from this one whether it happened.
        drop(call.send(&double, &key).await);
        let end = call.send(&double, &key).await;
        Self::ended(call, &double, end)
    }

    fn ended(call: &Call<'_>, double: &Double, end: Result<(), ActionError>) -> Self {
        let applied = double.applied().into_iter();
        let applied = applied.map(|write| Applied {
            name: call.name(&write.request),
            write,
        });
        Self {
            end,
            applied: applied.collect(),
            sent: double.sent(),
            unknown: double.unknown(),
        }
    }

    pub(super) fn error(&self) -> Option<&ActionError> {
        self.end.as_ref().err()
    }

    /// Returns whether the caller knows in the end whether it happened.
    pub(super) fn is_certain(&self) -> bool {
        let error = self.error();
        error.is_none_or(|error| error.code() != ErrorCode::OutcomeUnknown)
    }

    /// Returns what went wrong, by rule, beside a call without a fault.
    pub(super) fn faults(&self, usual: &Self, repeats: Repeats) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let (done, expected) = (self.done(repeats), usual.done(repeats));
        let total = |done: &HashMap<String, usize>| done.values().sum::<usize>();
        for (request, times) in &done {
            if *times > expected.get(request).copied().unwrap_or_default() {
                faults.push(("duplicate", repeats.fault(request)));
            }
        }
        match self.error() {
            None if total(&done) < total(&expected) => {
                let fault = "ends as done, but the provider did not do it";
                faults.push(("lost", fault.to_owned()));
            }
            Some(error) if self.is_certain() && !done.is_empty() => {
                let fault = format!("ends as {}, but the provider did it", error.code());
                faults.push(("denied", fault));
            }
            _ => {}
        }
        faults
    }

    /// Counts what the provider applied, by what it was.
    fn done(&self, repeats: Repeats) -> HashMap<String, usize> {
        let mut seen: Vec<&PlannedRequest> = Vec::new();
        let mut done = HashMap::new();
        for Applied { name, write } in &self.applied {
            if seen.contains(&&write.request) && repeats.change_nothing(write.creates) {
                continue;
            }
            seen.push(&write.request);
            *done.entry(name.clone()).or_insert(0) += 1;
        }
        done
    }
}

/// What a provider makes of a request that it has had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// It does it again.
    Count,
    /// It changes nothing more, as the action is declared idempotent.
    ChangeNothing,
    /// It knows the request by a key.
    AreKnown,
}

impl Repeats {
    fn change_nothing(self, creates: bool) -> bool {
        match self {
            Self::Count => false,
            Self::ChangeNothing => !creates,
            Self::AreKnown => true,
        }
    }

    fn fault(self, request: &str) -> String {
        match self {
            Self::Count => format!("the provider did it twice: {request}"),
            Self::ChangeNothing | Self::AreKnown => {
                format!(
                    "is declared idempotent, but a repeated call makes something new: {request}"
                )
            }
        }
    }
}
