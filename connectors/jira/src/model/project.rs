//! Projects, and what sorts their issues.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

use super::person::name;

/// A project.
#[model]
pub struct Project {
    /// Id.
    pub id: String,
    /// Key, such as `ED`, which other actions take.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Name of who leads it.
    #[serde(default, deserialize_with = "name")]
    pub lead: Option<String>,
    /// `software`, `business` or `service_desk`.
    #[serde(rename(deserialize = "projectTypeKey"))]
    pub project_type: Option<String>,
    /// `classic` or `next-gen`; the latter are managed by their team.
    pub style: Option<String>,
    /// Whether only its members see it.
    #[serde(rename(deserialize = "isPrivate"))]
    pub is_private: Option<bool>,
    /// Whether it is archived.
    pub archived: Option<bool>,
}

/// A type of issues.
#[model]
pub struct IssueType {
    /// Id.
    pub id: String,
    /// Name, such as `Bug`, which `issues.create` takes.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether its issues are parts of others.
    pub subtask: Option<bool>,
    /// -1 for parts, 0 for usual issues, 1 for epics.
    #[serde(rename(deserialize = "hierarchyLevel"))]
    pub hierarchy_level: Option<i64>,
}

/// The statuses that issues of a type can have.
#[model]
pub struct IssueTypeStatuses {
    /// Name of the type.
    #[serde(rename(deserialize = "name"))]
    pub issue_type: String,
    /// Names of the statuses.
    #[serde(deserialize_with = "names")]
    pub statuses: Vec<String>,
}

/// A version of a project.
#[model]
pub struct Version {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it brings.
    pub description: Option<String>,
    /// Id of the project.
    #[serde(rename(deserialize = "projectId"))]
    pub project_id: Option<u64>,
    /// First day.
    #[serde(rename(deserialize = "startDate"))]
    pub start_date: Option<String>,
    /// Day of the release.
    #[serde(rename(deserialize = "releaseDate"))]
    pub release_date: Option<String>,
    /// Whether it is released.
    #[serde(default)]
    pub released: bool,
    /// Whether it is archived.
    #[serde(default)]
    pub archived: bool,
    /// Whether the day of the release has passed without it.
    pub overdue: Option<bool>,
}

/// A component of a project.
#[model]
pub struct Component {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Name of who leads it.
    #[serde(default, deserialize_with = "name")]
    pub lead: Option<String>,
}

/// A field of issues.
#[model]
pub struct Field {
    /// Id, such as `customfield_10001`, which other actions take.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether the site added it.
    #[serde(default)]
    pub custom: bool,
    /// What it holds, such as `string`, `array` or `user`.
    #[serde(rename(deserialize = "schema"), default, deserialize_with = "kind")]
    pub r#type: Option<String>,
    /// Names that it has in JQL.
    #[serde(rename(deserialize = "clauseNames"), default)]
    pub clause_names: Vec<String>,
}

/// A saved search.
#[model]
pub struct Filter {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The query, which `issues.search` takes.
    pub jql: Option<String>,
    /// Name of who owns it.
    #[serde(default, deserialize_with = "name")]
    pub owner: Option<String>,
}

#[model]
struct Named {
    name: String,
}

fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let named = Vec::<Named>::deserialize(deserializer)?;
    Ok(named.into_iter().map(|named| named.name).collect())
}

#[model]
struct Schema {
    r#type: Option<String>,
}

fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let schema = Option::<Schema>::deserialize(deserializer)?;
    Ok(schema.and_then(|schema| schema.r#type))
}
