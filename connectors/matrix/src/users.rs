//! People.

use plugwright_sdk::pagination::{Pagination as _, Whole};
use plugwright_sdk::{ActionContext, Page, Result, action, params, path};

use crate::model::{Done, Limit, Profile, User, UserId};

/// Gets the account of the access token.
///
/// Returns its id; `users.get` has name and picture.
#[action(read, title = "Get your account", get = "/client/v3/account/whoami")]
pub async fn me(cx: &ActionContext) -> Result<User>;

/// Gets the profile of a person.
///
/// Returns the name for people and the address of the picture, as far as there are some.
#[action(read)]
pub async fn get(cx: &ActionContext, user_id: UserId) -> Result<User> {
    let profile: Profile = cx
        .get(path!("/client/v3/profile/{user_id}"))
        .fetch()
        .await?;
    Ok(User {
        user_id: user_id.0,
        display_name: profile.displayname,
        avatar_url: profile.avatar_url,
    })
}

/// Searches for people by name or id.
///
/// Finds those in public rooms and in rooms of the account. Returns id, name and picture of each.
#[action(read)]
pub async fn search(
    cx: &ActionContext,
    /// Part of a name or an id.
    #[param(length(1..), example = "ada")]
    query: String,
    limit: Limit,
) -> Result<Page<User>> {
    cx.post("/client/v3/user_directory/search")
        .fields(params![search_term = query, limit])
        .page(Whole.items("/results"))
        .await
}

/// Changes the name for people of the account.
///
/// It changes in all rooms that the account has joined. Returns nothing.
#[action(write, idempotent, title = "Set your display name")]
pub async fn set_display_name(
    cx: &ActionContext,
    /// Id of the account, as `users.me` has it.
    user_id: UserId,
    /// New name.
    #[param(length(1..=256))]
    name: String,
) -> Result<Done> {
    cx.put(path!("/client/v3/profile/{user_id}/displayname"))
        .field("displayname", name)
        .fetch()
        .await
}
