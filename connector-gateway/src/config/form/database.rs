//! Database URLs.

use serde_json::{Value, json};

use super::Form;
use plugwright_store::DatabaseUrl;

/// The URL of a PostgreSQL database, displayed without its password.
pub(in crate::config) struct Database;

impl Form for Database {
    type Value = DatabaseUrl;
    const TAKES: &'static str = "a URL such as `postgres://gateway@db.example.com/plugwright`";

    fn from_text(text: &str) -> Result<DatabaseUrl, String> {
        text.parse()
    }

    fn show(value: &DatabaseUrl) -> Value {
        json!(value.to_string())
    }
}
