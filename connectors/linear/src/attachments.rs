//! Links from issues to things elsewhere.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::fragments::attachment;
use crate::model::{Attachment, Id, IssueId, PerPage, Success};

const LIST: Operation = Operation::new(concat!(
    "query Attachments($id: String!, $first: Int!, $after: String) {
        issue(id: $id) {
            attachments(first: $first, after: $after) {
                nodes { ...AttachmentFields }
                pageInfo { hasNextPage endCursor }
            }
        }
    }
    ",
    attachment!()
));

const LIST_FOR_URL: Operation = Operation::new(concat!(
    "query AttachmentsForUrl($url: String!, $first: Int!, $after: String) {
        attachmentsForURL(url: $url, first: $first, after: $after) {
            nodes { ...AttachmentFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    attachment!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateAttachment($input: AttachmentCreateInput!) {
        attachmentCreate(input: $input) { attachment { ...AttachmentFields } }
    }
    ",
    attachment!()
));

const DELETE: Operation = Operation::new(
    "mutation DeleteAttachment($id: String!) { attachmentDelete(id: $id) { success } }",
);

/// Lists the attachments of an issue, or those of all issues that lead to a URL.
///
/// Returns title, URL, source and issue of each, newest first, page by page.
#[action(read, scopes = ["read"], exactly_one(issue_id, url))]
pub async fn list(
    cx: &ActionContext,
    issue_id: Option<IssueId>,
    /// Where the attachments lead.
    #[param(format = "uri")]
    url: Option<String>,
    /// Attachments per page.
    per_page: PerPage,
) -> Result<Page<Attachment>> {
    let (request, list) = match issue_id {
        Some(id) => (
            cx.graphql(LIST).variable("id", id),
            Connection::at("/issue/attachments"),
        ),
        None => (
            cx.graphql(LIST_FOR_URL).variable("url", url),
            Connection::at("/attachmentsForURL"),
        ),
    };
    request.variable("first", per_page).page(list).await
}

/// Attaches a link to an issue, with a title and further data.
///
/// An issue has one attachment per URL: attaching it again changes that. Returns the attachment with its id.
#[action(write, idempotent, title = "Attach a link to an issue", scopes = any("issues:create", "write"))]
pub async fn create(
    cx: &ActionContext,
    issue_id: IssueId,
    /// Where it leads.
    #[param(format = "uri")]
    url: String,
    /// Title.
    #[param(length(1..), example = "Error report 4711")]
    title: String,
    /// Second line.
    subtitle: Option<String>,
    /// URL of an icon, as PNG or JPG.
    #[param(format = "uri")]
    icon_url: Option<String>,
    /// Further data, of texts and numbers.
    metadata: Option<JsonObject>,
) -> Result<Attachment> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![
                issueId = issue_id,
                url,
                title,
                subtitle,
                iconUrl = icon_url,
                metadata
            ],
        )
        .at("/attachmentCreate/attachment")
        .fetch()
        .await
}

/// Takes an attachment off its issue.
///
/// What it leads to stays. It can't be undone, but attached again. Returns nothing.
#[action(destructive, idempotent, scopes = ["write"])]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the attachment.
    attachment_id: Id,
) -> Result<()> {
    let request = cx
        .graphql(DELETE)
        .variable("id", attachment_id)
        .at("/attachmentDelete");
    request.fetch::<Success>().await?.check()
}
