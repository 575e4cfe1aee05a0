//! Collaborators and invitations.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

use super::login;

/// Somebody who works on a repository.
#[model]
pub struct Collaborator {
    /// Id over all of GitHub.
    pub id: u64,
    /// Login.
    pub login: String,
    /// `User`, `Bot` or another kind of account.
    pub r#type: String,
    /// Name of the role: `read`, `triage`, `write`, `maintain`, `admin` or one of the
    /// organization's own.
    pub role_name: Option<String>,
    /// What they may do.
    pub permissions: Option<Permissions>,
}

/// What somebody may do in a repository.
#[model]
pub struct Permissions {
    /// Read it.
    pub pull: bool,
    /// Manage issues and pull requests.
    pub triage: Option<bool>,
    /// Write to it.
    pub push: bool,
    /// Manage it without the dangerous parts.
    pub maintain: Option<bool>,
    /// Everything.
    pub admin: bool,
}

/// An invitation to work on a repository.
#[model]
pub struct Invitation {
    /// Id over all of GitHub, which `invitations.accept` takes.
    pub id: u64,
    /// The repository as `owner/name`.
    #[serde(rename(deserialize = "repository"), deserialize_with = "full_name")]
    pub repo: String,
    /// Login of who is invited; absent for deleted accounts.
    #[serde(rename(deserialize = "invitee"), default, deserialize_with = "login")]
    pub invitee_login: Option<String>,
    /// Login of who invites; absent for deleted accounts.
    #[serde(rename(deserialize = "inviter"), default, deserialize_with = "login")]
    pub inviter_login: Option<String>,
    /// The role that it offers: `read`, `triage`, `write`, `maintain` or `admin`.
    pub permissions: String,
    /// Whether it is too old to be accepted.
    pub expired: Option<bool>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// Page on GitHub.
    pub html_url: Option<String>,
}

/// What came of adding a collaborator.
#[model]
pub struct AddedCollaborator {
    /// The invitation that was sent; absent if the account has access without one, as members of
    /// the organization and present collaborators have.
    pub invitation: Option<Invitation>,
}

#[model]
struct Named {
    full_name: String,
}

fn full_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Named::deserialize(deserializer)?.full_name)
}
