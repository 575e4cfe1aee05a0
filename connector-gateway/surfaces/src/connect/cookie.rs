//! The cookie that identifies a browser.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use plugwright_engine::connect::Browser;

const NAME: &str = "plugwright_connect";

/// Returns the browser that sent a request, if it has a well-formed cookie. Of two different ones
/// neither counts: an attacker may have set one.
pub(super) fn read(headers: &HeaderMap) -> Option<Browser> {
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == NAME)
        .map(|(_, value)| value);
    let value = values.next()?;
    if values.any(|other| other != value) {
        return None;
    }
    Browser::parse(value)
}

/// Returns the `Set-Cookie` header. `is_https` tells whether browsers reach the gateway by HTTPS.
pub(super) fn set(browser: &Browser, is_https: bool) -> Option<HeaderValue> {
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!(
        "{NAME}={}; Path=/; HttpOnly; SameSite=Lax{secure}",
        browser.expose()
    );
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
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
        browser.expose().to_owned()
    }

    #[test]
    fn knows_a_browser_again() {
        let browser = Browser::new().unwrap();
        let sent = format!("theme=dark; {NAME}={}; other=1", text(&browser));
        let known = read(&headers(&[&sent])).unwrap();
        assert_eq!(known.hash(), browser.hash());
        assert_ne!(Browser::new().unwrap().hash(), browser.hash());
    }

    #[test]
    fn a_cookie_is_for_http_alone_and_for_https_where_there_is_https() {
        let browser = Browser::new().unwrap();
        let with = set(&browser, true).unwrap();
        assert!(with.is_sensitive());
        assert_eq!(
            with.to_str().unwrap(),
            format!(
                "{NAME}={}; Path=/; HttpOnly; SameSite=Lax; Secure",
                text(&browser)
            )
        );
        let without = set(&browser, false).unwrap();
        assert!(!without.to_str().unwrap().contains("Secure"));
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
            &[format!("{NAME}={}", "!".repeat(one.len()))],
            &[format!("{NAME}={one}; {NAME}={two}")],
            &[format!("{NAME}={one}"), format!("{NAME}={two}")],
        ] {
            let sent: Vec<_> = sent.iter().map(String::as_str).collect();
            assert!(read(&headers(&sent)).is_none(), "{sent:?}");
        }
        let twice = format!("{NAME}={one}; {NAME}={one}");
        assert!(read(&headers(&[&twice])).is_some());
    }
}
