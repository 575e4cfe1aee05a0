//! People and bots.

use plugwright_sdk::{Value, model};

use super::{id_of, text_at};

/// A person or a bot of the workspace.
#[model]
#[serde(try_from = "Value")]
pub struct User {
    /// Id.
    pub id: String,
    /// `person` or `bot`.
    pub r#type: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Mail address of a person, if the connection may see it.
    pub email: Option<String>,
    /// Where the picture is.
    pub avatar_url: Option<String>,
    /// Name of the workspace that a bot is for.
    pub workspace_name: Option<String>,
    /// Id of the person who connected a bot, unless it belongs to the workspace.
    pub owner_id: Option<String>,
}

impl TryFrom<Value> for User {
    type Error = &'static str;

    fn try_from(user: Value) -> Result<Self, Self::Error> {
        Ok(Self {
            id: id_of(&user)?,
            r#type: text_at(&user, "/type"),
            name: text_at(&user, "/name"),
            email: text_at(&user, "/person/email"),
            avatar_url: text_at(&user, "/avatar_url"),
            workspace_name: text_at(&user, "/bot/workspace_name"),
            owner_id: text_at(&user, "/bot/owner/user/id"),
        })
    }
}
