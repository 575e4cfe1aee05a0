//! Writing emails as RFC 5322 says, and handing them to Gmail.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::headers::{Header as _, HeaderType};
use mail_builder::mime::{BodyPart, MimePart};
use plugwright_sdk::http::{RequestBuilder, boundary};
use plugwright_sdk::serde::de::DeserializeOwned;
use plugwright_sdk::{ActionContext, ActionError, FileContent, FileInput, Result, Value, json};

use crate::compose::{Composition, Mailbox, Subject};
use crate::lost::CALL_HEADER;
use crate::reply::Original;

/// A longer email goes by a resumable upload, as Google recommends above 5 MB.
const LONGEST_IN_JSON: usize = 5 << 20;

/// Gmail takes no longer email.
const LONGEST: usize = 35 << 20;

/// An email to be sent or saved.
pub(crate) struct Outgoing {
    bytes: Vec<u8>,
    thread_id: Option<String>,
}

impl Outgoing {
    /// Writes an email. `Date` and `Message-ID` are Gmail's to add.
    pub(crate) async fn new(
        cx: &ActionContext,
        to: &[Mailbox],
        subject: Option<&Subject>,
        composition: &Composition,
        original: Option<&Original>,
    ) -> Result<Self> {
        let files = composition.files(cx).await?;
        let call = plugwright_google::call_id(cx.idempotency_key());
        let mut bytes = Vec::new();
        let mut add = |name: &str, value: HeaderType<'_>| {
            bytes.extend_from_slice(format!("{name}: ").as_bytes());
            value.write_header(&mut bytes, name.len() + 2);
        };
        for (name, mailboxes) in [
            ("From", composition.from.as_slice()),
            ("To", to),
            ("Cc", composition.cc.as_deref().unwrap_or_default()),
            ("Bcc", composition.bcc.as_deref().unwrap_or_default()),
            ("Reply-To", composition.reply_to.as_slice()),
        ] {
            if !mailboxes.is_empty() {
                add(name, addresses(mailboxes).into());
            }
        }
        if let Some(Subject(subject)) = subject {
            add("Subject", Text::new(subject.as_str()).into());
        }
        if let Some(original) = original
            && let Some(message_id) = original.message_id()
        {
            add("In-Reply-To", MessageId::new(message_id).into());
            let references: Vec<_> = original.references().collect();
            add("References", MessageId::from(references).into());
        }
        add(CALL_HEADER, Raw::new(call.as_str()).into());
        bytes.extend_from_slice(b"MIME-Version: 1.0\r\n");
        let body = body(composition, &files, &call);
        MessageBuilder::new().body(body).serialize_body(&mut bytes);
        if bytes.len() > LONGEST {
            return Err(ActionError::invalid_param(
                "attachments",
                "make the email longer than 35 MiB, and Gmail takes no longer one",
            ));
        }
        Ok(Self {
            bytes,
            thread_id: original.and_then(Original::thread_id).map(str::to_owned),
        })
    }

    /// Sends it with a request, in JSON that `wrap` makes of the message, or by an upload.
    pub(crate) async fn send<T: DeserializeOwned + 'static>(
        self,
        request: RequestBuilder<'_>,
        wrap: impl FnOnce(Value) -> Value,
    ) -> Result<T> {
        let mut message = json!({});
        if let Some(thread_id) = self.thread_id {
            message["threadId"] = thread_id.into();
        }
        if self.bytes.len() <= LONGEST_IN_JSON {
            message["raw"] = URL_SAFE_NO_PAD.encode(self.bytes).into();
            return request.json(&wrap(message)).fetch().await;
        }
        let file = FileInput::from_bytes("message/rfc822", self.bytes);
        request
            .host("uploads")
            .query("uploadType", "resumable")
            .json(&wrap(message))
            .upload_resumable(&file, None)
            .await
    }
}

fn addresses(mailboxes: &[Mailbox]) -> Address<'_> {
    let each = mailboxes
        .iter()
        .map(|mailbox| Address::new_address(mailbox.name.as_deref(), mailbox.email.as_str()));
    Address::new_list(each.collect())
}

/// Text and HTML as alternatives, and the files behind them.
fn body<'a>(composition: &'a Composition, files: &'a [FileContent], call: &str) -> MimePart<'a> {
    let boundaries = Boundaries::new(composition, call);
    let text = composition.text.as_deref();
    let html = composition.html.as_deref();
    let text = text.map(|text| MimePart::new("text/plain", BodyPart::Text(text.into())));
    let html = html.map(|html| MimePart::new("text/html", BodyPart::Text(html.into())));
    let content = match (text, html) {
        (Some(text), Some(html)) => {
            MimePart::new(boundaries.of("multipart/alternative", 1), vec![text, html])
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => MimePart::new("text/plain", BodyPart::Text("".into())),
    };
    if files.is_empty() {
        return content;
    }
    let mut parts = vec![content];
    parts.extend(files.iter().map(|file| {
        let media_type = file.media_type.as_deref();
        let content = BodyPart::Binary(file.bytes.as_ref().into());
        MimePart::new(media_type.unwrap_or("application/octet-stream"), content)
            .attachment(file.name.as_deref().unwrap_or_default())
    }));
    MimePart::new(boundaries.of("multipart/mixed", 2), parts)
}

/// What stands between parts: the same for the same call, so that a dry run shows what is sent.
struct Boundaries(String);

impl Boundaries {
    /// Files are written in base64, which has no `_`; text may be written as it is.
    fn new(composition: &Composition, call: &str) -> Self {
        let texts = [&composition.text, &composition.html].into_iter().flatten();
        Self(boundary(&format!("_{call}"), texts.map(String::as_bytes)))
    }

    fn of(&self, media_type: &'static str, number: u8) -> ContentType<'static> {
        ContentType::new(media_type).attribute("boundary", format!("{}.{number}", self.0))
    }
}
