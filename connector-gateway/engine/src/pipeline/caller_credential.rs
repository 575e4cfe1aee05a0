//! A credential that the caller sends in headers, in place of the connection's.

use http::HeaderMap;
use plugwright_egress::headers::carries_credential;
use plugwright_sdk::auth::CredentialHeaders;
use uuid::Uuid;

use super::claim::Fingerprint;
use super::resolve::Resolved;
use crate::call::{Call, Target};

/// The headers of a call that take the place of its connection's credential.
#[derive(Clone)]
pub(super) struct CallerCredential {
    headers: HeaderMap,
}

impl CallerCredential {
    /// Returns the caller's credential, if there is one. Direct requests have none.
    pub(super) fn of(call: &Call, resolved: &Resolved<'_>) -> Option<Self> {
        if call.options.headers.is_empty() || matches!(call.target, Target::Proxy { .. }) {
            return None;
        }
        let schemes = resolved.connector.auth();
        let headers: HeaderMap = call
            .options
            .headers
            .iter()
            .filter(|(name, _)| carries_credential(name, schemes))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        (!headers.is_empty()).then_some(Self { headers })
    }

    /// Returns what stands for the account: the same for the same headers and settings.
    pub(super) fn account(&self, connection: Option<Uuid>) -> Uuid {
        let mut hash = Fingerprint::new();
        hash.text("credential of a caller");
        hash.text(&connection.map(|id| id.to_string()).unwrap_or_default());
        hash.headers(&self.headers);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finish()[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    pub(super) fn others(call: &Call, resolved: &Resolved<'_>) -> HeaderMap {
        let mut headers = call.options.headers.clone();
        if let Some(own) = Self::of(call, resolved) {
            for name in own.headers.keys() {
                headers.remove(name);
            }
        }
        headers
    }

    pub(super) fn into_headers(self) -> CredentialHeaders {
        CredentialHeaders::new(self.headers)
    }
}
