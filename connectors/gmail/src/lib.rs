#![doc = include_str!("../README.md")]

pub mod attachments;
mod compose;
pub mod drafts;
pub mod emails;
mod evidence;
pub mod filters;
pub mod history;
pub mod labels;
mod lost;
mod mime;
mod model;
pub mod profile;
mod reply;
pub mod send_as;
pub mod sending;
pub mod threads;
pub mod vacation;

use plugwright_sdk::{ConnectorDefinition, actions, cassettes, host, scope};

/// The Gmail connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("gmail", "Gmail", env!("CARGO_PKG_VERSION"))
        .description("Email: messages, drafts, threads, labels, attachments and filters")
        .base_url("https://gmail.googleapis.com/gmail/v1/users/me")
        .hosts(&[host(
            "uploads",
            "https://gmail.googleapis.com/resumable/upload/gmail/v1/users/me",
        )])
        .auth(&[plugwright_google::oauth2(&[
            scope(
                "https://mail.google.com/",
                "Read, write, send and permanently delete emails",
            )
            .including(&[
                "https://www.googleapis.com/auth/gmail.modify",
                "https://www.googleapis.com/auth/gmail.readonly",
                "https://www.googleapis.com/auth/gmail.compose",
                "https://www.googleapis.com/auth/gmail.send",
                "https://www.googleapis.com/auth/gmail.labels",
            ]),
            scope(
                "https://www.googleapis.com/auth/gmail.modify",
                "Read, write and send emails, and change their labels",
            )
            .including(&[
                "https://www.googleapis.com/auth/gmail.readonly",
                "https://www.googleapis.com/auth/gmail.compose",
                "https://www.googleapis.com/auth/gmail.send",
                "https://www.googleapis.com/auth/gmail.labels",
            ]),
            scope(
                "https://www.googleapis.com/auth/gmail.readonly",
                "Read emails and settings",
            ),
            scope(
                "https://www.googleapis.com/auth/gmail.compose",
                "Write drafts and send emails",
            )
            .including(&["https://www.googleapis.com/auth/gmail.send"]),
            scope(
                "https://www.googleapis.com/auth/gmail.send",
                "Send emails, and nothing else",
            ),
            scope(
                "https://www.googleapis.com/auth/gmail.labels",
                "Read and change labels",
            ),
            scope(
                "https://www.googleapis.com/auth/gmail.settings.basic",
                "Read and change filters and other settings",
            ),
        ])
        .default_scopes(&["https://www.googleapis.com/auth/gmail.modify"])])
        .categories(&["communication"])
        .homepage_url("https://mail.google.com")
        .on_error(plugwright_google::error)
        .identity("/profile", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            emails::list,
            emails::list_ids,
            emails::get,
            emails::download,
            sending::send,
            sending::reply,
            emails::modify_labels,
            emails::batch_modify_labels,
            emails::trash,
            emails::untrash,
            emails::delete,
            emails::batch_delete,
            attachments::download,
            drafts::list,
            drafts::get,
            drafts::create,
            drafts::update,
            drafts::send,
            drafts::delete,
            threads::list,
            threads::get,
            threads::modify_labels,
            threads::trash,
            threads::untrash,
            threads::delete,
            labels::list,
            labels::get,
            labels::create,
            labels::update,
            labels::delete,
            history::list,
            filters::list,
            filters::get,
            filters::create,
            filters::delete,
            vacation::get,
            vacation::update,
            send_as::list,
            profile::get,
        ]);

pub use compose::{Composition, Mailbox, NewAttachment, Subject};
pub use model::{
    Attachment, Draft, DraftRef, Email, EmailId, EmailRef, EmailSummary, Filter, FilterAction,
    FilterCriteria, HistoryRecord, HistoryType, Label, LabelChange, LabelColor,
    LabelListVisibility, MessageListVisibility, Profile, SendAs, Size, SizeComparison, Thread,
    ThreadId, ThreadRef, Vacation,
};
