//! The routes of the pages: who may see one, what a form says, and where a browser goes next.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, Auth, ErrorCode, Secret};
use url::form_urlencoded;
use uuid::Uuid;

use super::end::{End, EndPage};
use super::fields::{self, Field};
use super::pages::{
    ConnectorView, ConsentPage, FormPage, GoingOnPage, RequestView, ScopeView, Site, ways,
};
use super::paths::{self, CALLBACK};
use super::{assets, cookie, csrf, headers};
use crate::body::{BodyError, Kind};
use crate::gateway::Gateway;
use crate::own;
use plugwright_engine::connect::{
    Browser, Callback, Connect, EndedRequest, FormResult, Standing, code, is_without_a_person,
};
use plugwright_store::{ConnectionRequest, Project, RequestError};

/// Returns the pages, and the address that providers send browsers back to.
pub(crate) fn router(gateway: Gateway) -> Router {
    let pages = Router::new()
        .route("/connect/{request}", get(entry).post(submit))
        .route("/connect/{request}/cancel", post(cancel))
        .route(CALLBACK, get(callback))
        .with_state(gateway);
    headers::protected(pages).merge(assets::router())
}

/// Values by name; of several the first counts.
struct Values(BTreeMap<String, String>);

impl Values {
    /// Reads the form of a request.
    async fn of_form(gateway: &Gateway, request: Request) -> Result<Self, Stop> {
        let bodies = &gateway.inner().bodies;
        let read = async {
            let body = bodies.read(request.into_body(), Kind::Small).await?;
            let text = body.bytes();
            bodies.check_pairs(text).map_err(BodyError::Pairs)?;
            Ok(Self::read(text))
        };
        let read: Result<_, BodyError> = read.await;
        read.map_err(|error| Stop::from(own::error(&error.into_error())))
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

/// A request that can be finished, with what its pages show.
struct Open<'a> {
    connect: Connect<'a>,
    request: ConnectionRequest,
    connector: &'a Connector,
    project: Option<Project>,
    ways: Vec<&'a Auth<'a>>,
}

/// What cannot go on: the page that says so.
struct Stop(Box<Response>);

impl From<Response> for Stop {
    fn from(page: Response) -> Self {
        Self(Box::new(page))
    }
}

async fn entry(
    State(gateway): State<Gateway>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let page = async {
        let open = Open::find(&gateway, &id).await?;
        let query = Values::read(query.unwrap_or_default().as_bytes());
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
    };
    page.await.unwrap_or_else(|stop: Stop| *stop.0)
}

async fn submit(
    State(gateway): State<Gateway>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let page = async {
        // Who knows of no request that is open, and has no cookie, sends no form either.
        let open = Open::find(&gateway, &id).await?;
        let browser = open.known_browser(&headers)?;
        let form = Values::of_form(&gateway, request).await?;
        open.check_form(&browser, &form)?;
        let auth = open.way(form.get("scheme"))?;
        let entered = match fields::read(open.connector, open.base_url(), auth, &form.0) {
            Ok(entered) => entered,
            Err(fields) => return open.page(&browser, auth, Some(fields), None).await,
        };
        if matches!(auth.scheme, Scheme::OAuth2(_)) {
            return open.go_on(&browser, entered.settings).await;
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
    };
    page.await.unwrap_or_else(|stop: Stop| *stop.0)
}

async fn cancel(
    State(gateway): State<Gateway>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let page = async {
        let open = Open::find(&gateway, &id).await?;
        let browser = open.known_browser(&headers)?;
        let form = Values::of_form(&gateway, request).await?;
        open.check_form(&browser, &form)?;
        let ended = open.connect.cancel(open.request.clone()).await;
        let ended = ended.map_err(|error| open.failed(&error))?;
        Ok(open.end_page(&ended))
    };
    page.await.unwrap_or_else(|stop: Stop| *stop.0)
}

async fn callback(
    State(gateway): State<Gateway>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let page = async {
        let connect = gateway.connect().map_err(|error| failed(None, &error))?;
        let site = site_of(&connect);
        let end = |end| Stop::from(EndPage::new(site, end).response());
        let browser = cookie::read(&headers).ok_or_else(|| end(End::WrongBrowser))?;
        let query = Values::read(query.unwrap_or_default().as_bytes());
        let text = |name: &str| query.get(name).map(str::to_owned);
        let callback = Callback {
            state: text("state"),
            code: query.get("code").map(Secret::new),
            error: text("error"),
            error_description: text("error_description"),
        };
        let ended = connect
            .callback(CALLBACK, callback, &browser)
            .await
            .map_err(|error| failed(Some(&connect), &error))?;
        let ended = ended.ok_or_else(|| end(End::Used))?;
        let open = Open::of(connect, ended.request.clone()).await?;
        Ok(match paths::back(&ended) {
            Some(back) => (StatusCode::SEE_OTHER, [(LOCATION, back.as_str())]).into_response(),
            None => open.end_page(&ended),
        })
    };
    page.await.unwrap_or_else(|stop: Stop| *stop.0)
}

fn site_of<'a>(connect: &Connect<'a>) -> Site<'a> {
    Site {
        base: connect.base_path(),
    }
}

/// Says that the gateway failed, and notes why.
fn failed(connect: Option<&Connect<'_>>, error: &ActionError) -> Stop {
    let end = if error.code() == ErrorCode::ProviderNotConfigured {
        tracing::warn!(%error, "an account can't be connected");
        End::NotConfigured
    } else {
        tracing::error!(%error, "an account could not be connected");
        End::Failed
    };
    let site = connect.map_or(Site { base: "" }, site_of);
    Stop::from(EndPage::new(site, end).response())
}

impl<'a> Open<'a> {
    /// Finds a request that can be finished.
    async fn find(gateway: &'a Gateway, id: &str) -> Result<Self, Stop> {
        let connect = gateway.connect().map_err(|error| failed(None, &error))?;
        let site = site_of(&connect);
        let found = match Uuid::try_parse(id) {
            Ok(id) => connect.request(id).await,
            Err(_) => Ok(None),
        };
        let request = found
            .map_err(|error| failed(Some(&connect), &error))?
            .ok_or_else(|| Stop::from(EndPage::new(site, End::Unknown).response()))?;
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
        Err(Stop::from(EndPage::new(site, end).response()))
    }

    async fn of(connect: Connect<'a>, request: ConnectionRequest) -> Result<Self, Stop> {
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

    fn failed(&self, error: &ActionError) -> Stop {
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

    /// Returns the way of connecting that is asked for, or the first.
    fn way(&self, kind: Option<&str>) -> Result<&'a Auth<'a>, Stop> {
        let found = match kind {
            Some(kind) => self.ways.iter().find(|auth| auth.kind().as_str() == kind),
            None => self.ways.first(),
        };
        found.copied().ok_or_else(|| self.stop(End::Unknown))
    }

    fn stop(&self, end: End<'_>) -> Stop {
        let again = self.again();
        let page = EndPage {
            connector: Some(self.connector.display_name()),
            asking: self.asking(),
            again: Some(&again),
            ..EndPage::new(site_of(&self.connect), end)
        };
        Stop::from(page.response())
    }

    /// Returns the browser that a form comes from, if it has seen a page.
    fn known_browser(&self, headers: &HeaderMap) -> Result<Browser, Stop> {
        cookie::read(headers).ok_or_else(|| self.stop(End::WrongBrowser))
    }

    /// Refuses a form that was not made for the browser that it comes from.
    fn check_form(&self, browser: &Browser, form: &Values) -> Result<(), Stop> {
        let given = form.get("csrf").unwrap_or_default();
        if csrf::is_valid(browser, self.request.id, given) {
            Ok(())
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
    ) -> Result<Response, Stop> {
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
        if let Scheme::OAuth2(oauth2) = &auth.scheme {
            let asked = self
                .connect
                .scopes(oauth2, &self.request)
                .await
                .map_err(|error| self.failed(&error))?;
            let scopes: Vec<_> = asked
                .iter()
                .map(|name| ScopeView {
                    name,
                    description: oauth2
                        .scopes
                        .iter()
                        .find(|scope| scope.name == name)
                        .map_or("", |scope| scope.description),
                })
                .collect();
            let page = ConsentPage {
                site,
                request,
                scopes: &scopes,
                scheme: auth.kind().as_str(),
                fields: &fields,
                problem,
            };
            return Ok(page.response());
        }
        let page = FormPage {
            site,
            request,
            scheme: auth.kind().as_str(),
            fields: &fields,
            problem,
        };
        Ok(page.response())
    }

    async fn go_on(
        &self,
        browser: &Browser,
        settings: BTreeMap<String, String>,
    ) -> Result<Response, Stop> {
        let mut request = self.request.clone();
        request.details.settings = settings;
        let url = match self.connect.authorize(&request, browser, CALLBACK).await {
            Ok(url) => url,
            Err(error) if error.code() == ErrorCode::Conflict => return Err(self.stop(End::Used)),
            Err(error) => return Err(self.failed(&error)),
        };
        let page = GoingOnPage {
            site: site_of(&self.connect),
            name: self.connector.display_name(),
            url: &url,
        };
        Ok(page.response())
    }

    /// Says how it ended. A form is answered with this page even if the browser is to go back: its
    /// answer may not lead to another site.
    fn end_page(&self, ended: &EndedRequest) -> Response {
        let back = paths::back(ended);
        let end = match &ended.result {
            Ok(connection) => End::Connected {
                account: connection
                    .account
                    .as_ref()
                    .map(|account| account.label.as_str()),
            },
            Err(error) => match error.code.as_str() {
                code::DENIED => End::Denied,
                code::CANCELLED => End::Cancelled,
                code::NOT_CONFIGURED => End::NotConfigured,
                code::FAILED => End::Failed,
                code::EXPIRED => End::Expired,
                code::WITHDRAWN => End::Withdrawn,
                other => End::ProviderError { code: other },
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
