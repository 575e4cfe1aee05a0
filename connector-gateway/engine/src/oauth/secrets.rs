//! Random texts that bind an answer to the request that asked for it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use zeroize::Zeroizing;

/// Returns 32 random bytes in base64url: 43 characters, which is the least that a verifier has.
fn random() -> Result<Secret, ActionError> {
    let mut bytes = Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(|_| {
        ActionError::new(ErrorCode::InternalError, "the system has no random numbers")
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_slice()).into())
}

/// The two halves of PKCE (RFC 7636, S256).
#[derive(Clone, Debug)]
pub(crate) struct Pkce {
    /// Sent with the code.
    pub(crate) verifier: Secret,
    /// Sent with the authorization request.
    pub(crate) challenge: String,
}

impl Pkce {
    /// Makes the verifier of what only a browser has, so that nobody has to keep it.
    pub(crate) fn of_browser(browser: &[u8], state: &State) -> Self {
        let parts = [b"pkce".as_slice(), browser, state.expose().as_bytes()].concat();
        let parts = Zeroizing::new(parts);
        let verifier = URL_SAFE_NO_PAD.encode(digest(&SHA256, &parts));
        Self::of(verifier.into())
    }

    fn of(verifier: Secret) -> Self {
        let hash = digest(&SHA256, verifier.expose().as_bytes());
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
        random().map(Self)
    }

    /// Takes the state that a browser came back with.
    pub(crate) fn received(text: &str) -> Self {
        Self(Secret::new(text))
    }

    /// Returns the text that the provider sends back.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns what is stored of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Self::hash_of(self.expose())
    }

    /// Returns what would be stored of a text that came back.
    pub(crate) fn hash_of(text: &str) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        hash
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
