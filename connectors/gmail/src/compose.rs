//! What an email to be written says.

use std::fmt;
use std::str::FromStr;

use plugwright_sdk::{ActionContext, FileContent, FileInput, Param, Params, Result};

/// An email address, alone or with a name: `ada@example.com` or `Ada <ada@example.com>`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    text,
    pattern = r"^([^<>@,;\r\n]*<[^<>@,; \r\n]+@[^<>@,; \r\n]+>|[^<>@,; \r\n]+@[^<>@,; \r\n]+)$",
    example = "Ada <ada@example.com>"
)]
pub struct Mailbox {
    /// Name that is shown.
    pub name: Option<String>,
    /// Address.
    pub email: String,
}

impl FromStr for Mailbox {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((name, rest)) = text.split_once('<') else {
            return Ok(Self {
                name: None,
                email: text.to_owned(),
            });
        };
        let email = rest.strip_suffix('>').ok_or("must end with `>`")?;
        let name = name.trim().trim_matches('"').trim();
        Ok(Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            email: email.to_owned(),
        })
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.email),
            None => f.write_str(&self.email),
        }
    }
}

/// Subject of the email.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(..=998), pattern = r"^[^\r\n]*$", example = "Lunch on Friday")]
pub struct Subject(pub String);

/// A file to send with an email.
#[derive(Clone, Debug, Params)]
pub struct NewAttachment {
    /// File name that the email gives it.
    #[param(length(1..=255), pattern = r"^[^\r\n]*$", example = "report.pdf")]
    pub name: String,
    /// The file.
    pub content: FileInput,
    /// Media type; without it, that of the file.
    #[param(
        pattern = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$",
        example = "application/pdf"
    )]
    pub content_type: Option<String>,
}

/// What an email says, apart from its subject and whom it is to.
#[derive(Clone, Debug, Default, Params)]
pub struct Composition {
    /// The text.
    pub text: Option<String>,
    /// The same as HTML, which mail programs show in place of the text.
    pub html: Option<String>,
    /// Who gets a copy.
    pub cc: Option<Vec<Mailbox>>,
    /// Who gets a copy that the others don't see.
    pub bcc: Option<Vec<Mailbox>>,
    /// Address of the account that it is sent from, one of `send_as.list`; without it, the default one.
    pub from: Option<Mailbox>,
    /// Where replies go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// Files to send with it.
    #[param(length(1..))]
    pub attachments: Option<Vec<NewAttachment>>,
}

impl Composition {
    /// Reads the files.
    pub(crate) async fn files(&self, cx: &ActionContext) -> Result<Vec<FileContent>> {
        let mut files = Vec::new();
        for attachment in self.attachments.iter().flatten() {
            let content = cx.read_file(&attachment.content).await?;
            files.push(FileContent {
                name: Some(attachment.name.clone()),
                media_type: attachment.content_type.clone().or(content.media_type),
                bytes: content.bytes,
            });
        }
        Ok(files)
    }
}
