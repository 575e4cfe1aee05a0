//! Search in files.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{CodeHit, PerPage, ProjectRef};

/// Searches the files of a project's repository for words.
///
/// Filters such as `filename:`, `path:` and `extension:` may stand in the query. Returns path, lines
/// and number of the first line of each hit.
#[action(
    read,
    title = "Search code",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/search",
    query(scope = "blobs"),
    page = LinkHeader
)]
pub async fn code(
    cx: &ActionContext,
    project: ProjectRef,
    /// Words to find.
    #[param(length(1..), example = "retry extension:rs")]
    search: String,
    /// Branch or tag; without it, the default branch.
    r#ref: Option<String>,
    /// Hits per page.
    per_page: Option<PerPage>,
) -> Result<Page<CodeHit>>;
