//! The routes of the pages: who may see one, how a form is read, and where a browser goes next.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, Auth, ErrorCode, Secret};
use url::form_urlencoded;
use uuid::Uuid;

use super::end::{End, EndPage};
use super::fields::{self, Field};
use super::pages::{ConnectorView, FormPage, RedirectPage, RequestView, ScopeView, Site, ways};
use super::paths::{self, CALLBACK, OWN_CALLBACK};
use super::{assets, cookie, csrf, headers};
use crate::body::{BodyError, Kind};
use crate::erased::erase;
use crate::gateway::Gateway;
use crate::own;
use plugwright_engine::Principal;
use plugwright_engine::connect::{
    Browser, Callback, Connect, EndedRequest, FormResult, Standing, code, is_without_a_person,
};
use plugwright_store::{ConnectionRequest, Project, RequestError};

/// Returns the routes of the pages and of the OAuth callback.
pub(crate) fn router(gateway: Gateway) -> Router {
    let pages = Router::new()
        .route("/connect/{request}", get(erase(entry)).post(erase(submit)))
        .route("/connect/{request}/cancel", post(erase(cancel)))
        .route(CALLBACK, get(erase(callback)))
        .route(OWN_CALLBACK, get(erase(callback)))
        .with_state(gateway);
    headers::protected(pages).merge(assets::router())
}

/// Values by name; the first of several counts.
struct FormValues(BTreeMap<String, String>);

impl FormValues {
    async fn of_form(
        gateway: &Gateway,
        asked: &ConnectionRequest,
        request: Request,
    ) -> Result<Self, ErrorPage> {
        let bodies = &gateway.inner().bodies;
        let creator = Arc::new(Principal::behind(asked));
        let read = async {
            let body = bodies
                .read(request.into_body(), Kind::Small, &creator)
                .await?;
            let text = body.bytes();
            bodies.check_pairs(text).map_err(BodyError::Pairs)?;
            Ok(Self::read(text))
        };
        let read: Result<_, BodyError> = read.await;
        read.map_err(|error| ErrorPage::from(own::error(&error.into_error())))
    }

    fn read(text: &[u8]) -> Self {
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text) {
            values
                .entry(name.into_owned())
                .or_insert_with(|| value.into_owned());
        }
        Self(values)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }
}

struct OpenRequest<'a> {
    connect: Connect<'a>,
    request: ConnectionRequest,
    connector: &'a Connector,
    project: Option<Project>,
    ways: Vec<&'a Auth<'a>>,
}

/// The page of a request that can't be served. Boxed, as errors are to be small.
struct ErrorPage(Box<Response>);

impl From<Response> for ErrorPage {
    fn from(page: Response) -> Self {
        Self(Box::new(page))
    }
}

impl IntoResponse for ErrorPage {
    fn into_response(self) -> Response {
        *self.0
    }
}

async fn entry(
    State(gateway): State<Gateway>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ErrorPage> {
    let open = OpenRequest::find(&gateway, &id).await?;
    let query = FormValues::read(query.unwrap_or_default().as_bytes());
    let (browser, is_new) = match cookie::read(&headers) {
        Some(browser) => (browser, false),
        None => (Browser::new().map_err(|error| open.failed(&error))?, true),
    };
    let auth = open.way(query.get("scheme"))?;
    let mut response = open.page(&browser, auth, None, None).await?;
    if is_new && let Some(cookie) = cookie::set(&browser, open.connect.is_https()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn submit(
    State(gateway): State<Gateway>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ErrorPage> {
    let open = OpenRequest::find(&gateway, &id).await?;
    let (browser, form) = open.form(&gateway, &headers, request).await?;
    let auth = open.way(form.get("scheme"))?;
    let entered = match fields::read(open.connector, open.base_url(), auth, &form.0) {
        Ok(entered) => entered,
        Err(fields) => return open.page(&browser, auth, Some(fields), None).await,
    };
    if matches!(auth.scheme, Scheme::OAuth2(_)) {
        return open.authorize(&browser, entered.settings).await;
    }
    let submitted = open
        .connect
        .submit(
            open.request.clone(),
            auth.kind(),
            entered.credential,
            entered.settings,
        )
        .await
        .map_err(|error| open.failed(&error))?;
    match submitted {
        FormResult::Ended(ended) => Ok(open.end_page(&ended)),
        FormResult::Refused(error) => {
            let again = fields::again(open.connector, open.base_url(), auth, &form.0);
            let problem = Some(error.message());
            open.page(&browser, auth, Some(again), problem).await
        }
    }
}

async fn cancel(
    State(gateway): State<Gateway>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ErrorPage> {
    let open = OpenRequest::find(&gateway, &id).await?;
    open.form(&gateway, &headers, request).await?;
    let ended = open.connect.cancel(open.request.clone()).await;
    let ended = ended.map_err(|error| open.failed(&error))?;
    Ok(open.end_page(&ended))
}

async fn callback(
    State(gateway): State<Gateway>,
    connector: Option<Path<String>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ErrorPage> {
    let connect = gateway.connect().map_err(|error| failed(None, &error))?;
    let site = site_of(&connect);
    let browser = cookie::read(&headers).ok_or_else(|| stop(site, End::WrongBrowser))?;
    let query = FormValues::read(query.unwrap_or_default().as_bytes());
    let text = |name: &str| query.get(name).map(str::to_owned);
    let callback = Callback {
        state: text("state"),
        code: query.get("code").map(Secret::new),
        error: text("error"),
        error_description: text("error_description"),
        // An empty one is not that of the server either.
        issuer: query.0.get("iss").cloned(),
    };
    let below = connector.as_ref().map(|Path(name)| name.as_str());
    let ended = connect
        .callback(CALLBACK, below, callback, &browser)
        .await
        .map_err(|error| failed(Some(&connect), &error))?;
    let ended = ended.ok_or_else(|| stop(site, End::Used))?;
    let open = OpenRequest::of(connect, ended.request.clone()).await?;
    Ok(match paths::back(&ended) {
        Some(back) => (StatusCode::SEE_OTHER, [(LOCATION, back.as_str())]).into_response(),
        None => open.end_page(&ended),
    })
}

/// Returns the page of an end when nothing else is known.
fn stop(site: Site<'_>, end: End<'_>) -> ErrorPage {
    ErrorPage::from(EndPage::new(site, end).response())
}

fn site_of<'a>(connect: &Connect<'a>) -> Site<'a> {
    Site {
        base: connect.base_path(),
    }
}

fn failed(connect: Option<&Connect<'_>>, error: &ActionError) -> ErrorPage {
    let end = if error.code() == ErrorCode::ProviderNotConfigured {
        tracing::warn!(%error, "an account can't be connected");
        End::NotConfigured
    } else {
        tracing::error!(%error, "an account could not be connected");
        End::Failed
    };
    stop(connect.map_or(Site { base: "" }, site_of), end)
}

impl<'a> OpenRequest<'a> {
    async fn find(gateway: &'a Gateway, id: &str) -> Result<Self, ErrorPage> {
        let connect = gateway.connect().map_err(|error| failed(None, &error))?;
        let site = site_of(&connect);
        let found = match Uuid::try_parse(id) {
            Ok(id) => connect.request(id).await,
            Err(_) => Ok(None),
        };
        let request = found
            .map_err(|error| failed(Some(&connect), &error))?
            .ok_or_else(|| stop(site, End::Unknown))?;
        let is_withdrawn = |error: &RequestError| error.code == code::WITHDRAWN;
        let end = match connect.standing(&request) {
            Standing::Initiated => {
                let entitled = connect.is_entitled(&request).await;
                if entitled.map_err(|error| failed(Some(&connect), &error))? {
                    return Self::of(connect, request).await;
                }
                End::Withdrawn
            }
            Standing::Failed if request.error.as_ref().is_some_and(is_withdrawn) => End::Withdrawn,
            Standing::Expired => End::Expired,
            Standing::Connected | Standing::Failed => End::Used,
        };
        Err(stop(site, end))
    }

    async fn of(connect: Connect<'a>, request: ConnectionRequest) -> Result<Self, ErrorPage> {
        let parts = async {
            let connector = connect.connector(&request.connector)?;
            let project = connect.project(&request).await?;
            let mut ways = connect
                .ways(connector, request.details.provider_config)
                .await?;
            ways.retain(|auth| !is_without_a_person(auth));
            Ok((connector, project, ways))
        };
        let (connector, project, ways) = parts
            .await
            .map_err(|error: ActionError| failed(Some(&connect), &error))?;
        Ok(Self {
            connect,
            request,
            connector,
            project,
            ways,
        })
    }

    fn failed(&self, error: &ActionError) -> ErrorPage {
        failed(Some(&self.connect), error)
    }

    fn asking(&self) -> Option<&str> {
        let project = self.project.as_ref();
        project.map(|project| project.display_name.as_str())
    }

    fn again(&self) -> String {
        format!(
            "{}{}",
            self.connect.base_path(),
            paths::path(self.request.id)
        )
    }

    /// Returns the requested way to connect, or the first.
    fn way(&self, kind: Option<&str>) -> Result<&'a Auth<'a>, ErrorPage> {
        let found = match kind {
            Some(kind) => self.ways.iter().find(|auth| auth.kind().as_str() == kind),
            None => self.ways.first(),
        };
        found.copied().ok_or_else(|| self.stop(End::Unknown))
    }

    fn stop(&self, end: End<'_>) -> ErrorPage {
        let again = self.again();
        let page = EndPage {
            connector: Some(self.connector.display_name()),
            asking: self.asking(),
            again: Some(&again),
            ..EndPage::new(site_of(&self.connect), end)
        };
        ErrorPage::from(page.response())
    }

    /// Reads a form, but only of a browser with the cookie. Returns it with the browser that it was
    /// made for.
    async fn form(
        &self,
        gateway: &Gateway,
        headers: &HeaderMap,
        request: Request,
    ) -> Result<(Browser, FormValues), ErrorPage> {
        let browser = cookie::read(headers).ok_or_else(|| self.stop(End::WrongBrowser))?;
        let form = FormValues::of_form(gateway, &self.request, request).await?;
        let token = form.get("csrf").unwrap_or_default();
        if csrf::is_valid(&browser, self.request.id, token) {
            Ok((browser, form))
        } else {
            Err(self.stop(End::StaleForm))
        }
    }

    fn base_url(&self) -> &str {
        self.connect.base_url(self.connector)
    }

    async fn page(
        &self,
        browser: &Browser,
        auth: &Auth<'_>,
        fields: Option<Vec<Field>>,
        problem: Option<&str>,
    ) -> Result<Response, ErrorPage> {
        let site = site_of(&self.connect);
        let here = self.again();
        let request = RequestView {
            asking: self.asking(),
            connector: ConnectorView::of(self.connector),
            ways: ways(
                self.connector.display_name(),
                self.ways.iter().copied(),
                &here,
                auth.kind(),
            ),
            action: here.clone(),
            cancel: format!("{here}/cancel"),
            csrf: csrf::token(browser, self.request.id),
            minutes_left: Some(self.connect.minutes_left(&self.request)),
        };
        let fields = fields.unwrap_or_else(|| {
            fields::again(
                self.connector,
                self.base_url(),
                auth,
                &fields::known(&self.request.details.settings),
            )
        });
        let requested = match &auth.scheme {
            Scheme::OAuth2(oauth2) => {
                let names = self.connect.scopes(oauth2, &self.request).await;
                Some((oauth2, names.map_err(|error| self.failed(&error))?))
            }
            _ => None,
        };
        let scopes = requested.as_ref().map(|(oauth2, names)| {
            let scopes = names.iter().map(|name| ScopeView {
                name,
                description: oauth2
                    .scopes
                    .iter()
                    .find(|scope| scope.name == name)
                    .map_or("", |scope| scope.description),
            });
            scopes.collect::<Vec<_>>()
        });
        let page = FormPage {
            site,
            request,
            scheme: auth.kind().as_str(),
            scopes: scopes.as_deref(),
            fields: &fields,
            problem,
        };
        Ok(page.response())
    }

    async fn authorize(
        &self,
        browser: &Browser,
        settings: BTreeMap<String, String>,
    ) -> Result<Response, ErrorPage> {
        let mut request = self.request.clone();
        request.details.settings = settings;
        let url = match self.connect.authorize(&request, browser, CALLBACK).await {
            Ok(url) => url,
            Err(error) if error.code() == ErrorCode::Conflict => return Err(self.stop(End::Used)),
            Err(error) => return Err(self.failed(&error)),
        };
        let page = RedirectPage {
            site: site_of(&self.connect),
            name: self.connector.display_name(),
            url: &url,
        };
        Ok(page.response())
    }

    /// Returns the page of the result. A form gets it even if the browser is to return elsewhere: its
    /// response must not redirect to another site.
    fn end_page(&self, ended: &EndedRequest) -> Response {
        let back = paths::back(ended);
        let end = match &ended.result {
            Ok(connection) => End::Connected {
                account: connection
                    .account
                    .as_ref()
                    .map(|account| account.label.as_str()),
            },
            Err(error) => match (error.code.as_str(), &error.provider_code) {
                (_, Some(code)) => End::refused(code),
                (code::DENIED, None) => End::Denied,
                (code::CANCELLED, None) => End::Cancelled,
                (code::NOT_CONFIGURED, None) => End::NotConfigured,
                (code::FAILED, None) => End::Failed,
                (code::EXPIRED, None) => End::Expired,
                (code::WITHDRAWN, None) => End::Withdrawn,
                (code::ACCOUNT, None) => End::OtherAccount,
                (code::ALIAS, None) => End::NameTaken,
                (code, None) => End::ProviderError { code },
            },
        };
        let page = EndPage {
            connector: Some(self.connector.display_name()),
            asking: self.asking(),
            back: back.as_ref().map(url::Url::as_str),
            ..EndPage::new(site_of(&self.connect), end)
        };
        page.response()
    }
}
