//! Icons of connectors: monograms that are drawn from the name alone, so none copies a trademark.
//!
//! `GET /icons/{connector}.svg` needs no token and asks nobody whether there is such a connector: the answer
//! tells no more than the path.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use plugwright_sdk::host::check_name;
use ring::digest::{SHA256, digest};
use url::Url;

use crate::erased::erase;
use crate::own;
use crate::tagged::TaggedBody;

/// The path of the icons, below the gateway's own URL.
const FOLDER: &str = "/icons/";

/// Longest name that has an icon.
const MOST_LETTERS: usize = 64;

/// An icon is the same for everybody, changes with a release at most, and stands in pages of others.
const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "public, max-age=86400"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    ),
];

pub(crate) fn path(connector: &str) -> String {
    format!("{FOLDER}{connector}.svg")
}

/// Returns the URL of a connector's icon at a gateway that browsers reach at `gateway`.
pub(crate) fn url(gateway: &Url, connector: &str) -> String {
    let base = gateway.as_str().trim_end_matches('/');
    format!("{base}{}", path(connector))
}

pub(crate) fn router() -> Router {
    Router::new().route("/icons/{file}", get(erase(icon)))
}

async fn icon(Path(file): Path<String>, request: HeaderMap) -> Response {
    let Some(svg) = file.strip_suffix(".svg").and_then(monogram) else {
        return own::nothing_at(&format!("{FOLDER}{file}"));
    };
    let mut response = TaggedBody::new(svg).response(&request, "image/svg+xml");
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// Draws the icon of a connector as SVG, if this is a name that one can have.
///
/// ```
/// assert!(plugwright_surfaces::monogram("google-calendar").unwrap().contains(">GC</text>"));
/// ```
pub fn monogram(connector: &str) -> Option<String> {
    if connector.len() > MOST_LETTERS || check_name(connector).is_err() {
        return None;
    }
    let letters = letters(connector);
    let hue = hue(connector);
    // White on a colour of this lightness has a contrast of at least 3 to 1 (WCAG 2.2, for large text).
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="hsl({hue},45%,36%)"/><text x="16" y="21" text-anchor="middle" font-family="system-ui,sans-serif" font-size="14" font-weight="600" fill="#fff">{letters}</text></svg>"##
    ))
}

/// The first letters of two words, or the first two letters of one.
fn letters(connector: &str) -> String {
    let mut words = connector.split('-').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let second = words.next().and_then(|word| word.chars().next());
    let mut letters = first.chars();
    let big = letters.next().map(|letter| letter.to_ascii_uppercase());
    let small = second
        .map(|letter| letter.to_ascii_uppercase())
        .or_else(|| letters.next());
    big.into_iter().chain(small).collect()
}

/// A hue that is the same in every process, in degrees.
fn hue(connector: &str) -> u16 {
    let hash = digest(&SHA256, connector.as_bytes());
    match hash.as_ref() {
        [high, low, ..] => u16::from_be_bytes([*high, *low]) % 360,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
    use axum::http::{Request, StatusCode};
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(path: &str, tag: Option<&HeaderValue>) -> Response {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        if let Some(tag) = tag {
            request.headers_mut().insert(IF_NONE_MATCH, tag.clone());
        }
        router().oneshot(request).await.unwrap()
    }

    async fn text(response: Response) -> String {
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn every_connector_has_a_picture_that_caches_keep() {
        let icon = ask(&path("google-calendar"), None).await;

        assert_eq!(icon.status(), StatusCode::OK);
        assert_eq!(icon.headers()[CONTENT_TYPE], "image/svg+xml");
        for (name, value) in HEADERS {
            assert_eq!(icon.headers()[&name], value, "{name}");
        }
        let tag = icon.headers()[ETAG].clone();
        assert!(text(icon).await.contains(">GC</text>"));
        let again = ask(&path("google-calendar"), Some(&tag)).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(text(again).await, "");
        let other = ask(&path("gmail"), Some(&tag)).await;
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn what_can_be_no_name_has_none() {
        let long = format!("/icons/{}.svg", "a".repeat(MOST_LETTERS + 1));
        for path in [
            "/icons/slack",
            "/icons/.svg",
            "/icons/-a.svg",
            "/icons/1a.svg",
            "/icons/Slack.svg",
            "/icons/%3Cscript%3Ealert(1)%3C%2Fscript%3E.svg",
            "/icons/a%22%20onload%3D%22alert(1).svg",
            "/icons/%C3%A9.svg",
            &long,
        ] {
            let answer = ask(path, None).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.headers()[CONTENT_TYPE], "application/json", "{path}");
        }
    }

    #[test]
    fn a_monogram_has_one_or_two_letters() {
        for (name, expected) in [
            ("slack", "Sl"),
            ("x", "X"),
            ("google-calendar", "GC"),
            ("a--b", "AB"),
            ("s3", "S3"),
            ("my-own-tool", "MO"),
        ] {
            assert_eq!(letters(name), expected);
        }
    }

    #[test]
    fn a_gateway_below_a_path_has_its_icons_there() {
        for (gateway, expected) in [
            (
                "https://tools.example",
                "https://tools.example/icons/desk.svg",
            ),
            (
                "https://example.com/tools/",
                "https://example.com/tools/icons/desk.svg",
            ),
        ] {
            assert_eq!(url(&Url::parse(gateway).unwrap(), "desk"), expected);
        }
    }
}
