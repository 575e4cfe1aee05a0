//! What a reply needs of the email that it is to.

use plugwright_sdk::{ActionContext, Result, path};

use crate::compose::{Mailbox, Subject};
use crate::model::{EmailId, Headers, Message};

/// The email that is replied to.
pub(crate) struct Original {
    message: Message,
    headers: Headers,
}

impl Original {
    pub(crate) async fn fetch(cx: &ActionContext, email_id: &EmailId) -> Result<Self> {
        let message: Message = cx
            .get(path!("/messages/{id}", id = email_id.0))
            .query("format", "metadata")
            .fetch()
            .await?;
        let headers = message.headers();
        Ok(Self { message, headers })
    }

    pub(crate) fn thread_id(&self) -> Option<&str> {
        self.message.thread_id.as_deref()
    }

    pub(crate) fn message_id(&self) -> Option<&str> {
        self.headers.message_id.as_deref()
    }

    /// The emails before it, and itself (RFC 5322, section 3.6.4).
    pub(crate) fn references(&self) -> impl Iterator<Item = &str> {
        let before = self.headers.references.iter();
        let parent = self.headers.in_reply_to.iter();
        let before = before.chain(parent.filter(|_| self.headers.references.is_empty()));
        before.map(String::as_str).chain(self.message_id())
    }

    pub(crate) fn subject(&self) -> Subject {
        let subject = self.headers.subject.as_deref().unwrap_or_default();
        let is_reply = subject
            .get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case("re:"));
        Subject(if is_reply {
            subject.to_owned()
        } else {
            format!("Re: {subject}")
        })
    }

    /// Whom a reply is to: the author, or the recipients of an email of the account itself.
    pub(crate) fn recipients(&self) -> Vec<Mailbox> {
        let headers = &self.headers;
        let is_own = self.message.label_ids.iter().any(|label| label == "SENT");
        let to = if is_own {
            &headers.to
        } else if headers.reply_to.is_empty() {
            &headers.from
        } else {
            &headers.reply_to
        };
        to.clone()
    }

    /// The other recipients, without the account itself and those that a reply is to.
    pub(crate) fn others(&self, own: &str) -> Vec<Mailbox> {
        let mut known: Vec<String> = self.recipients().iter().map(address).collect();
        known.push(own.to_lowercase());
        let mut others = Vec::new();
        for mailbox in self.headers.to.iter().chain(&self.headers.cc) {
            if !known.contains(&address(mailbox)) {
                known.push(address(mailbox));
                others.push(mailbox.clone());
            }
        }
        others
    }
}

fn address(mailbox: &Mailbox) -> String {
    mailbox.email.to_lowercase()
}
