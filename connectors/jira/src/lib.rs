#![doc = include_str!("../README.md")]

pub mod attachments;
pub mod boards;
pub mod comments;
pub mod components;
mod document;
mod evidence;
pub mod fields;
pub mod filters;
pub mod issue_links;
pub mod issue_types;
pub mod issues;
pub mod labels;
mod model;
pub mod projects;
pub mod sites;
pub mod sprints;
pub mod transitions;
pub mod users;
pub mod versions;
pub mod watchers;
pub mod web_links;
pub mod worklogs;

use plugwright_sdk::auth::{ClientAuthentication, RequestFormat};
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, host, scope};

/// The Jira connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("jira", "Jira", env!("CARGO_PKG_VERSION"))
        .description("Issue tracking: issues, comments, transitions, worklogs and sprints")
        .base_url("{base_url}")
        .hosts(&[host("atlassian", "https://api.atlassian.com")])
        .auth(&[
            Auth::basic("Mail address and API token"),
            Auth::oauth2(
                "https://auth.atlassian.com/authorize",
                "https://auth.atlassian.com/oauth/token",
                &[
                    scope("read:jira-work", "Read projects and issues"),
                    scope("write:jira-work", "Create and change issues"),
                    scope("read:jira-user", "Read accounts"),
                    scope(
                        "manage:jira-project",
                        "Change versions and components of projects",
                    ),
                    scope("read:board-scope:jira-software", "Read boards"),
                    scope("read:sprint:jira-software", "Read sprints"),
                    scope("write:sprint:jira-software", "Change what sprints have"),
                    scope("offline_access", "Stay connected"),
                ],
            )
            .default_scopes(&[
                "read:jira-work",
                "write:jira-work",
                "read:jira-user",
                "offline_access",
            ])
            .authorize_parameters(&[("audience", "api.atlassian.com"), ("prompt", "consent")])
            .account_picker(&[])
            .client_authentication(ClientAuthentication::SecretPost)
            .token_request(RequestFormat::Json),
        ])
        .categories(&["productivity", "developer-tools"])
        .homepage_url("https://www.atlassian.com/software/jira")
        .on_error(model::error)
        .identity("/rest/api/3/myself", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            issues::search,
            issues::get,
            issues::create,
            issues::update,
            issues::assign,
            issues::delete,
            issues::list_changes,
            transitions::list,
            transitions::apply,
            comments::list,
            comments::get,
            comments::create,
            comments::update,
            comments::delete,
            worklogs::list,
            worklogs::create,
            worklogs::update,
            worklogs::delete,
            attachments::upload,
            attachments::get,
            attachments::download,
            attachments::delete,
            issue_links::list_types,
            issue_links::create,
            issue_links::get,
            issue_links::delete,
            web_links::list,
            web_links::create,
            watchers::list,
            watchers::add,
            watchers::remove,
            projects::list,
            projects::get,
            projects::list_statuses,
            issue_types::list,
            versions::list,
            versions::create,
            versions::update,
            components::list,
            labels::list,
            fields::list,
            filters::list,
            users::me,
            users::search,
            users::search_assignable,
            boards::list,
            sprints::list,
            sprints::list_issues,
            sprints::add_issues,
            sites::list,
        ]);

pub use model::{
    Attachment, Board, Change, ChangedField, Comment, Component, CreatedIssue, Field, Filter,
    Issue, IssueKey, IssueLink, IssueType, IssueTypeStatuses, LinkType, Project, ProjectKey, Site,
    Sprint, Transition, User, Version, Visibility, Watchers, WebLink, Worklog,
};
