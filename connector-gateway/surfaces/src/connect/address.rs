//! Where the pages are.

use plugwright_sdk::ActionError;
use url::Url;
use uuid::Uuid;

use plugwright_engine::connect::Connect;

/// Where providers send browsers back to, below the public URL.
pub(crate) const CALLBACK: &str = "/api/v1/connections/oauth/callback";

/// The addresses of the pages on which people connect accounts.
pub(crate) trait Pages {
    /// Returns the page on which a person finishes a request.
    fn page(&self, request: Uuid) -> Result<Url, ActionError>;

    /// Returns an address below the public URL.
    fn address(&self, path: &str) -> Result<Url, ActionError>;

    /// Tells whether browsers reach the gateway by https.
    fn is_https(&self) -> bool;
}

impl Pages for Connect<'_> {
    fn page(&self, request: Uuid) -> Result<Url, ActionError> {
        self.address(&format!("/connect/{request}"))
    }

    fn address(&self, path: &str) -> Result<Url, ActionError> {
        self.public.below(path)
    }

    fn is_https(&self) -> bool {
        self.public.url.is_some_and(|url| url.scheme() == "https")
    }
}

/// Returns the path of the public URL, without a slash at the end.
pub(super) fn base_path<'a>(connect: &Connect<'a>) -> &'a str {
    let url = connect.public.url;
    url.map_or("", |url| url.path().trim_end_matches('/'))
}
