#![doc = include_str!("../README.md")]

pub mod comments;
pub mod labels;
mod model;
pub mod projects;
pub mod sections;
pub mod tasks;

use plugwright_sdk::auth::{ClientAuthentication, Revocation, TokenAnswer};
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, scope};

/// The Todoist connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("todoist", "Todoist", env!("CARGO_PKG_VERSION"))
        .description("To-do lists: tasks, projects, sections, labels and comments")
        .base_url("https://api.todoist.com/api/v1")
        .auth(&[
            Auth::bearer_token("API token"),
            Auth::oauth2(
                "https://todoist.com/oauth/authorize",
                "https://todoist.com/oauth/access_token",
                &[
                    scope("task:add", "Add tasks, and nothing else"),
                    scope("data:read", "Read tasks, projects, labels and comments"),
                    scope(
                        "data:read_write",
                        "Read and change tasks, projects, labels and comments",
                    ),
                    scope("data:delete", "Delete tasks, labels and comments"),
                    scope("project:delete", "Delete projects"),
                ],
            )
            .scope_separator(",")
            // It refuses to be asked for nothing.
            .default_scopes(&["data:read_write"])
            .client_authentication(ClientAuthentication::SecretPost)
            .account_picker(&[])
            .token_answer(TokenAnswer::STANDARD.error_codes(&[
                ("bad_authorization_code", "invalid_grant"),
                ("incorrect_application_credentials", "invalid_client"),
            ]))
            .revocation(Revocation::json("https://api.todoist.com/api/v1/revoke")),
        ])
        .categories(&["productivity"])
        .homepage_url("https://todoist.com")
        .on_error(model::error)
        .identity("/user", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![
            tasks::list,
            tasks::filter,
            tasks::get,
            tasks::create,
            tasks::quick_add,
            tasks::update,
            tasks::relocate,
            tasks::close,
            tasks::reopen,
            tasks::delete,
            projects::list,
            projects::list_archived,
            projects::get,
            projects::create,
            projects::update,
            projects::archive,
            projects::unarchive,
            projects::delete,
            sections::list,
            sections::get,
            sections::create,
            sections::update,
            sections::delete,
            labels::list,
            labels::get,
            labels::create,
            labels::update,
            labels::delete,
            comments::list,
            comments::get,
            comments::create,
            comments::update,
            comments::delete,
        ]);

pub use model::{
    Attachment, COLORS, Comment, Deadline, Due, Duration, DurationUnit, Label, Limit, Project,
    ProjectId, Section, Task, TaskId, ViewStyle,
};
