//! Tokens that prove that this gateway made a form, for this browser and this request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use plugwright_engine::connect::{Browser, sha256};

pub(crate) fn token(browser: &Browser, request: Uuid) -> String {
    let parts = [&b"csrf"[..], browser.as_bytes(), request.as_bytes()];
    URL_SAFE_NO_PAD.encode(sha256(&parts))
}

pub(crate) fn is_valid(browser: &Browser, request: Uuid, given: &str) -> bool {
    let expected = token(browser, request);
    expected.as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_one_browser_and_one_request() {
        let (browser, other) = (Browser::new().unwrap(), Browser::new().unwrap());
        let (request, another) = (Uuid::new_v4(), Uuid::new_v4());
        let token = token(&browser, request);
        assert!(is_valid(&browser, request, &token));
        assert!(!is_valid(&other, request, &token));
        assert!(!is_valid(&browser, another, &token));
        for wrong in ["", "A", &token[1..], &format!("{token}A")] {
            assert!(!is_valid(&browser, request, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_token_tells_nothing_that_is_stored() {
        let browser = Browser::new().unwrap();
        let token = token(&browser, Uuid::new_v4());
        assert_ne!(URL_SAFE_NO_PAD.decode(token).unwrap(), browser.hash());
    }
}
