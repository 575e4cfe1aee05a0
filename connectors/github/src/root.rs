//! The root of the API.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Result, action};

/// Gets the addresses of GitHub's API, by name.
///
/// Shows that the API can be reached, and which addresses it has. Returns templates of URLs, such as
/// `repository_url`.
#[action(read, title = "Get the root of the API", get = "/")]
pub async fn get(cx: &ActionContext) -> Result<BTreeMap<String, String>>;
