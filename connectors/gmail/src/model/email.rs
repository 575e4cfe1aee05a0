//! Emails as callers see them.

use mail_parser::decoders::html::html_to_text;
use plugwright_sdk::model;

use super::message::{Message, Part, ThreadMessages};
use crate::compose::Mailbox;

/// An email.
#[model]
pub struct Email {
    /// Id.
    pub id: String,
    /// Id of the thread that it is in.
    pub thread_id: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Who wrote it, such as `Ada <ada@example.com>`.
    pub from: Option<String>,
    /// Whom it is to.
    pub to: Vec<String>,
    /// Who got a copy.
    pub cc: Vec<String>,
    /// Who got a copy that others don't see; only emails of the account have them.
    pub bcc: Vec<String>,
    /// Where replies go, if not to the author.
    pub reply_to: Vec<String>,
    /// When it was written, as the author says (RFC 3339).
    pub date: Option<String>,
    /// When Gmail received it (RFC 3339).
    pub received_at: Option<String>,
    /// Start of the text.
    pub snippet: Option<String>,
    /// The text; of an email that is HTML alone, what it says.
    pub text: Option<String>,
    /// The HTML, if it was asked for.
    pub html: Option<String>,
    /// The files with it, without their content.
    pub attachments: Vec<Attachment>,
    /// Ids of its labels, such as `INBOX`, `UNREAD`, `SENT` and `STARRED`.
    pub label_ids: Vec<String>,
    /// Id over all mailboxes, the header `Message-ID`.
    pub message_id: Option<String>,
    /// The `Message-ID` of the email that it replies to.
    pub in_reply_to: Option<String>,
    /// The `Message-ID` of the emails before it in the conversation.
    pub references: Vec<String>,
    /// Size in bytes, about.
    pub size: Option<u64>,
}

/// An email in a list.
#[model]
pub struct EmailSummary {
    /// Id.
    pub id: String,
    /// Id of the thread that it is in.
    pub thread_id: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Who wrote it, such as `Ada <ada@example.com>`.
    pub from: Option<String>,
    /// Whom it is to.
    pub to: Vec<String>,
    /// When Gmail received it (RFC 3339).
    pub received_at: Option<String>,
    /// Start of the text.
    pub snippet: Option<String>,
    /// Ids of its labels.
    pub label_ids: Vec<String>,
}

/// A file with an email.
#[model]
pub struct Attachment {
    /// Id by which `attachments.download` gets it; absent for a part that is in the email itself. Gmail
    /// gives another one each time, and all of them work.
    pub attachment_id: Option<String>,
    /// File name.
    pub name: Option<String>,
    /// Media type.
    pub content_type: String,
    /// Size in bytes.
    pub size: u64,
    /// The `Content-ID` by which the HTML shows it, without angle brackets.
    pub content_id: Option<String>,
}

/// A thread with its emails.
#[model]
pub struct Thread {
    /// Id.
    pub id: String,
    /// Id of the last change of it.
    pub history_id: Option<String>,
    /// The emails, oldest first.
    pub emails: Vec<Email>,
}

/// The HTML of an email is as long as the rest of it several times over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Html {
    LeftOut,
    Included,
}

impl Html {
    pub(crate) fn if_wanted(is_wanted: bool) -> Self {
        if is_wanted {
            Self::Included
        } else {
            Self::LeftOut
        }
    }
}

impl Email {
    pub(crate) fn new(message: Message, html: Html) -> Self {
        let received_at = message.received_at();
        let headers = message.headers();
        let mut content = Content::default();
        if let Some(payload) = &message.payload {
            content.take(payload);
        }
        let (text, markup) = (joined(&content.text), joined(&content.html));
        let text = text.or_else(|| markup.as_deref().map(html_to_text));
        Self {
            id: message.id,
            thread_id: message.thread_id,
            subject: headers.subject,
            from: headers.from.first().map(Mailbox::to_string),
            to: texts(&headers.to),
            cc: texts(&headers.cc),
            bcc: texts(&headers.bcc),
            reply_to: texts(&headers.reply_to),
            date: headers.date,
            received_at,
            snippet: message.snippet.as_deref().map(html_to_text),
            text: text.map(|text| text.replace("\r\n", "\n")),
            html: markup.filter(|_| html == Html::Included),
            attachments: content.attachments,
            label_ids: message.label_ids,
            message_id: headers.message_id,
            in_reply_to: headers.in_reply_to,
            references: headers.references,
            size: message.size_estimate,
        }
    }
}

impl From<Message> for EmailSummary {
    fn from(message: Message) -> Self {
        let headers = message.headers();
        Self {
            received_at: message.received_at(),
            subject: headers.subject,
            from: headers.from.first().map(Mailbox::to_string),
            to: texts(&headers.to),
            snippet: message.snippet.as_deref().map(html_to_text),
            id: message.id,
            thread_id: message.thread_id,
            label_ids: message.label_ids,
        }
    }
}

impl From<ThreadMessages> for Thread {
    fn from(thread: ThreadMessages) -> Self {
        let emails = thread.messages.into_iter();
        Self {
            id: thread.id,
            history_id: thread.history_id,
            emails: emails
                .map(|message| Email::new(message, Html::LeftOut))
                .collect(),
        }
    }
}

fn texts(mailboxes: &[Mailbox]) -> Vec<String> {
    mailboxes.iter().map(Mailbox::to_string).collect()
}

fn joined(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// What is in the parts of a message.
#[derive(Default)]
struct Content {
    text: Vec<String>,
    html: Vec<String>,
    attachments: Vec<Attachment>,
}

impl Content {
    fn take(&mut self, part: &Part) {
        // A message in a message is one file, as it is in Gmail.
        if part.mime_type.starts_with("multipart/") {
            for part in &part.parts {
                self.take(part);
            }
            return;
        }
        let disposition = part.header("content-disposition").unwrap_or_default();
        let is_attached = disposition
            .get(..10)
            .is_some_and(|kind| kind.eq_ignore_ascii_case("attachment"));
        let shown = match part.mime_type.as_str() {
            "text/plain" => Some(&mut self.text),
            "text/html" => Some(&mut self.html),
            _ => None,
        };
        if part.filename.is_empty()
            && !is_attached
            && let (Some(texts), Some(text)) = (shown, part.text())
        {
            texts.push(text);
        } else if let Some(body) = &part.body
            && (body.attachment_id.is_some() || !part.filename.is_empty() || is_attached)
        {
            let content_id = part.header("content-id");
            self.attachments.push(Attachment {
                attachment_id: body.attachment_id.clone(),
                name: (!part.filename.is_empty()).then(|| part.filename.clone()),
                content_type: part.mime_type.clone(),
                size: body.size,
                content_id: content_id.map(|id| id.trim_matches(['<', '>', ' ']).to_owned()),
            });
        }
    }
}
