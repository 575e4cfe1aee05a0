//! Labels.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Params, Result, Value, action, json, params, path,
};

use crate::model::{Label, LabelListVisibility, MessageListVisibility, list as items};

/// Id of the label, from `labels.list`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "Label_12")]
pub struct LabelId(pub String);

/// Colours of a label, both or none.
#[derive(Clone, Debug, Params)]
#[param(all_or_none(text_color, background_color))]
pub struct Colors {
    /// Colour of its text, one of Gmail's palette.
    #[param(pattern = "^#[0-9a-f]{6}$", example = "#ffffff")]
    pub text_color: Option<String>,
    /// Colour behind the text, one of Gmail's palette.
    #[param(pattern = "^#[0-9a-f]{6}$", example = "#16a765")]
    pub background_color: Option<String>,
}

impl Colors {
    fn into_json(self) -> Option<Value> {
        let (text, background) = (self.text_color?, self.background_color?);
        Some(json!({ "textColor": text, "backgroundColor": background }))
    }
}

/// Lists the labels of the account: Gmail's own, and those that people made.
///
/// Emails and filters name labels by the ids that are here. Returns id, name and kind of each.
#[action(
    read,
    scopes = any(
        "https://www.googleapis.com/auth/gmail.labels",
        "https://www.googleapis.com/auth/gmail.readonly"
    ),
    get = "/labels",
    page = items(Whole, "/labels")
)]
pub async fn list(cx: &ActionContext) -> Result<Page<Label>>;

/// Gets one label by its id, with how many emails have it.
///
/// Returns name, visibility, colours, and the numbers of emails and threads, all and unread.
#[action(
    read,
    scopes = any(
        "https://www.googleapis.com/auth/gmail.labels",
        "https://www.googleapis.com/auth/gmail.readonly"
    ),
    get = "/labels/{label_id}"
)]
pub async fn get(cx: &ActionContext, label_id: LabelId) -> Result<Label>;

/// Creates a label, which emails are given by its id.
///
/// A name with a slash, such as `Work/Offers`, puts it below another label. Fails if there is one of
/// this name. Returns the label with its id.
#[action(
    write,
    scopes = ["https://www.googleapis.com/auth/gmail.labels"],
    reconcile(natural = find_created(name))
)]
pub async fn create(
    cx: &ActionContext,
    /// Name of the label.
    #[param(length(1..=225), example = "Work/Offers")]
    name: String,
    /// Whether the list of labels shows it.
    #[param(provider_default = LabelListVisibility::LabelShow)]
    label_list_visibility: Option<LabelListVisibility>,
    /// Whether lists of emails show it.
    #[param(provider_default = MessageListVisibility::Show)]
    message_list_visibility: Option<MessageListVisibility>,
    #[param(flatten)] colors: Colors,
) -> Result<Label> {
    cx.post("/labels")
        .fields(params![
            name,
            labelListVisibility = label_list_visibility,
            messageListVisibility = message_list_visibility,
            color = colors.into_json()
        ])
        .fetch()
        .await
}

/// An account has one label of each name.
async fn find_created(cx: &ActionContext, _: &Lost, name: String) -> Result<Outcome<Label>> {
    let labels = cx.get("/labels").pages(items(Whole, "/labels"), 1).await?;
    Ok(Outcome::in_list(labels, |label: &Label| label.name == name))
}

/// Changes a label: its name, visibility or colours.
///
/// What is not given stays as it is; emails keep the label under its new name. Returns the label.
#[action(write, idempotent, scopes = ["https://www.googleapis.com/auth/gmail.labels"])]
pub async fn update(
    cx: &ActionContext,
    label_id: LabelId,
    /// New name.
    #[param(length(1..=225))]
    name: Option<String>,
    /// Whether the list of labels shows it.
    label_list_visibility: Option<LabelListVisibility>,
    /// Whether lists of emails show it.
    message_list_visibility: Option<MessageListVisibility>,
    #[param(flatten)] colors: Colors,
) -> Result<Label> {
    cx.patch(path!("/labels/{id}", id = label_id.0))
        .fields(params![
            name,
            labelListVisibility = label_list_visibility,
            messageListVisibility = message_list_visibility,
            color = colors.into_json()
        ])
        .fetch()
        .await
}

/// Deletes a label and takes it off all emails that have it.
///
/// The emails themselves stay. It can't be undone, and Gmail's own labels can't be deleted. Returns
/// nothing.
#[action(
    destructive,
    scopes = ["https://www.googleapis.com/auth/gmail.labels"],
    reconcile(natural = find_deleted(label_id)),
    delete = "/labels/{label_id}"
)]
pub async fn delete(cx: &ActionContext, label_id: LabelId) -> Result<()>;

async fn find_deleted(cx: &ActionContext, _: &Lost, label_id: LabelId) -> Result<Outcome<()>> {
    Outcome::of_deleted(get(cx, label_id).await)
}
