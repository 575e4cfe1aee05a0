//! Settings of a mailbox.

use mail_parser::DateTime;
use plugwright_sdk::serde::{Deserialize, Deserializer};
use plugwright_sdk::{Param, model};

/// A filter: what is done with emails that come and match.
#[model]
pub struct Filter {
    /// Id.
    pub id: String,
    /// What an email must match.
    #[serde(default)]
    pub criteria: FilterCriteria,
    /// What is done with it.
    #[serde(default)]
    pub action: FilterAction,
}

/// What an email must match.
#[derive(Default, PartialEq, Eq)]
#[model]
pub struct FilterCriteria {
    /// Name or address of the sender.
    pub from: Option<String>,
    /// Name or address of a recipient.
    pub to: Option<String>,
    /// Words in the subject.
    pub subject: Option<String>,
    /// A query in Gmail's search language.
    pub query: Option<String>,
    /// A query that it must not match.
    #[serde(rename(deserialize = "negatedQuery"))]
    pub negated_query: Option<String>,
    /// Whether it has files with it.
    #[serde(rename(deserialize = "hasAttachment"))]
    pub has_attachment: Option<bool>,
    /// Whether chats are left out.
    #[serde(rename(deserialize = "excludeChats"))]
    pub exclude_chats: Option<bool>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Whether it is `larger` or `smaller` than the size.
    #[serde(rename(deserialize = "sizeComparison"))]
    pub size_comparison: Option<String>,
}

/// What is done with an email that a filter matches.
#[derive(Default, PartialEq, Eq)]
#[model]
pub struct FilterAction {
    /// Ids of labels that it gets.
    #[serde(rename(deserialize = "addLabelIds"), default)]
    pub add_label_ids: Vec<String>,
    /// Ids of labels that it loses.
    #[serde(rename(deserialize = "removeLabelIds"), default)]
    pub remove_label_ids: Vec<String>,
    /// Address that it is forwarded to.
    pub forward: Option<String>,
}

/// How a size is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum SizeComparison {
    /// The email is larger.
    Larger,
    /// The email is smaller.
    Smaller,
}

/// The automatic reply while the account's owner is away.
#[model]
pub struct Vacation {
    /// Whether it is on.
    #[serde(rename(deserialize = "enableAutoReply"), default)]
    pub enabled: bool,
    /// Subject of the reply.
    #[serde(rename(deserialize = "responseSubject"))]
    pub subject: Option<String>,
    /// Text of the reply.
    #[serde(rename(deserialize = "responseBodyPlainText"))]
    pub text: Option<String>,
    /// The reply as HTML, which is sent in place of the text.
    #[serde(rename(deserialize = "responseBodyHtml"))]
    pub html: Option<String>,
    /// Whether only contacts of the account get it.
    #[serde(rename(deserialize = "restrictToContacts"), default)]
    pub contacts_only: bool,
    /// Whether only people of the account's organization get it.
    #[serde(rename(deserialize = "restrictToDomain"), default)]
    pub domain_only: bool,
    /// When it starts (RFC 3339).
    #[serde(
        rename(deserialize = "startTime"),
        default,
        deserialize_with = "from_milliseconds"
    )]
    pub starts_at: Option<String>,
    /// When it ends (RFC 3339).
    #[serde(
        rename(deserialize = "endTime"),
        default,
        deserialize_with = "from_milliseconds"
    )]
    pub ends_at: Option<String>,
}

/// An address that the account can send from.
#[model]
pub struct SendAs {
    /// The address.
    #[serde(rename(deserialize = "sendAsEmail"))]
    pub email: String,
    /// Name that is shown with it.
    #[serde(rename(deserialize = "displayName"))]
    pub display_name: Option<String>,
    /// Where replies go, if not to the address.
    #[serde(rename(deserialize = "replyToAddress"))]
    pub reply_to: Option<String>,
    /// HTML that Gmail adds to emails written in its apps.
    pub signature: Option<String>,
    /// Whether it is the account's own address.
    #[serde(rename(deserialize = "isPrimary"), default)]
    pub is_primary: bool,
    /// Whether emails are sent from it unless said otherwise.
    #[serde(rename(deserialize = "isDefault"), default)]
    pub is_default: bool,
    /// `accepted` or `pending`; absent for the account's own address.
    #[serde(rename(deserialize = "verificationStatus"))]
    pub verification_status: Option<String>,
}

/// Times come as milliseconds since 1970, in text.
fn from_milliseconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let milliseconds: Option<i64> = text.and_then(|text| text.parse().ok());
    Ok(milliseconds.map(|time| DateTime::from_timestamp(time.div_euclid(1000)).to_rfc3339()))
}

/// Writes a time as Gmail wants it.
pub(crate) fn milliseconds(time: &str) -> Option<String> {
    let time = DateTime::parse_rfc3339(time)?;
    Some((time.to_timestamp() * 1000).to_string())
}
