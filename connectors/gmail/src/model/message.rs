//! Messages as Gmail sends them: the tree of MIME parts in JSON.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use mail_parser::{Address, DateTime, HeaderValue, MessageParser};
use plugwright_sdk::reading::charset;
use plugwright_sdk::{ActionError, ErrorCode, Result, model};

use crate::compose::Mailbox;

/// A message; what is there depends on the format that was asked for.
#[model]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) thread_id: Option<String>,
    #[serde(default)]
    pub(crate) label_ids: Vec<String>,
    pub(crate) snippet: Option<String>,
    /// Milliseconds since 1970, as text.
    pub(crate) internal_date: Option<String>,
    pub(crate) size_estimate: Option<u64>,
    pub(crate) payload: Option<Part>,
}

/// The message of a draft.
#[model]
pub(crate) struct DraftMessage {
    pub(crate) id: String,
    pub(crate) message: Message,
}

/// The messages of a thread.
#[model]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadMessages {
    pub(crate) id: String,
    pub(crate) history_id: Option<String>,
    #[serde(default)]
    pub(crate) messages: Vec<Message>,
}

/// A message in the format `raw`.
#[model]
pub(crate) struct RawMessage {
    pub(crate) id: String,
    /// The message as RFC 5322 writes it, in base64url.
    pub(crate) raw: String,
}

/// A MIME part.
#[model]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    #[serde(default)]
    pub(crate) mime_type: String,
    #[serde(default)]
    pub(crate) filename: String,
    #[serde(default)]
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Option<Body>,
    #[serde(default)]
    pub(crate) parts: Vec<Part>,
}

#[model]
pub(crate) struct Header {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) value: String,
}

/// The content of a part, or the id by which it is fetched.
#[model]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) attachment_id: Option<String>,
    #[serde(default)]
    pub(crate) size: u64,
    pub(crate) data: Option<String>,
}

impl Message {
    /// When Gmail received it (RFC 3339).
    pub(crate) fn received_at(&self) -> Option<String> {
        let milliseconds: i64 = self.internal_date.as_deref()?.parse().ok()?;
        let time = DateTime::from_timestamp(milliseconds.div_euclid(1000));
        time.is_valid().then(|| time.to_rfc3339())
    }

    pub(crate) fn headers(&self) -> Headers {
        let headers = self.payload.as_ref().map(|part| part.headers.as_slice());
        Headers::read(headers.unwrap_or_default())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.payload.as_ref()?.header(name)
    }
}

impl Part {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(&header.value)
    }

    /// Returns the text of a part that has its content with it.
    pub(crate) fn text(&self) -> Option<String> {
        let bytes = base64url(self.body.as_ref()?.data.as_deref()?).ok()?;
        let content_type = self.header("content-type").unwrap_or(&self.mime_type);
        Some(charset::text(&bytes, Some(content_type.as_bytes())).into_owned())
    }
}

/// The headers that an email is read by.
#[derive(Debug, Default)]
pub(crate) struct Headers {
    pub(crate) subject: Option<String>,
    pub(crate) from: Vec<Mailbox>,
    pub(crate) reply_to: Vec<Mailbox>,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) bcc: Vec<Mailbox>,
    pub(crate) date: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
}

impl Headers {
    /// Gmail gives the values as they stand in the message, so that they are read like a message.
    fn read(headers: &[Header]) -> Self {
        let mut text = String::new();
        for Header { name, value } in headers {
            let value = value.replace(['\r', '\n'], " ");
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        let Some(message) = MessageParser::default().parse_headers(text.as_bytes()) else {
            return Self::default();
        };
        let date = message.date().filter(|date| date.is_valid());
        Self {
            subject: message.subject().map(str::to_owned),
            from: mailboxes(message.from()),
            reply_to: mailboxes(message.reply_to()),
            to: mailboxes(message.to()),
            cc: mailboxes(message.cc()),
            bcc: mailboxes(message.bcc()),
            date: date.map(DateTime::to_rfc3339),
            message_id: message.message_id().map(str::to_owned),
            in_reply_to: ids(message.in_reply_to()).into_iter().next(),
            references: ids(message.references()),
        }
    }
}

fn mailboxes(address: Option<&Address<'_>>) -> Vec<Mailbox> {
    let all = address.into_iter().flat_map(Address::iter);
    let mailboxes = all.filter_map(|address| {
        Some(Mailbox {
            name: address.name().map(str::to_owned),
            email: address.address()?.to_owned(),
        })
    });
    mailboxes.collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![id.clone().into_owned()],
        HeaderValue::TextList(ids) => ids.iter().cloned().map(Cow::into_owned).collect(),
        _ => Vec::new(),
    }
}

/// Reads base64url, with or without padding.
pub(crate) fn base64url(text: &str) -> Result<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text.trim()).map_err(|error| {
        ActionError::new(
            ErrorCode::UpstreamInvalid,
            "Gmail's answer is not base64url",
        )
        .with_detail(error.to_string())
    })
}
