//! Where a browser goes back to, and what the address is told.

use url::Url;

use plugwright_engine::connect::Ended;
use plugwright_store::Owner;

/// Returns the address that a browser goes back to, with how its request ended, if the request
/// names one.
pub(super) fn address(ended: &Ended) -> Option<Url> {
    let request = &ended.request;
    let mut url = Url::parse(request.asked.return_uri.as_deref()?).ok()?;
    {
        let mut query = url.query_pairs_mut();
        match &ended.result {
            Ok(_) => {
                query.append_pair("status", "success");
                query.append_pair("service", &request.connector);
                if let Some(config) = request.asked.provider_config {
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
