//! A person with a browser, at the gateway's pages.

use plugwright_sdk::transport::Live;
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use url::Url;

/// A person's browser, which keeps cookies and follows nothing by itself.
pub struct Person(reqwest::Client);

impl Default for Person {
    fn default() -> Self {
        let browser = Live::client_builder()
            .expect("TLS")
            .no_proxy()
            .cookie_store(true)
            .redirect(Policy::none())
            .build();
        Self(browser.expect("an HTTP client"))
    }
}

impl Person {
    /// Opens a browser that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a page; returns status and text, or where it leads.
    pub async fn get(&self, url: &str) -> (StatusCode, String) {
        let response = self.0.get(url).send().await.expect("an answer");
        let status = response.status();
        match response.headers().get("location") {
            Some(location) => (status, location.to_str().expect("a text").to_owned()),
            None => (status, response.text().await.expect("a page")),
        }
    }

    /// Opens the page of a request and agrees to go on; returns where the browser goes.
    pub async fn continues(&self, page: &str) -> Url {
        let (status, text) = self.get(page).await;
        assert_eq!(status, 200, "{text}");
        let sent = self.send(page, &text, &[]).await;
        let url = between(&sent, "http-equiv=\"refresh\" content=\"", "\"");
        let url = url.split_once("url=").map_or(url.as_str(), |(_, url)| url);
        Url::parse(&url.replace("&amp;", "&").replace("&#38;", "&")).expect("a URL")
    }

    /// Sends the form of a page with these fields; returns the page that comes.
    pub async fn send(&self, url: &str, page: &str, fields: &[(&str, &str)]) -> String {
        let hidden = |name| between(page, &format!("name=\"{name}\" value=\""), "\"");
        let (csrf, scheme) = (hidden("csrf"), hidden("scheme"));
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("csrf", csrf.as_str()), ("scheme", scheme.as_str())])
            .extend_pairs(fields)
            .finish();
        let request = self
            .0
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let response = request.send().await.expect("an answer");
        response.text().await.expect("a page")
    }

    /// Says no on the page of a request.
    pub async fn cancels(&self, page: &str) -> String {
        let (_, text) = self.get(page).await;
        self.send(&format!("{page}/cancel"), &text, &[]).await
    }
}

fn between(text: &str, before: &str, after: &str) -> String {
    let found = text
        .split_once(before)
        .and_then(|(_, rest)| rest.split_once(after));
    let (found, _) = found.unwrap_or_else(|| panic!("no {before} in {text}"));
    found.to_owned()
}
