//! Token and revocation requests.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use plugwright_egress::{Asker, EgressCall};
use plugwright_sdk::auth::{ClientAuthentication, RequestFormat, RevocationRequest, TokenAnswer};
use plugwright_sdk::host::Redactor;
use plugwright_sdk::http::Body;
use plugwright_sdk::transport::{Request, Transport as _, TransportError};
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::response::TokenResponse;
use super::{Grant, OAuthError, Provider};

const CAP: usize = 1024 * 1024;

/// Names and values of a request, some of them secret.
type Parameters<'a> = Vec<(&'a str, &'a str)>;

impl Provider<'_> {
    /// Exchanges an authorization code for tokens. A code can be used once.
    pub(crate) async fn exchange(
        &self,
        code: &Secret,
        verifier: &Secret,
        redirect_uri: &str,
    ) -> Result<Grant, OAuthError> {
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", redirect_uri),
        ];
        if self.scheme.pkce {
            parameters.push(("code_verifier", verifier.expose()));
        }
        self.grant(parameters, &[code, verifier], &self.scheme.token_answer)
            .await
    }

    /// Requests a new access token, with the same scopes if none are named.
    ///
    /// The request is sent once: a refresh token that is used twice may be treated as stolen. If
    /// the response has no refresh token, the old one stays valid.
    pub(crate) async fn refresh(
        &self,
        refresh_token: &Secret,
        scopes: &[&str],
    ) -> Result<Grant, OAuthError> {
        let scopes = scopes.join(self.scheme.scope_separator);
        let mut parameters = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
        ];
        if !scopes.is_empty() {
            parameters.push(("scope", &scopes));
        }
        self.grant(parameters, &[refresh_token], &self.scheme.refresh_answer)
            .await
    }

    /// Requests an access token for the gateway itself.
    pub(crate) async fn client_credentials(&self, scopes: &[&str]) -> Result<Grant, OAuthError> {
        let scopes = scopes.join(self.scheme.scope_separator);
        let mut parameters = vec![("grant_type", "client_credentials")];
        if !scopes.is_empty() {
            parameters.push(("scope", &scopes));
        }
        self.grant(parameters, &[], &self.scheme.token_answer).await
    }

    /// Revokes a connection's tokens. Returns whether the provider has a revocation endpoint.
    pub(crate) async fn revoke(
        &self,
        access_token: &Secret,
        refresh_token: Option<&Secret>,
    ) -> Result<bool, OAuthError> {
        let Some(url) = self.revocation_url()? else {
            return Ok(false);
        };
        let way = self
            .scheme
            .revocation
            .map_or(RevocationRequest::Form, |revocation| revocation.request);
        if way == RevocationRequest::Delete {
            let parameters = vec![("access_token", access_token.expose())];
            return match self.give_back(url, way, parameters, access_token).await {
                // It is gone already.
                Err(OAuthError::Unusable { status: 404, .. }) => Ok(true),
                other => other.map(|()| true),
            };
        }
        // This revokes the access token as well (RFC 7009, section 2.1).
        if let Some(token) = refresh_token {
            let parameters = vec![
                ("token", token.expose()),
                ("token_type_hint", "refresh_token"),
            ];
            match self.give_back(url.clone(), way, parameters, token).await {
                Err(OAuthError::Refused { code, .. }) if code == "unsupported_token_type" => {}
                other => return other.map(|()| true),
            }
        }
        let parameters = vec![
            ("token", access_token.expose()),
            ("token_type_hint", "access_token"),
        ];
        self.give_back(url, way, parameters, access_token)
            .await
            .map(|()| true)
    }

    /// Returns the revocation endpoint. The scheme's own must not receive tokens of another server.
    fn revocation_url(&self) -> Result<Option<Url>, OAuthError> {
        match (&self.endpoints.revocation, &self.endpoints.token) {
            (Some(url), _) => Ok(Some(url.clone())),
            (None, Some(_)) => Ok(None),
            (None, None) => self
                .scheme
                .revocation_url(self.settings, &self.client.id)
                .map_err(OAuthError::Unsent),
        }
    }

    async fn give_back(
        &self,
        url: Url,
        way: RevocationRequest,
        parameters: Parameters<'_>,
        token: &Secret,
    ) -> Result<(), OAuthError> {
        let (method, format, authentication) = match way {
            RevocationRequest::Form => (
                Method::POST,
                RequestFormat::Form,
                self.scheme.client_authentication,
            ),
            RevocationRequest::Json => (
                Method::POST,
                RequestFormat::Json,
                ClientAuthentication::SecretBasic,
            ),
            RevocationRequest::Delete => (
                Method::DELETE,
                RequestFormat::Json,
                ClientAuthentication::SecretBasic,
            ),
        };
        let request = self.request(method, url, format, authentication, parameters)?;
        let response = self.send(request, &[token]).await?;
        response.done(&self.scheme.token_answer)
    }

    async fn grant(
        &self,
        mut parameters: Parameters<'_>,
        secrets: &[&Secret],
        names: &TokenAnswer,
    ) -> Result<Grant, OAuthError> {
        let scheme = self.scheme;
        let url = self.token_endpoint().map_err(OAuthError::Unsent)?;
        parameters.extend(scheme.token_parameters);
        let mut request = self.request(
            Method::POST,
            url,
            scheme.token_request,
            scheme.client_authentication,
            parameters,
        )?;
        for &(name, value) in scheme.token_headers {
            let name = HeaderName::try_from(name).map_err(|_| defect(name))?;
            let value = HeaderValue::try_from(value).map_err(|_| defect(name.as_str()))?;
            request.headers.insert(name, value);
        }
        self.send(request, secrets).await?.grant(scheme, names)
    }

    pub(super) fn token_endpoint(&self) -> Result<Url, ActionError> {
        match &self.endpoints.token {
            Some(url) => Ok(url.clone()),
            None => self.scheme.token_url(self.settings),
        }
    }

    fn redactor(&self, secrets: &[&Secret]) -> Redactor {
        let own = self.client.secret.as_ref();
        // HTTP Basic form-encodes it before base64.
        let encoded = own.map(|own| Secret::new(encoded(own.expose())));
        Redactor::new(secrets.iter().copied().chain(own).chain(&encoded))
    }

    fn request<'s>(
        &'s self,
        method: Method,
        mut url: Url,
        format: RequestFormat,
        authentication: ClientAuthentication,
        mut parameters: Parameters<'s>,
    ) -> Result<Request, OAuthError> {
        url.set_fragment(None);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let id = self.client.id.as_str();
        match (&self.client.secret, authentication) {
            (Some(secret), ClientAuthentication::SecretBasic) => {
                headers.insert(AUTHORIZATION, basic(id, secret)?);
            }
            (Some(secret), ClientAuthentication::SecretPost) => {
                parameters.extend([("client_id", id), ("client_secret", secret.expose())]);
            }
            (_, ClientAuthentication::Public) | (None, _) => parameters.push(("client_id", id)),
        }
        let content_type = match format {
            RequestFormat::Form => "application/x-www-form-urlencoded",
            RequestFormat::Json => "application/json",
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let mut request = Request::new(method, url);
        request.headers = headers;
        request.body = Body::new(content_type, body(format, &parameters)?);
        Ok(request)
    }

    async fn send(
        &self,
        request: Request,
        secrets: &[&Secret],
    ) -> Result<TokenResponse, OAuthError> {
        let transport = self.egress.for_call(EgressCall {
            budget: format!("oauth:{}:{}", self.connector, self.client.id),
            asker: asker(secrets),
            repeatable: false,
            retries: Some(0),
            deadline: self.deadline,
            headers: HeaderMap::new(),
            withheld: Vec::new(),
            on_error: None,
            response_cap: CAP,
        });
        let mut response = transport
            .send(&request)
            .await
            .map_err(|error| unanswered(&error))?;
        let status = response.status;
        let headers = std::mem::take(&mut response.headers);
        let body = match tokio::time::timeout_at(self.deadline, response.read(CAP)).await {
            Ok(Ok(body)) => body,
            // The status is enough.
            _ if !(200..300).contains(&status) => Bytes::new(),
            Ok(Err(TransportError::TooLarge { .. })) => {
                return Err(OAuthError::Unusable {
                    status,
                    problem: "is longer than 1 MiB",
                });
            }
            Ok(Err(TransportError::Undecodable(_) | TransportError::Unreadable(_))) => {
                return Err(OAuthError::Unusable {
                    status,
                    problem: "can't be decompressed",
                });
            }
            Ok(Err(error)) => return Err(unanswered(&error)),
            Err(_) => {
                return Err(OAuthError::Ambiguous {
                    reason: "the response was not complete in time".to_owned(),
                });
            }
        };
        Ok(TokenResponse {
            status,
            headers,
            body,
            sent: self.redactor(secrets),
        })
    }
}

/// Returns who asks: of whom a token or code is, as tenants have the client in common.
fn asker(secrets: &[&Secret]) -> Asker {
    let secrets = secrets.iter().map(|secret| secret.expose());
    let id = Zeroizing::new(secrets.collect::<Vec<_>>().join(" "));
    Asker::alone(&id)
}

const AGENT: &str = concat!("plugwright/", env!("CARGO_PKG_VERSION"));

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Builds HTTP Basic credentials, with form-encoded parts (RFC 6749, section 2.3.1).
fn basic(id: &str, secret: &Secret) -> Result<HeaderValue, OAuthError> {
    let secret = Zeroizing::new(encoded(secret.expose()));
    let pair = Zeroizing::new(format!("{}:{}", encoded(id), *secret));
    let value = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::try_from(value.as_str()).map_err(|_| defect("authorization"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Serializes a body that is zeroized when it is dropped.
fn body(format: RequestFormat, parameters: &Parameters<'_>) -> Result<Bytes, OAuthError> {
    let bytes = match format {
        RequestFormat::Form => form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish()
            .into_bytes(),
        RequestFormat::Json => {
            let members: BTreeMap<_, _> = parameters.iter().copied().collect();
            serde_json::to_vec(&members).map_err(|_| defect("body"))?
        }
    };
    Ok(Bytes::from_owner(Zeroizing::new(bytes)))
}

/// Classifies a request without a response.
fn unanswered(error: &TransportError) -> OAuthError {
    let reason = error.to_string();
    let transient = |retry_after| OAuthError::Transient {
        reason: reason.clone(),
        retry_after,
    };
    let unsent = |code| OAuthError::Unsent(ActionError::new(code, reason.clone()));
    match error {
        TransportError::Unreachable { .. } => transient(None),
        TransportError::RateLimited { retry_after }
        | TransportError::Suspended { retry_after, .. } => transient(Some(*retry_after)),
        TransportError::DestinationRefused(_) => unsent(ErrorCode::DestinationRefused),
        TransportError::Refused(_) => unsent(ErrorCode::PolicyDenied),
        _ => OAuthError::Ambiguous { reason },
    }
}

fn defect(part: &str) -> OAuthError {
    OAuthError::Unsent(ActionError::new(
        ErrorCode::InternalError,
        format!("the connector's `{part}` can't be part of a token request"),
    ))
}
