//! The pages that lead to a provider or through a form, as functions of plain structs.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::auth::{Scheme, SchemeKind};
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, Auth, ErrorCode};
use url::Url;

pub(crate) use super::assets::Site;
use super::fields::Field;
use crate::own;

/// A connector, as people know it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectorView<'a> {
    /// Name, as it stands in ids and URLs.
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) homepage: Option<&'a str>,
}

impl<'a> ConnectorView<'a> {
    pub(crate) fn of(definition: &'a Connector) -> Self {
        Self {
            id: definition.name(),
            name: definition.display_name(),
            homepage: definition.homepage_url(),
        }
    }

    /// Returns the home page, if it is a web page.
    fn homepage_link(&self) -> Option<Link> {
        let url = Url::parse(self.homepage?).ok()?;
        let text = url.host_str()?.trim_start_matches("www.").to_owned();
        matches!(url.scheme(), "https" | "http").then(|| Link {
            url: url.into(),
            text,
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ScopeView<'a> {
    pub(crate) name: &'a str,
    /// What it allows, for people.
    pub(crate) description: &'a str,
}

#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// What people call it ("Personal access token").
    pub(crate) label: String,
    /// The page for it, such as `?scheme=api_key`.
    pub(crate) href: String,
    /// Whether this is its page.
    pub(crate) is_current: bool,
}

/// Returns the ways to connect, on the page of the scheme of kind `current`.
pub(crate) fn ways<'a>(
    name: &str,
    schemes: impl IntoIterator<Item = &'a Auth<'a>>,
    here: &str,
    current: SchemeKind,
) -> Vec<Way> {
    let way = |auth: &Auth<'_>| Way {
        label: match auth.scheme {
            Scheme::OAuth2(_) => format!("Sign in at {name}"),
            _ => auth.label.to_owned(),
        },
        href: format!("{here}?scheme={}", auth.kind()),
        is_current: auth.kind() == current,
    };
    schemes.into_iter().map(way).collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) url: String,
    pub(crate) text: String,
}

/// A request, as every page shows it.
#[derive(Clone, Debug)]
pub(crate) struct RequestView<'a> {
    /// The display name of the project that asks; `None` for accounts of the caller's own.
    pub(crate) asking: Option<&'a str>,
    pub(crate) connector: ConnectorView<'a>,
    /// The ways of connecting; shown if there are at least two.
    pub(crate) ways: Vec<Way>,
    /// Where the form goes.
    pub(crate) action: String,
    /// Where the form to cancel goes.
    pub(crate) cancel: String,
    /// The token of both forms.
    pub(crate) csrf: String,
    /// How long the request stays open.
    pub(crate) minutes_left: Option<u64>,
}

impl RequestView<'_> {
    fn title(&self) -> String {
        let name = self.connector.name;
        match self.asking {
            Some(asking) => format!("{asking} wants to connect to your {name} account"),
            None => format!("Connect your {name} account"),
        }
    }

    fn asking_initial(&self) -> String {
        initial(self.asking.unwrap_or("Plugwright"))
    }
}

/// The page on which a person enters a credential, or continues to the provider.
#[derive(Template)]
#[template(path = "connect/form.html")]
pub(crate) struct FormPage<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) request: RequestView<'a>,
    /// The kind of the scheme, which the form sends back as `scheme`.
    pub(crate) scheme: &'a str,
    /// What the provider will be asked to allow, with OAuth 2.
    pub(crate) scopes: Option<&'a [ScopeView<'a>]>,
    /// What is entered, with what is wrong with it.
    pub(crate) fields: &'a [Field],
    /// What is wrong with all of it, such as that the provider refused it.
    pub(crate) problem: Option<&'a str>,
}

impl FormPage<'_> {
    fn has_problems(&self) -> bool {
        self.problem.is_some() || self.fields.iter().any(|field| field.error.is_some())
    }

    pub(crate) fn response(&self) -> Response {
        let status = if self.has_problems() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        respond(status, self)
    }
}

/// The page that continues to the provider by itself.
#[derive(Template)]
#[template(path = "connect/redirect.html")]
pub(crate) struct RedirectPage<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) name: &'a str,
    pub(crate) url: &'a Url,
}

impl RedirectPage<'_> {
    pub(crate) fn response(&self) -> Response {
        respond(StatusCode::OK, self)
    }
}

pub(super) fn respond(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => own::error(
            &ActionError::new(ErrorCode::InternalError, "the page can't be rendered")
                .with_source(error),
        ),
    }
}

/// Returns the letter that stands for a name on a tile.
fn initial(name: &str) -> String {
    let letter = name.chars().find(|character| character.is_alphanumeric());
    letter.map_or_else(
        || "·".to_owned(),
        |letter| letter.to_uppercase().to_string(),
    )
}
