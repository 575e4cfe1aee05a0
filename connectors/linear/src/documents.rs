//! Documents.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, json, params};

use crate::fragments::document;
use crate::key;
use crate::model::{Document, Id, OrderBy, PerPage};

const LIST: Operation = Operation::new(concat!(
    "query Documents(
        $filter: DocumentFilter, $orderBy: PaginationOrderBy, $first: Int!, $after: String
    ) {
        documents(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
            nodes { ...DocumentFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    document!()
));

const GET: Operation = Operation::new(concat!(
    "query Document($id: String!) { document(id: $id) { ...DocumentFields } }
    ",
    document!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateDocument($input: DocumentCreateInput!) {
        documentCreate(input: $input) { document { ...DocumentFields } }
    }
    ",
    document!()
));

const UPDATE: Operation = Operation::new(concat!(
    "mutation UpdateDocument($id: String!, $input: DocumentUpdateInput!) {
        documentUpdate(id: $id, input: $input) { document { ...DocumentFields } }
    }
    ",
    document!()
));

/// Lists documents, all of them or those of a project.
///
/// Returns title, content, author, project and times of each, page by page.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    /// Only documents of the project with this id.
    project_id: Option<Id>,
    /// Order of the list.
    #[param(provider_default = OrderBy::CreatedAt)]
    order_by: Option<OrderBy>,
    /// Documents per page.
    per_page: PerPage,
) -> Result<Page<Document>> {
    cx.graphql(LIST)
        .variable(
            "filter",
            project_id.map(|project| json!({ "project": project.filter() })),
        )
        .variable("orderBy", order_by)
        .variable("first", per_page)
        .page(Connection::at("/documents"))
        .await
}

/// Gets one document by its id, or by the part of its URL after its title.
///
/// Returns title, content in Markdown, author, project and times.
#[action(read, scopes = ["read"])]
pub async fn get(
    cx: &ActionContext,
    /// Id of the document, or the part of its URL after its title.
    #[param(length(1..))]
    document_id: String,
) -> Result<Document> {
    cx.graphql(GET)
        .variable("id", document_id)
        .at("/document")
        .fetch()
        .await
}

/// Creates a document in a project, in Markdown.
///
/// Returns the new document with its id and URL. People of the project can read it.
#[action(write, scopes = ["write"], reconcile(key = find_created()))]
pub async fn create(
    cx: &ActionContext,
    /// Title.
    #[param(length(1..), example = "How it works")]
    title: String,
    /// Id of the project that it goes to.
    project_id: Id,
    /// Content, in Markdown.
    content: Option<String>,
) -> Result<Document> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![id = key::id(cx), title, projectId = project_id, content],
        )
        .at("/documentCreate/document")
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Document>> {
    key::found(
        cx.graphql(GET)
            .variable("id", key::lost(lost))
            .at("/document")
            .fetch()
            .await,
    )
}

/// Changes a document: its title, content or project.
///
/// What is not given stays as it is; the content is replaced as a whole. Returns the changed document.
#[action(write, idempotent, scopes = ["write"])]
pub async fn update(
    cx: &ActionContext,
    /// Id of the document.
    document_id: Id,
    /// New title.
    #[param(length(1..))]
    title: Option<String>,
    /// New content, in Markdown.
    content: Option<String>,
    /// Id of the project that it goes to.
    project_id: Option<Id>,
) -> Result<Document> {
    cx.graphql(UPDATE)
        .variable("id", document_id)
        .input("input", params![title, content, projectId = project_id])
        .at("/documentUpdate/document")
        .fetch()
        .await
}
