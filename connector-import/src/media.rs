//! What there is in a media type, by its name.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Json,
    /// Whatever it is: JSON as well as a file.
    Any,
    Text,
    Bytes,
}

impl Content {
    pub(crate) fn of(media_type: &str) -> Self {
        let plain = media_type.split(';').next().unwrap_or_default().trim();
        match plain.to_ascii_lowercase().as_str() {
            json if json.ends_with("+json") || json.contains("/json") => Self::Json,
            "*/*" | "application/*" | "" => Self::Any,
            text if text.starts_with("text/")
                || text.ends_with("xml")
                || text.ends_with("yaml")
                || text.contains("ndjson")
                || text.contains("javascript") =>
            {
                Self::Text
            }
            "application/graphql"
            | "application/jwt"
            | "application/sql"
            | "application/x-www-form-urlencoded" => Self::Text,
            _ => Self::Bytes,
        }
    }
}
