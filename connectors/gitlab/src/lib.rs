#![doc = include_str!("../README.md")]

pub mod branches;
pub mod commit_statuses;
pub mod commits;
mod evidence;
pub mod files;
pub mod issue_notes;
pub mod issues;
pub mod jobs;
pub mod labels;
mod lost;
pub mod members;
pub mod merge_request_notes;
pub mod merge_requests;
pub mod milestones;
mod model;
pub mod pipelines;
pub mod projects;
pub mod releases;
pub mod search;
pub mod tags;
pub mod users;

use plugwright_sdk::auth::{ClientAuthentication, Revocation};
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, scope};

/// The GitLab connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("gitlab", "GitLab", env!("CARGO_PKG_VERSION"))
        .description("Code hosting: projects, issues, merge requests, pipelines and releases")
        .base_url("{base_url}/api/v4")
        .setting_defaults(&[("base_url", "https://gitlab.com")])
        .auth(&[
            // GitLab takes access tokens of every kind in this header as well as in `PRIVATE-TOKEN`.
            Auth::bearer_token("Personal, project or group access token"),
            Auth::oauth2(
                "https://gitlab.com/oauth/authorize",
                "https://gitlab.com/oauth/token",
                &[
                    scope("api", "Read and write everything that the account may").including(&[
                        "read_api",
                        "read_user",
                        "read_repository",
                    ]),
                    scope("read_api", "Read everything that the account may")
                        .including(&["read_user"]),
                    scope("read_user", "Read the profile of the account"),
                    scope("read_repository", "Read files of private projects"),
                ],
            )
            .default_scopes(&["api"])
            .client_authentication(ClientAuthentication::SecretPost)
            .account_picker(&[])
            .revocation(Revocation::standard("https://gitlab.com/oauth/revoke")),
        ])
        .categories(&["developer-tools"])
        .homepage_url("https://gitlab.com")
        .on_error(model::error)
        .identity("/user", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            projects::list,
            projects::list_in_group,
            projects::get,
            projects::create,
            projects::fork,
            members::list,
            members::add,
            issues::list,
            issues::search,
            issues::get,
            issues::create,
            issues::update,
            issue_notes::list,
            issue_notes::create,
            issue_notes::update,
            merge_requests::list,
            merge_requests::search,
            merge_requests::get,
            merge_requests::create,
            merge_requests::update,
            merge_requests::merge,
            merge_requests::list_commits,
            merge_requests::list_diffs,
            merge_request_notes::list,
            merge_request_notes::create,
            merge_request_notes::update,
            branches::list,
            branches::get,
            branches::create,
            branches::delete,
            commits::list,
            commits::get,
            commits::create,
            commits::list_comments,
            commits::create_comment,
            commit_statuses::list,
            commit_statuses::set,
            files::list,
            files::get,
            files::create,
            files::update,
            files::download,
            tags::list,
            tags::get,
            releases::list,
            releases::get,
            releases::create,
            pipelines::list,
            pipelines::get,
            pipelines::create,
            pipelines::retry,
            pipelines::cancel,
            jobs::list,
            jobs::get_log,
            jobs::retry,
            labels::list,
            labels::create,
            milestones::list,
            search::code,
            users::me,
            users::list,
        ]);

pub use model::{
    Branch, ChangedFile, CodeHit, Comment, Commit, CommitComment, CommitStats, Diff, Entry, File,
    GroupRef, Issue, IssueIid, Job, JobLog, Label, Member, MergeRequest, MergeRequestIid,
    Milestone, PerPage, Pipeline, Project, ProjectRef, Release, ReleaseLink, Sort, Status, Tag,
    User,
};
