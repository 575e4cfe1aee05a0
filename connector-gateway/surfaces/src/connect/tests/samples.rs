//! Pages with what they have in practice.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::response::Response;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{Auth, ConnectorDefinition, actions, plain_field, secret_field};
use url::Url;

use super::super::end::{End, EndPage};
use super::super::fields::{Field, fields, read};
use super::super::pages::{
    ConnectorView, FormPage, RedirectPage, RequestView, ScopeView, Site, Way, ways,
};
use plugwright_engine::connect::is_without_a_person;

pub(super) const SITE: Site<'static> = Site { base: "" };

pub(super) static DESK: LazyLock<Connector> = LazyLock::new(|| (&DEFINITION).into());

static DEFINITION: ConnectorDefinition = ConnectorDefinition::new("desk", "Helpdesk", "1.0.0")
    .base_url("https://{site}.helpdesk.example/api")
    .homepage_url("https://www.helpdesk.example/")
    .auth(&[
        Auth::bearer_token("Personal access token"),
        Auth::basic("Name and password"),
        Auth::custom(
            "App key",
            &[
                plain_field("app", "App name"),
                secret_field("key", "App key"),
            ],
        ),
        Auth::oauth2(
            "https://helpdesk.example/authorize",
            "https://helpdesk.example/token",
            &[],
        ),
        Auth::client_credentials("https://helpdesk.example/token", &[]),
    ])
    .actions(actions![]);

const GITHUB: ConnectorView<'static> = ConnectorView {
    id: "github",
    name: "GitHub",
    homepage: Some("https://github.com/"),
};

const SCOPES: &[ScopeView<'static>] = &[
    ScopeView {
        name: "repo",
        description: "Read and change your repositories, public and private",
    },
    ScopeView {
        name: "read:org",
        description: "See the organizations and teams that you are in",
    },
    ScopeView {
        name: "notifications",
        description: "Read your notifications and mark them as read",
    },
];

pub(super) fn request<'a>(
    asking: Option<&'a str>,
    connector: ConnectorView<'a>,
) -> RequestView<'a> {
    RequestView {
        asking,
        connector,
        ways: Vec::new(),
        action: "/sent".to_owned(),
        cancel: "/cancelled".to_owned(),
        csrf: "of-this-form".to_owned(),
        minutes_left: Some(10),
    }
}

pub(super) fn consent() -> Response {
    FormPage {
        site: SITE,
        request: request(Some("Acme"), GITHUB),
        scopes: Some(SCOPES),
        scheme: "oauth2",
        fields: &[],
        problem: None,
    }
    .response()
}

fn own_consent() -> Response {
    FormPage {
        site: SITE,
        request: request(None, GITHUB),
        scopes: Some(&[]),
        scheme: "oauth2",
        fields: &[],
        problem: None,
    }
    .response()
}

fn ways_of_desk(current: SchemeKind) -> Vec<Way> {
    let schemes = DESK.auth().iter().filter(|auth| !is_without_a_person(auth));
    ways(DESK.display_name(), schemes, "", current)
}

fn settings() -> Response {
    let mut request = request(Some("Acme"), ConnectorView::of(&DESK));
    let auth = &DESK.auth()[3];
    request.ways = ways_of_desk(auth.kind());
    let Err(fields) = read(&DESK, DESK.base_url(), auth, &BTreeMap::new()) else {
        panic!("the site is missing");
    };
    FormPage {
        site: SITE,
        request,
        scopes: Some(&SCOPES[2..]),
        scheme: auth.kind().as_str(),
        fields: &fields,
        problem: None,
    }
    .response()
}

pub(super) fn form() -> Response {
    form_of(0, &fields(&DESK, DESK.base_url(), &DESK.auth()[0]), None)
}

pub(super) fn problems() -> Response {
    let mut fields = fields(&DESK, DESK.base_url(), &DESK.auth()[1]);
    for field in &mut fields {
        match field.name.as_str() {
            "setting.site" => {
                "acme.".clone_into(&mut field.value);
                field.error = Some("Site must be a host name or a part of one".to_owned());
            }
            "credential.username" => "ada".clone_into(&mut field.value),
            _ => field.error = Some("Password is missing".to_owned()),
        }
    }
    form_of(1, &fields, None)
}

fn refused() -> Response {
    let fields = fields(&DESK, DESK.base_url(), &DESK.auth()[2]);
    form_of(
        2,
        &fields,
        Some("Helpdesk did not accept these credentials"),
    )
}

fn form_of(current: usize, fields: &[Field], problem: Option<&str>) -> Response {
    let mut request = request(Some("Acme"), ConnectorView::of(&DESK));
    request.ways = ways_of_desk(DESK.auth()[current].kind());
    FormPage {
        site: SITE,
        request,
        scheme: DESK.auth()[current].kind().as_str(),
        scopes: None,
        fields,
        problem,
    }
    .response()
}

pub(super) fn going_on(url: &Url) -> Response {
    RedirectPage {
        site: SITE,
        name: "GitHub",
        url,
    }
    .response()
}

fn end(end: End<'_>, again: Option<&str>, back: Option<&str>) -> Response {
    EndPage {
        site: SITE,
        connector: Some("GitHub"),
        asking: Some("Acme"),
        again,
        back,
        end,
    }
    .response()
}

/// Returns a page by its name.
pub(super) fn page(name: &str) -> Option<Response> {
    let again = Some("/pages/consent");
    let back = Some("https://acme.example/accounts?status=success");
    let account = Some("ada");
    Some(match name {
        "consent" => consent(),
        "own_consent" => own_consent(),
        "settings" => settings(),
        "form" => form(),
        "problems" => problems(),
        "refused" => refused(),
        "connected" => end(End::Connected { account }, None, None),
        "connected_back" => end(End::Connected { account: None }, None, back),
        "denied" => end(End::Denied, again, None),
        "cancelled" => end(End::Cancelled, None, back),
        "provider_error" => end(
            End::ProviderError {
                code: "temporarily_unavailable",
            },
            again,
            None,
        ),
        "misregistered" => end(End::refused("invalid_client"), None, None),
        "other_account" => end(End::OtherAccount, None, None),
        "name_taken" => end(End::NameTaken, None, None),
        "expired" => end(End::Expired, None, None),
        "used" => end(End::Used, None, None),
        "withdrawn" => end(End::Withdrawn, None, None),
        "unknown" => EndPage::new(SITE, End::Unknown).response(),
        "wrong_browser" => end(End::WrongBrowser, None, None),
        "stale_form" => end(End::StaleForm, again, None),
        "not_configured" => end(End::NotConfigured, None, None),
        "failed" => end(End::Failed, again, None),
        _ => return None,
    })
}

/// The names of all pages that stay.
pub(super) const NAMES: [&str; 22] = [
    "consent",
    "own_consent",
    "settings",
    "form",
    "problems",
    "refused",
    "connected",
    "connected_back",
    "denied",
    "cancelled",
    "provider_error",
    "misregistered",
    "other_account",
    "name_taken",
    "expired",
    "used",
    "withdrawn",
    "unknown",
    "wrong_browser",
    "stale_form",
    "not_configured",
    "failed",
];
