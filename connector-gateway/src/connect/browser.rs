//! The cookie by which a browser is known again: what one browser began, no other one ends.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::{ActionError, ErrorCode};
use zeroize::Zeroizing;

const NAME: &str = "plugwright_connect";

/// The length of 32 bytes in base64url.
const LENGTH: usize = 43;

/// What a browser proves itself with. A browser that has one keeps it, so that pages in several
/// tabs work.
pub(crate) struct Browser(Zeroizing<String>);

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Browser([redacted])")
    }
}

impl Browser {
    /// Makes the cookie of a new browser.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub(crate) fn new() -> Result<Self, ActionError> {
        let mut bytes = Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(|_| {
            ActionError::new(ErrorCode::InternalError, "the system has no random numbers")
        })?;
        Ok(Self(Zeroizing::new(
            URL_SAFE_NO_PAD.encode(bytes.as_slice()),
        )))
    }

    /// Returns the browser that sent a request, if it has a cookie of the right form. Of two
    /// different ones, neither counts: somebody else may have set one.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == NAME)
            .map(|(_, value)| value);
        let value = values.next()?;
        if values.any(|other| other != value) || value.len() != LENGTH {
            return None;
        }
        URL_SAFE_NO_PAD.decode(value).ok()?;
        Some(Self(Zeroizing::new(value.to_owned())))
    }

    /// Returns what is stored of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        sha256(&[b"browser", self.0.as_bytes()])
    }

    /// Tells whether this is the browser of a stored hash.
    pub(crate) fn is(&self, hash: &[u8; 32]) -> bool {
        verify_slices_are_equal(&self.hash(), hash).is_ok()
    }

    /// Returns the `Set-Cookie` header. `is_https` is how browsers reach the gateway.
    pub(crate) fn set(&self, is_https: bool) -> Option<HeaderValue> {
        let secure = if is_https { "; Secure" } else { "" };
        let text = format!(
            "{NAME}={}; Path=/; HttpOnly; SameSite=Lax{secure}",
            self.0.as_str()
        );
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Hashes parts one after the other. All but the last have a length of their own.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &parts.concat()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (COOKIE, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    fn text(browser: &Browser) -> String {
        browser.0.to_string()
    }

    #[test]
    fn knows_a_browser_again() {
        let browser = Browser::new().unwrap();
        let sent = format!("theme=dark; {NAME}={}; other=1", text(&browser));
        let known = Browser::of(&headers(&[&sent])).unwrap();
        assert!(known.is(&browser.hash()));
        assert!(!Browser::new().unwrap().is(&browser.hash()));
    }

    #[test]
    fn a_cookie_is_for_http_alone_and_for_https_where_there_is_https() {
        let browser = Browser::new().unwrap();
        let set = browser.set(true).unwrap();
        assert!(set.is_sensitive());
        assert_eq!(
            set.to_str().unwrap(),
            format!(
                "{NAME}={}; Path=/; HttpOnly; SameSite=Lax; Secure",
                text(&browser)
            )
        );
        let set = browser.set(false).unwrap();
        assert!(!set.to_str().unwrap().contains("Secure"));
        assert!(!format!("{browser:?}").contains(&text(&browser)));
    }

    #[test]
    fn takes_no_cookie_of_another_form_and_none_of_two() {
        let (one, two) = (Browser::new().unwrap(), Browser::new().unwrap());
        let (one, two) = (text(&one), text(&two));
        for sent in [
            &["theme=dark".to_owned()][..],
            &[format!("{NAME}=")],
            &[format!("{NAME}=short")],
            &[format!("{NAME}={}", "!".repeat(LENGTH))],
            &[format!("{NAME}={one}; {NAME}={two}")],
            &[format!("{NAME}={one}"), format!("{NAME}={two}")],
        ] {
            let sent: Vec<_> = sent.iter().map(String::as_str).collect();
            assert!(Browser::of(&headers(&sent)).is_none(), "{sent:?}");
        }
        let twice = format!("{NAME}={one}; {NAME}={one}");
        assert!(Browser::of(&headers(&[&twice])).is_some());
    }
}
