#![doc = include_str!("../README.md")]

mod answer;
pub mod auto_merge;
pub mod branch_protection;
pub mod collaborators;
pub mod contents;
pub mod discussions;
mod evidence;
pub mod files;
pub mod invitations;
pub mod issue_labels;
pub mod issues;
pub mod labels;
pub mod markdown;
mod model;
pub mod notifications;
pub mod orgs;
pub mod pinned_issues;
pub mod project_cards;
pub mod projects;
pub mod pulls;
pub mod refs;
pub mod releases;
pub mod repos;
pub mod review_threads;
pub mod root;
pub mod search;
pub mod search_all;
pub mod statuses;

use plugwright_sdk::auth::{ClientAuthentication, Revocation, TokenAnswer};
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, host, scope};

/// The GitHub connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("github", "GitHub", env!("CARGO_PKG_VERSION"))
        .description("Code hosting: repositories, issues, pull requests and releases")
        .base_url("https://api.github.com")
        .hosts(&[host("uploads", "https://uploads.github.com")])
        .auth(&[
            Auth::bearer_token("Personal access token"),
            Auth::oauth2(
                "https://github.com/login/oauth/authorize",
                "https://github.com/login/oauth/access_token",
                &[
                    scope("repo", "Read and write private repositories").including(&[
                        "public_repo",
                        "repo:status",
                        "repo:invite",
                    ]),
                    scope("public_repo", "Read and write public repositories"),
                    scope("repo:status", "Read and write statuses of commits"),
                    scope(
                        "repo:invite",
                        "Accept and decline invitations to repositories",
                    ),
                    scope("read:org", "Read organizations, their members and teams"),
                    scope("notifications", "Read notifications, and mark them as read"),
                    scope("project", "Read and write projects").including(&["read:project"]),
                    scope("read:project", "Read projects"),
                    scope("workflow", "Write workflow files of GitHub Actions"),
                ],
            )
            .default_scopes(&["repo"])
            .client_authentication(ClientAuthentication::SecretPost)
            // It answers with commas where it is asked with blanks, and with status 200 on errors.
            // OAuth apps have tokens without an end; those of GitHub Apps have refresh tokens.
            .token_answer(TokenAnswer::STANDARD.scope_separator(",").error_codes(&[
                ("bad_verification_code", "invalid_grant"),
                ("bad_refresh_token", "invalid_grant"),
                ("incorrect_client_credentials", "invalid_client"),
                ("redirect_uri_mismatch", "invalid_request"),
            ]))
            .revocation(Revocation::delete(
                "https://api.github.com/applications/{client_id}/token",
            )),
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
        .evidence(evidence::evidence)
        .actions(actions![
            issues::list,
            issues::get,
            issues::create,
            issues::update,
            issues::close,
            issues::lock,
            issues::unlock,
            pinned_issues::list,
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
            pulls::list,
            pulls::get,
            pulls::create,
            pulls::merge,
            auto_merge::enable,
            review_threads::list,
            review_threads::resolve,
            review_threads::unresolve,
            repos::list,
            repos::get,
            repos::update,
            contents::list,
            contents::get,
            contents::get_text,
            contents::put,
            refs::list,
            refs::get,
            refs::create,
            refs::update,
            refs::delete,
            statuses::create,
            statuses::list,
            statuses::get_combined,
            branch_protection::get,
            branch_protection::update,
            branch_protection::remove,
            collaborators::list,
            collaborators::add,
            collaborators::remove,
            invitations::list,
            invitations::accept,
            releases::get_by_tag,
            releases::list_assets,
            releases::get_asset,
            releases::update_asset,
            releases::delete_asset,
            files::upload_asset,
            files::download_asset,
            files::download_archive,
            search::issues,
            search_all::all,
            discussions::list,
            discussions::get,
            discussions::list_comments,
            discussions::create_comment,
            projects::get,
            projects::list_items,
            projects::add_item,
            orgs::get,
            notifications::mark_read,
            markdown::render,
            markdown::render_raw,
            root::get,
            project_cards::list,
            project_cards::get,
            project_cards::create,
            project_cards::update,
            project_cards::move_to,
            project_cards::delete,
        ]);

pub use model::{
    Actors, AddedCollaborator, AutoMerge, Collaborator, CombinedStatus, CommittedFile, Discussion,
    DiscussionComment, Entry, File, GitRef, Hit, Hits, Invitation, Issue, IssueNumber, IssueState,
    Label, Merge, Order, Organization, PerPage, Permissions, PinnedIssue, Project, ProjectCard,
    ProjectItem, Protection, Pull, Release, ReleaseAsset, Repo, Repository, RequiredCheck,
    RequiredReviews, RequiredStatusChecks, ReviewComment, ReviewThread, SearchHits, Sha, Status,
};
