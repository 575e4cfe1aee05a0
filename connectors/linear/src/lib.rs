#![doc = include_str!("../README.md")]

pub mod attachments;
pub mod comments;
pub mod cycles;
pub mod documents;
mod evidence;
mod fragments;
pub mod issue_relations;
pub mod issues;
mod key;
pub mod labels;
mod model;
pub mod project_updates;
pub mod projects;
pub mod states;
pub mod teams;
pub mod users;

use plugwright_sdk::auth::{ClientAuthentication, Revocation};
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, scope};

/// The Linear connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("linear", "Linear", env!("CARGO_PKG_VERSION"))
        .description("Issue tracking: issues, comments, projects, cycles, teams and labels")
        .base_url("https://api.linear.app")
        .auth(&[
            Auth::api_key_header("API key", "authorization").with_token_prefix("lin_api_"),
            Auth::oauth2(
                "https://linear.app/oauth/authorize",
                "https://api.linear.app/oauth/token",
                &[
                    scope("read", "Read all that the account can see"),
                    scope("write", "Read and change all that the account can").including(&[
                        "read",
                        "issues:create",
                        "comments:create",
                    ]),
                    scope("issues:create", "Create issues and their attachments"),
                    scope("comments:create", "Create comments on issues"),
                ],
            )
            .scope_separator(",")
            .default_scopes(&["read", "write"])
            .client_authentication(ClientAuthentication::SecretPost)
            .account_picker(&[("prompt", "consent")])
            .revocation(Revocation::standard("https://api.linear.app/oauth/revoke")),
        ])
        .categories(&["developer-tools", "productivity"])
        .homepage_url("https://linear.app")
        .on_error(model::error)
        .identity_query(&users::ACCOUNT, model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            issues::list,
            issues::search,
            issues::get,
            issues::find_by_branch,
            issues::create,
            issues::update,
            issues::add_label,
            issues::remove_label,
            issues::archive,
            issues::unarchive,
            issues::delete,
            issue_relations::list,
            issue_relations::create,
            issue_relations::delete,
            comments::list,
            comments::get,
            comments::create,
            comments::update,
            comments::resolve,
            comments::delete,
            attachments::list,
            attachments::create,
            attachments::delete,
            projects::list,
            projects::get,
            projects::create,
            projects::update,
            projects::delete,
            project_updates::list,
            project_updates::create,
            documents::list,
            documents::get,
            documents::create,
            documents::update,
            cycles::list,
            cycles::get,
            teams::list,
            teams::get,
            states::list,
            labels::list,
            labels::create,
            labels::update,
            labels::delete,
            users::list,
            users::get,
            users::get_viewer,
        ]);

pub use model::{
    Attachment, Comment, Cycle, Document, Health, Id, Issue, IssueId, IssueRelation, Label,
    OrderBy, PerPage, Priority, Project, ProjectUpdate, RelationKind, State, StateKind, Team,
    TeamId, User,
};
