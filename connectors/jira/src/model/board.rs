//! Boards and sprints, and the sites of an account.

use plugwright_sdk::model;

/// A board.
#[model]
pub struct Board {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// `scrum`, `kanban` or `simple`.
    pub r#type: String,
}

/// A sprint of a board.
#[model]
pub struct Sprint {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// `future`, `active` or `closed`.
    pub state: String,
    /// What is to be reached.
    pub goal: Option<String>,
    /// When it begins (ISO 8601).
    #[serde(rename(deserialize = "startDate"))]
    pub start_date: Option<String>,
    /// When it ends (ISO 8601).
    #[serde(rename(deserialize = "endDate"))]
    pub end_date: Option<String>,
    /// When it was closed (ISO 8601).
    #[serde(rename(deserialize = "completeDate"))]
    pub complete_date: Option<String>,
    /// Id of the board that it was made on.
    #[serde(rename(deserialize = "originBoardId"))]
    pub board_id: Option<u64>,
}

/// A site that a token is for.
#[model]
pub struct Site {
    /// Cloud id, which `base_url` of a connection ends with.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address for browsers.
    pub url: String,
    /// Scopes that the token has there.
    #[serde(default)]
    pub scopes: Vec<String>,
}
