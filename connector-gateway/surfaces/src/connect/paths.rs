//! Paths of the pages, and the URL that browsers return to.

use plugwright_sdk::ActionError;
use url::Url;
use uuid::Uuid;

use plugwright_engine::connect::{Connect, EndedRequest};
use plugwright_store::Owner;

/// The path of the OAuth callback, below the public URL.
pub(crate) const CALLBACK: &str = "/api/v1/connections/oauth/callback";

/// The path of the OAuth callbacks of connectors that have one of their own.
pub(super) const OWN_CALLBACK: &str = "/api/v1/connections/oauth/callback/{connector}";

/// Returns whether a path is that of a callback.
pub(crate) fn is_callback(path: &str) -> bool {
    let below = path.strip_prefix(CALLBACK);
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

pub(super) fn path(request: Uuid) -> String {
    format!("/connect/{request}")
}

/// Returns the page on which a person finishes a request; `PROVIDER_NOT_CONFIGURED` without a public
/// URL.
pub(crate) fn page(connect: &Connect<'_>, request: Uuid) -> Result<Url, ActionError> {
    connect.address(&path(request))
}

/// Returns the URL that the browser returns to, with the result of the request, if the request has
/// one.
pub(super) fn back(ended: &EndedRequest) -> Option<Url> {
    let request = &ended.request;
    let mut url = Url::parse(request.details.return_uri.as_deref()?).ok()?;
    {
        let mut query = url.query_pairs_mut();
        match &ended.result {
            Ok(_) => {
                query.append_pair("status", "success");
                query.append_pair("service", &request.connector);
                if let Some(config) = request.details.provider_config {
                    query.append_pair("providerConfigId", &config.to_string());
                }
                if let Owner::User { user, .. } = &request.owner {
                    query.append_pair("externalUserId", user);
                }
                query.append_pair("connectedAccountId", &request.connection.to_string());
            }
            Err(error) => {
                query.append_pair("status", "error");
                query.append_pair("code", &error.code);
                query.append_pair("message", &error.message);
            }
        }
    }
    Some(url)
}
