//! Random values that bind a callback to its request.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::{ActionError, Secret};

use crate::random::{self, sha256};

/// A verifier and its challenge (RFC 7636, S256).
#[derive(Clone, Debug)]
pub(crate) struct Pkce {
    /// Sent with the code.
    pub(crate) verifier: Secret,
    /// Sent with the authorization request.
    pub(crate) challenge: String,
}

impl Pkce {
    /// Derives the verifier from the browser's secret, so that it need not be stored.
    pub(crate) fn of_browser(browser: &[u8], state: &State) -> Self {
        let hash = sha256(&[b"pkce", browser, state.expose().as_bytes()]);
        let verifier = URL_SAFE_NO_PAD.encode(hash);
        Self::of(verifier.into())
    }

    fn of(verifier: Secret) -> Self {
        let hash = sha256(&[verifier.expose().as_bytes()]);
        Self {
            challenge: URL_SAFE_NO_PAD.encode(hash),
            verifier,
        }
    }
}

/// The state of an authorization request.
#[derive(Clone, Debug)]
pub(crate) struct State(Secret);

impl State {
    pub(crate) fn new() -> Result<Self, ActionError> {
        random::text().map(Self)
    }

    /// Wraps the state of a callback.
    pub(crate) fn received(text: &str) -> Self {
        Self(Secret::new(text))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Self::hash_of(self.expose())
    }

    /// Returns the hash of a received state.
    pub(crate) fn hash_of(text: &str) -> [u8; 32] {
        sha256(&[text.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let pkce = Pkce::of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        assert_eq!(
            pkce.challenge,
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn each_is_new_long_enough_and_not_shown() {
        let pkce = |browser| Pkce::of_browser(browser, &State::received("s"));
        let (one, other) = (pkce(b"one"), pkce(b"other"));
        assert_ne!(one.verifier.expose(), other.verifier.expose());
        assert_eq!(one.verifier.expose().len(), 43);
        assert!(!format!("{one:?}").contains(one.verifier.expose()));
        let (one, other) = (State::new().unwrap(), State::new().unwrap());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.hash(), State::hash_of(one.expose()));
        assert!(!format!("{one:?}").contains(one.expose()));
    }
}
