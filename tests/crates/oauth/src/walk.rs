//! A person's way through sign-in and consent, without a browser.

use plugwright_sdk::transport::Live;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use url::Url;

use crate::{AuthorizationServer, PASSWORD};

/// What the person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Signs in and agrees.
    Allow,
    /// Signs in and does not agree.
    Deny,
}

/// No way through is longer than this.
const STEPS: usize = 20;

impl AuthorizationServer {
    /// Walks from an authorization request to where the server sends the browser back to, and
    /// returns that address without calling it.
    pub async fn authorize(&self, request: &Url, account: &str, answer: Answer) -> Url {
        let http = Live::client_builder()
            .expect("TLS")
            .no_proxy()
            .cookie_store(true)
            .redirect(Policy::none())
            .build()
            .expect("an HTTP client");
        let mut at = request.clone();
        let mut pending = http.get(at.clone());
        for _ in 0..STEPS {
            let response = pending.send().await.expect("the server answers");
            if let Some(location) = response.headers().get(LOCATION) {
                let location = location.to_str().expect("a location is text");
                at = at.join(location).expect("a location is a URL");
                if at.origin() != self.issuer.origin() {
                    return at;
                }
                pending = http.get(at.clone());
                continue;
            }
            let status = response.status();
            let page = response.text().await.expect("a page is text");
            assert!(status.is_success(), "{at} answered {status}: {page}");
            let form: &[(&str, &str)] = if page.contains("<title>Sign in") {
                &[("account", account), ("password", PASSWORD)]
            } else if page.contains("<title>Allow access") {
                match answer {
                    Answer::Allow => &[("answer", "allow")],
                    Answer::Deny => &[("answer", "deny")],
                }
            } else {
                panic!("{at} is no page that is known here: {page}");
            };
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
            pending = http
                .post(at.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body);
        }
        panic!("the way from {request} does not end");
    }
}
