//! No secret shows in an error, a plan or a recording, even if the provider repeats it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};

use crate::action::{Action, ActionDefinition};
use crate::auth::{Auth, Credential, Scheme, SchemeKind};
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;
use crate::secret::{Redactor, Secret};
use crate::testing::Canned;
use crate::testing::Report;
use crate::testing::cassette_call::{call, context};
use crate::transport::{Plan, Record, Response};

/// Has every kind of character that encodings change and headers take.
const SECRET: &str = "s3cr3t-\"tok/en\"+with=odd&chars%<\\>";

fn credential(auth: &Auth) -> Credential {
    match auth.scheme {
        Scheme::None => Credential::None,
        Scheme::ApiKey(_) | Scheme::BearerToken { .. } | Scheme::OAuth2(_) => {
            Credential::token(SECRET)
        }
        Scheme::Basic => Credential::Basic {
            username: "somebody".to_owned(),
            password: SECRET.into(),
        },
        Scheme::Custom(fields) => Credential::Custom {
            fields: fields
                .iter()
                .map(|field| (field.name.to_owned(), Secret::new(SECRET)))
                .collect(),
        },
    }
}

/// Credentials of all schemes. What finds their values serves all actions, as making it takes longer than
/// a call.
pub(super) struct Planted {
    search: Redactor,
    credentials: Vec<PlantedCredential>,
}

struct PlantedCredential {
    /// The place of its scheme.
    place: usize,
    kind: SchemeKind,
    credential: Credential,
    /// Finds every value, as recordings need it.
    values: Redactor,
    /// Finds what is secret, as a context makes it of the credential.
    secrets: Redactor,
}

impl Planted {
    pub(super) fn new(connector: &ConnectorDefinition) -> Self {
        let schemes = connector.auth();
        // Without a credential, text that the provider repeats is not secret.
        let has_secret = |(_, auth): &(usize, &Auth<'_>)| !matches!(auth.scheme, Scheme::None);
        let credentials = schemes.iter().enumerate().filter(has_secret);
        let credentials = credentials.map(|(place, auth)| {
            let credential = credential(auth);
            PlantedCredential {
                place,
                kind: auth.kind(),
                values: credential.redactor(),
                secrets: credential.redactor_under(schemes),
                credential,
            }
        });
        Self {
            search: Redactor::new([&Secret::new(SECRET)]),
            credentials: credentials.collect(),
        }
    }
}

pub(super) async fn check(
    connector: &'static ConnectorDefinition,
    action: &ActionDefinition,
    cassette: &Cassette,
    planted: &Planted,
    report: &mut Report,
) {
    let is_refused = |place: &usize| {
        let places = action.schemes().filter(|places| !places.is_empty());
        places.is_some_and(|places| !places.contains(place))
    };
    for PlantedCredential {
        place,
        kind,
        credential,
        values,
        secrets,
    } in &planted.credentials
    {
        if is_refused(place) {
            continue;
        }
        let mut look = |place: &str, text: &str| {
            if planted.search.finds_in(text) {
                report.find(
                    Some(action.name()),
                    "secret",
                    format!("the {kind} credential shows in {place}"),
                );
            }
        };
        for status in [200, 400, 401, 403, 422, 500] {
            let repeat = repeating(status);
            let recorder = Arc::new(Record::new(repeat, values.clone()));
            let cx = context(connector, cassette, recorder.clone())
                .credential(credential.clone())
                .redactor(secrets.clone())
                .capture_raw(true)
                .build();
            look("the context's debug text", &format!("{cx:?}"));
            if let Err(error) = call(action, &cx, cassette).await {
                look("an error's text", &error.to_string());
                look("an error's debug text", &format!("{error:?}"));
                look(
                    "an error's JSON",
                    &serde_json::to_string(&error).unwrap_or_default(),
                );
            }
            look(
                "a recording",
                &serde_json::to_string(&recorder.exchanges()).unwrap_or_default(),
            );
        }
        let plan = Arc::new(Plan::new());
        let cx = context(connector, cassette, plan.clone())
            .credential(credential.clone())
            .redactor(secrets.clone())
            .build();
        // The call ends with the note that nothing was sent.
        drop(call(action, &cx, cassette).await);
        look("a plan", &format!("{:?}", plan.requests()));
        look(
            "a plan's JSON",
            &serde_json::to_string(&plan.requests()).unwrap_or_default(),
        );
        if plan.requests().is_empty() {
            report.find(Some(action.name()), "plan", "plans no request");
        }
    }
}

/// Answers with the secret in the body, in several forms.
fn repeating(status: u16) -> Canned {
    Canned::new(move |_| {
        let encoded: Vec<_> = (0..3)
            .map(|offset| STANDARD.encode(format!("{}{SECRET}", "x".repeat(offset))))
            .collect();
        let body = serde_json::json!({
            "message": format!("no access with {SECRET}"),
            "errors": [{ "message": encoded.join(" ") }],
        });
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        Ok(Response::new(status, headers, body.to_string()))
    })
}
