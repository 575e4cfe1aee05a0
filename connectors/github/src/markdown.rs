//! Rendering of Markdown.

use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::{ActionContext, Param, Result, action, model, params, path};

use crate::answer;
use crate::model::Repo;

/// Kind of Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum MarkdownMode {
    /// As files of a repository are rendered.
    Markdown,
    /// As comments are rendered: with links for issues, commits and people.
    Gfm,
}

/// Rendered Markdown.
#[model]
pub struct Rendering {
    /// Fragment of HTML, cleaned by GitHub.
    pub html: String,
}

/// Renders Markdown as HTML, the way GitHub shows it.
///
/// In mode `gfm`, numbers of issues and hashes of commits become links into a repository. Returns a
/// fragment of HTML.
#[action(read, title = "Render Markdown")]
pub async fn render(
    cx: &ActionContext,
    /// The Markdown.
    text: String,
    /// Kind of Markdown.
    #[param(provider_default = MarkdownMode::Markdown)]
    mode: Option<MarkdownMode>,
    /// Repository, as `owner/name`, that links lead into; for mode `gfm`.
    context: Option<Repo>,
) -> Result<Rendering> {
    let request = cx
        .post(path!("/markdown"))
        .fields(params![text, mode, context]);
    rendered(request).await
}

/// Renders a Markdown document as HTML, the way GitHub shows files, without links of its own.
///
/// Takes at most 400 KB. Returns a fragment of HTML, with anchors at the headings.
#[action(read, title = "Render a Markdown document")]
pub async fn render_raw(
    cx: &ActionContext,
    /// The Markdown.
    #[param(length(1..=400_000))]
    text: String,
) -> Result<Rendering> {
    let request = cx
        .post(path!("/markdown/raw"))
        .body("text/plain; charset=utf-8", text);
    rendered(request).await
}

async fn rendered(request: RequestBuilder<'_>) -> Result<Rendering> {
    let response = request.header("accept", "text/html").send().await?;
    let html = answer::html(&response)?;
    Ok(Rendering { html })
}
