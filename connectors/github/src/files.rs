//! Files of any length: assets of releases, and archives of repositories.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{
    ActionContext, FileInput, FileOutput, Lost, Outcome, Page, Param, Result, action, params, path,
};

use crate::model::{PerPage, ReleaseAsset, Repo};

/// Form of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ArchiveFormat {
    /// A gzipped tar archive.
    Tarball,
    /// A zip archive.
    Zipball,
}

/// Uploads a file of any length to a release, as an asset of it.
///
/// Fails if the release has an asset of this name, which has to be deleted first. Returns the new
/// asset with its id, size and the address that browsers download it from.
#[action("releases.upload_asset", write, title = "Upload a release asset", scopes = any("repo", "public_repo"), reconcile(natural = find_uploaded(repo, release_id, name)))]
pub async fn upload_asset(
    cx: &ActionContext,
    repo: Repo,
    /// Id of the release.
    release_id: u64,
    /// File name; GitHub replaces characters that it does not allow by dots.
    #[param(length(1..), example = "app.tar.gz")]
    name: String,
    /// What is shown in place of the file name.
    label: Option<String>,
    /// Media type; without it, that of the file.
    #[param(example = "application/gzip")]
    content_type: Option<String>,
    /// The file.
    content: FileInput,
) -> Result<ReleaseAsset> {
    cx.post(path!("/repos/{+repo}/releases/{release_id}/assets"))
        .host("uploads")
        .query_params(params![name, label])
        .file(&content, content_type.as_deref())
        .fetch()
        .await
}

async fn find_uploaded(
    cx: &ActionContext,
    lost: &Lost,
    repo: Repo,
    release_id: u64,
    name: String,
) -> Result<Outcome<ReleaseAsset>> {
    let assets: Page<ReleaseAsset> = cx
        .get(path!("/repos/{+repo}/releases/{release_id}/assets"))
        .query("per_page", PerPage(100))
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    let is_kept = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let found = Outcome::in_list(assets, |asset| {
        asset.name == name && lost.covers(&asset.created_at)
    });
    Ok(match found {
        Outcome::Done(asset) if asset.state != "uploaded" => {
            Outcome::unknown("the upload is not finished")
        }
        Outcome::NotDone if !name.chars().all(is_kept) => {
            Outcome::unknown("GitHub may have given the asset another name")
        }
        found => found,
    })
}

/// Downloads an asset of a release, a file of any length.
///
/// Returns its name, media type and size, and the file itself, unless the caller saves it as it
/// comes.
#[action("releases.download_asset", read, title = "Download a release asset", scopes = any("repo", "public_repo"))]
pub async fn download_asset(
    cx: &ActionContext,
    repo: Repo,
    /// Id of the asset.
    asset_id: u64,
) -> Result<FileOutput> {
    cx.get(path!("/repos/{+repo}/releases/assets/{asset_id}"))
        .header("accept", "application/octet-stream")
        .download()
        .await
}

/// Downloads the files of a repository at a branch, tag or commit, as one archive.
///
/// Returns the archive's name, media type and size, and the archive itself, unless the caller saves
/// it as it comes.
#[action("repos.download_archive", read, title = "Download a repository's files", scopes = any("repo", "public_repo"))]
pub async fn download_archive(
    cx: &ActionContext,
    repo: Repo,
    /// Branch, tag or commit.
    #[param(rename = "ref", length(1..), example = "main")]
    git_ref: String,
    /// Form of the archive.
    #[param(default = ArchiveFormat::Tarball)]
    format: ArchiveFormat,
) -> Result<FileOutput> {
    let path = match format {
        ArchiveFormat::Tarball => path!("/repos/{+repo}/tarball/{+git_ref}"),
        ArchiveFormat::Zipball => path!("/repos/{+repo}/zipball/{+git_ref}"),
    };
    cx.get(path).download().await
}
