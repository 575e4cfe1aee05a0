//! Issues.

use std::collections::BTreeMap;

use plugwright_sdk::serde::{Deserialize, Deserializer};
use plugwright_sdk::{Value, model};

use super::attachment::Attachment;
use super::link::IssueLink;
use super::person::User;
use crate::document::markdown;

/// The fields of an issue that are read.
pub(crate) const FIELDS: &str = "summary,description,status,issuetype,priority,project,parent,\
    assignee,reporter,labels,components,fixVersions,duedate,resolution,created,updated,\
    resolutiondate";

/// An issue.
#[model]
#[serde(from = "Answer")]
pub struct Issue {
    /// Id.
    pub id: String,
    /// Key, such as `ED-1`, which other actions take.
    pub key: String,
    /// Title.
    pub summary: Option<String>,
    /// Text, in Markdown; mentions are links to `accountid:`.
    pub description: Option<String>,
    /// Name of its status.
    pub status: Option<String>,
    /// `new`, `indeterminate` or `done`: what the status means.
    pub status_category: Option<String>,
    /// Name of its type, such as `Bug`.
    pub issue_type: Option<String>,
    /// Name of its priority.
    pub priority: Option<String>,
    /// Key of its project.
    pub project: Option<String>,
    /// Key of the issue that it is a part of.
    pub parent: Option<String>,
    /// To whom it is assigned.
    pub assignee: Option<User>,
    /// Who reported it.
    pub reporter: Option<User>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Names of its components.
    pub components: Vec<String>,
    /// Names of the versions that it is fixed in.
    pub fix_versions: Vec<String>,
    /// Day on which it is due.
    pub due_date: Option<String>,
    /// Name of its resolution; absent while it is open.
    pub resolution: Option<String>,
    /// When it was made (ISO 8601).
    pub created: Option<String>,
    /// When it last changed (ISO 8601).
    pub updated: Option<String>,
    /// When it was resolved (ISO 8601).
    pub resolved: Option<String>,
    /// Its attachments, if they were asked for.
    pub attachments: Vec<Attachment>,
    /// Its links to other issues, if they were asked for.
    pub links: Vec<IssueLink>,
    /// Values of its custom fields, as Jira writes them, if they were asked for.
    pub custom_fields: BTreeMap<String, Value>,
}

/// An issue that was made.
#[model]
pub struct CreatedIssue {
    /// Id.
    pub id: String,
    /// Key, such as `ED-24`.
    pub key: String,
    /// The issue in the API.
    #[serde(rename(deserialize = "self"))]
    pub url: Option<String>,
}

/// An issue as Jira writes it.
#[model]
struct Answer {
    id: String,
    key: String,
    #[serde(default)]
    fields: Fields,
}

#[model]
#[derive(Default)]
struct Fields {
    summary: Option<String>,
    #[serde(default, deserialize_with = "markdown")]
    description: Option<String>,
    status: Option<Status>,
    issuetype: Option<Named>,
    priority: Option<Named>,
    project: Option<Keyed>,
    parent: Option<Keyed>,
    assignee: Option<User>,
    reporter: Option<User>,
    #[serde(default, deserialize_with = "list")]
    labels: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    components: Vec<Named>,
    #[serde(rename = "fixVersions", default, deserialize_with = "list")]
    fix_versions: Vec<Named>,
    duedate: Option<String>,
    resolution: Option<Named>,
    created: Option<String>,
    updated: Option<Value>,
    resolutiondate: Option<String>,
    #[serde(default, deserialize_with = "list")]
    attachment: Vec<Attachment>,
    #[serde(default, deserialize_with = "list")]
    issuelinks: Vec<IssueLink>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[model]
struct Status {
    name: String,
    #[serde(rename = "statusCategory")]
    category: Option<Category>,
}

#[model]
struct Category {
    key: Option<String>,
}

#[model]
struct Named {
    name: String,
}

#[model]
struct Keyed {
    key: String,
}

/// Reads a list that may be null.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl From<Answer> for Issue {
    fn from(answer: Answer) -> Self {
        let fields = answer.fields;
        let name = |named: Option<Named>| named.map(|named| named.name);
        let names = |named: Vec<Named>| named.into_iter().map(|named| named.name).collect();
        let (status, category) = match fields.status {
            Some(status) => (Some(status.name), status.category),
            None => (None, None),
        };
        let mut custom_fields = fields.others;
        custom_fields.retain(|name, value| name.starts_with("customfield_") && !value.is_null());
        Self {
            id: answer.id,
            key: answer.key,
            summary: fields.summary,
            description: fields.description,
            status,
            status_category: category.and_then(|category| category.key),
            issue_type: name(fields.issuetype),
            priority: name(fields.priority),
            project: fields.project.map(|project| project.key),
            parent: fields.parent.map(|parent| parent.key),
            assignee: fields.assignee,
            reporter: fields.reporter,
            labels: fields.labels,
            components: names(fields.components),
            fix_versions: names(fields.fix_versions),
            due_date: fields.duedate,
            resolution: name(fields.resolution),
            created: fields.created,
            updated: fields
                .updated
                .and_then(|time| Some(time.as_str()?.to_owned())),
            resolved: fields.resolutiondate,
            attachments: fields.attachment,
            links: fields.issuelinks,
            custom_fields,
        }
    }
}
