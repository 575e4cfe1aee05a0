//! The style sheet and the icon, embedded under names that contain a hash of their content.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::erased::erase;
use crate::{icons, own};

const FOLDER: &str = "/connect/assets/";

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../templates/connect/style.css");
    Asset::new("style", "css", "text/css; charset=utf-8", text)
});

static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../templates/connect/icon.svg");
    Asset::new("icon", "svg", "image/svg+xml", text)
});

struct Asset {
    name: String,
    media_type: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, kind: &str, media_type: &'static str, text: &'static str) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..9]);
        Self {
            name: format!("{stem}-{hash}.{kind}"),
            media_type,
            text,
        }
    }
}

/// The gateway as browsers see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    /// The path of its public URL, without a trailing slash: empty unless a proxy adds one.
    pub(crate) base: &'a str,
}

impl Site<'_> {
    pub(crate) fn style(&self) -> String {
        format!("{}{FOLDER}{}", self.base, STYLE.name)
    }

    pub(crate) fn icon(&self) -> String {
        format!("{}{FOLDER}{}", self.base, ICON.name)
    }

    pub(crate) fn icon_of(&self, connector: &str) -> String {
        format!("{}{}", self.base, icons::path(connector))
    }
}

pub(crate) fn router() -> Router {
    Router::new().route("/connect/assets/{name}", get(erase(asset)))
}

async fn asset(Path(name): Path<String>) -> Response {
    let known = [&*STYLE, &*ICON];
    let Some(asset) = known.into_iter().find(|asset| asset.name == name) else {
        return own::nothing_at(&format!("{FOLDER}{name}"));
    };
    // The name changes with the content.
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (CACHE_CONTROL, forever),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, asset.text).into_response()
}
