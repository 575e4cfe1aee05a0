//! Releases of a repository, and the files that belong to them.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{PerPage, Release, ReleaseAsset, Repo};

/// Gets the release of a tag, if it is published.
///
/// Returns its id, title, notes, author and times, and its assets with the addresses that browsers
/// download them from.
#[action(read, title = "Get a release by its tag", scopes = any("repo", "public_repo"), get = "/repos/{+repo}/releases/tags/{+tag}")]
pub async fn get_by_tag(
    cx: &ActionContext,
    repo: Repo,
    /// Name of the tag.
    #[param(example = "v1.0.0")]
    tag: String,
) -> Result<Release>;

/// Lists the assets of a release: the files that were uploaded to it.
///
/// Returns id, name, label, media type, size, count of downloads and times of each, page by page.
#[action(read, title = "List the assets of a release", scopes = any("repo", "public_repo"), get = "/repos/{+repo}/releases/{release_id}/assets", page = LinkHeader)]
pub async fn list_assets(
    cx: &ActionContext,
    repo: Repo,
    /// Id of the release.
    release_id: u64,
    /// Assets per page.
    per_page: Option<PerPage>,
) -> Result<Page<ReleaseAsset>>;

/// Gets what is known of one asset of a release, without its content.
///
/// Returns name, label, media type, size, count of downloads, times and the address that browsers
/// download it from.
#[action(read, title = "Get a release asset", scopes = any("repo", "public_repo"), get = "/repos/{+repo}/releases/assets/{asset_id}")]
pub async fn get_asset(
    cx: &ActionContext,
    repo: Repo,
    /// Id of the asset.
    asset_id: u64,
) -> Result<ReleaseAsset>;

/// Changes the file name or the label of an asset of a release.
///
/// What is not given stays as it is; the content can't be changed. Returns the changed asset.
#[action(write, idempotent, title = "Update a release asset", scopes = any("repo", "public_repo"), patch = "/repos/{+repo}/releases/assets/{asset_id}", json)]
pub async fn update_asset(
    cx: &ActionContext,
    repo: Repo,
    /// Id of the asset.
    asset_id: u64,
    /// New file name.
    #[param(length(1..))]
    name: Option<String>,
    /// What is shown in place of the file name.
    label: Option<String>,
) -> Result<ReleaseAsset>;

/// Deletes an asset from a release; the release itself stays.
///
/// It can't be undone. Returns nothing; fails if there is no such asset.
#[action(destructive, title = "Delete a release asset", scopes = any("repo", "public_repo"), delete = "/repos/{+repo}/releases/assets/{asset_id}")]
pub async fn delete_asset(
    cx: &ActionContext,
    repo: Repo,
    /// Id of the asset.
    asset_id: u64,
) -> Result<()>;
