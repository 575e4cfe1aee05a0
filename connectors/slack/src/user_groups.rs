//! User groups, which people mention by a handle such as `@marketing`.

use plugwright_sdk::pagination::{Pagination as _, Whole};
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{UserGroup, UserGroupId};

/// Lists the user groups of the workspace.
///
/// Returns handle, name, description and number of people of each.
#[action(
    read,
    scopes = ["usergroups:read"],
    get = "/usergroups.list",
    page = Whole.items("/usergroups")
)]
pub async fn list(
    cx: &ActionContext,
    /// Whether groups that are disabled are listed too.
    #[param(provider_default = false)]
    include_disabled: Option<bool>,
    /// Whether each comes with the ids of its people.
    #[param(provider_default = false)]
    include_users: Option<bool>,
) -> Result<Page<UserGroup>>;

/// Lists the ids of the people in a user group.
///
/// `users.get` tells who they are. Returns all ids.
#[action(
    read,
    scopes = ["usergroups:read"],
    get = "/usergroups.users.list",
    page = Whole.items("/users")
)]
pub async fn list_members(cx: &ActionContext, usergroup: UserGroupId) -> Result<Page<String>>;
