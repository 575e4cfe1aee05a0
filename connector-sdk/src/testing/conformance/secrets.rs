//! No secret shows in an error, a plan or a recording, even if the provider repeats it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};

use crate::action::{Action, ActionDefinition};
use crate::auth::{Auth, Credential, Scheme};
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

pub(super) async fn check(
    connector: &'static ConnectorDefinition,
    action: &ActionDefinition,
    cassette: &Cassette,
    report: &mut Report,
) {
    for auth in connector.auth() {
        if matches!(auth.scheme, Scheme::None) {
            // Without a credential, text that the provider repeats is not secret.
            continue;
        }
        let credential = credential(auth);
        let search = Redactor::new([&Secret::new(SECRET)]);
        let mut look = |place: &str, text: &str| {
            if search.finds_in(text) {
                report.find(
                    Some(action.name()),
                    "secret",
                    format!("the {} credential shows in {place}", auth.kind()),
                );
            }
        };
        for status in [200, 400, 401, 403, 422, 500] {
            let repeat = repeating(status);
            let recorder = Arc::new(Record::new(repeat, credential.redactor()));
            let cx = context(connector, cassette, recorder.clone())
                .credential(credential.clone())
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
