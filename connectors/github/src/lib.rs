#![doc = include_str!("../README.md")]

pub mod issue_labels;
pub mod issues;
pub mod labels;
mod model;
pub mod repos;
pub mod search;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, scope};

/// The GitHub connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("github", "GitHub", env!("CARGO_PKG_VERSION"))
        .description("Code hosting: repositories, issues and pull requests")
        .base_url("https://api.github.com")
        .auth(&[
            Auth::bearer_token("Personal access token"),
            Auth::oauth2(
                "https://github.com/login/oauth/authorize",
                "https://github.com/login/oauth/access_token",
                &[
                    scope("repo", "Read and write private repositories"),
                    scope("public_repo", "Read and write public repositories"),
                ],
            ),
        ])
        .categories(&["developer-tools"])
        .homepage_url("https://github.com")
        .headers(&[
            ("accept", "application/vnd.github+json"),
            ("x-github-api-version", "2022-11-28"),
        ])
        .on_error(model::error)
        .identity("/user", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![
            issues::list,
            issues::get,
            issues::create,
            issues::update,
            issues::close,
            issues::lock,
            issues::unlock,
            issue_labels::list,
            issue_labels::add,
            issue_labels::set,
            issue_labels::remove,
            issue_labels::remove_all,
            labels::list,
            labels::get,
            labels::create,
            labels::update,
            labels::delete,
            repos::get,
            search::issues,
        ]);

pub use model::{Issue, IssueState, Label, Repo, Repository};
