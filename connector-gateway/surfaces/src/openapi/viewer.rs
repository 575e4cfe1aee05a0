//! `GET /docs`: a page that shows the documents, without resources of other hosts.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;

use crate::erased::erase;
use crate::own;
use crate::tagged::TaggedBody;

/// Swagger UI sets inline styles, and has images in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// A file of Swagger UI, which the build script has unpacked.
macro_rules! unpacked {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// Returns the routes. They need no token: the page loads the document with one.
pub(super) fn router() -> Router {
    Router::new()
        .route("/docs", get(erase(page)))
        .route("/docs/{file}", get(erase(file)))
}

async fn page(headers: HeaderMap) -> Response {
    let html = Bytes::from_static(include_bytes!("viewer/index.html"));
    answer(&headers, "text/html; charset=utf-8", html)
}

async fn file(headers: HeaderMap, Path(name): Path<String>) -> Response {
    let script = "text/javascript; charset=utf-8";
    let style = "text/css; charset=utf-8";
    let (media_type, body): (_, &[u8]) = match name.as_str() {
        "viewer.js" => (script, include_bytes!("viewer/viewer.js")),
        "viewer.css" => (style, include_bytes!("viewer/viewer.css")),
        "swagger-ui-bundle.js" => (script, unpacked!("swagger-ui-bundle.js")),
        "swagger-ui.css" => (style, unpacked!("swagger-ui.css")),
        "favicon-32x32.png" => ("image/png", unpacked!("favicon-32x32.png")),
        _ => return own::nothing_at(&format!("/docs/{name}")),
    };
    answer(&headers, media_type, Bytes::from_static(body))
}

fn answer(headers: &HeaderMap, media_type: &'static str, body: Bytes) -> Response {
    let mut response = TaggedBody::new(body).response(headers, media_type);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::header::CONTENT_TYPE;
    use http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn text(path: &str) -> (u16, Option<String>, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let header = |name| {
            let value: Option<&HeaderValue> = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let kind = header(CONTENT_TYPE);
        if status == 200 {
            assert_eq!(header(CONTENT_SECURITY_POLICY).as_deref(), Some(POLICY));
        }
        let body = to_bytes(response.into_body(), 8 << 20).await.unwrap();
        (status, kind, String::from_utf8_lossy(&body).into_owned())
    }

    /// Returns what follows an attribute's name in quotes.
    fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
        html.split(&format!("{name}=\""))
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect()
    }

    #[tokio::test]
    async fn the_page_loads_what_is_here_and_nothing_else() {
        let (status, kind, html) = text("/docs").await;
        assert_eq!(status, 200);
        assert_eq!(kind.as_deref(), Some("text/html; charset=utf-8"));
        let files = [attributes(&html, "src"), attributes(&html, "href")].concat();
        assert!(files.len() >= 5, "{files:?}");
        for file in files.into_iter().filter(|file| *file != "/openapi.json") {
            let (status, kind, body) = text(file).await;
            assert_eq!(status, 200, "{file}");
            assert!(kind.is_some() && !body.is_empty(), "{file}");
        }
        let (_, _, script) = text("/docs/swagger-ui-bundle.js").await;
        assert!(script.contains("SwaggerUIBundle"));
    }

    #[tokio::test]
    async fn other_files_are_not_there() {
        for path in [
            "/docs/index.html",
            "/docs/swagger-initializer.js",
            "/docs/x",
        ] {
            assert_eq!(text(path).await.0, 404, "{path}");
        }
    }
}
