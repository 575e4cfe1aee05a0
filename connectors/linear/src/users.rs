//! People of the workspace.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Page, Result, action, json};

use crate::fragments::user;
use crate::model::{Id, PerPage, User};

const LIST: Operation = Operation::new(concat!(
    "query Users($filter: UserFilter, $includeDisabled: Boolean, $first: Int!, $after: String) {
        users(filter: $filter, includeDisabled: $includeDisabled, first: $first, after: $after) {
            nodes { ...UserFields }
            pageInfo { hasNextPage endCursor }
        }
    }
    ",
    user!()
));

const GET: Operation = Operation::new(concat!(
    "query User($id: String!) { user(id: $id) { ...UserFields } }
    ",
    user!()
));

const GET_VIEWER: Operation = Operation::new(concat!(
    "query Viewer { viewer { ...UserFields } }\n",
    user!()
));

/// Asks whose account a credential is.
pub(crate) static ACCOUNT: Operation = Operation::new("query Account { viewer { id email } }");

/// Lists the people of the workspace, or finds one by name or mail address.
///
/// Returns id, names and mail address of each, and whether the account is in use, page by page.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    /// Only people whose name has these words.
    #[param(length(1..))]
    name: Option<String>,
    /// Only the person with this mail address.
    #[param(length(1..))]
    email: Option<String>,
    /// Whether accounts that are no longer in use are listed as well.
    #[param(provider_default = false)]
    include_disabled: Option<bool>,
    /// People per page.
    per_page: PerPage,
) -> Result<Page<User>> {
    let mut filter = json!({});
    if let Some(name) = name {
        filter["name"] = json!({ "containsIgnoreCase": name });
    }
    if let Some(email) = email {
        filter["email"] = json!({ "eqIgnoreCase": email });
    }
    cx.graphql(LIST)
        .variable("filter", filter)
        .variable("includeDisabled", include_disabled)
        .variable("first", per_page)
        .page(Connection::at("/users"))
        .await
}

/// Gets one person of the workspace by the id.
///
/// Returns names, mail address, time zone and picture, and whether the account is in use.
#[action(read, scopes = ["read"])]
pub async fn get(
    cx: &ActionContext,
    /// Id of the person.
    user_id: Id,
) -> Result<User> {
    cx.graphql(GET)
        .variable("id", user_id)
        .at("/user")
        .fetch()
        .await
}

/// Gets the account that the credential belongs to.
///
/// Returns its id, names and mail address; `issues.list` takes `assigned_to_me` for its issues.
#[action(read, title = "Get your account", scopes = ["read"])]
pub async fn get_viewer(cx: &ActionContext) -> Result<User> {
    cx.graphql(GET_VIEWER).at("/viewer").fetch().await
}
