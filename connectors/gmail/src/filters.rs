//! Filters: what is done with emails that come.

use plugwright_sdk::http::RequestValue as _;
use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, Lost, Outcome, Page, Param, Params, Result, Value,
    action, json, serde_json,
};

use crate::model::{Filter, SizeComparison, list as items};

/// Id of the filter, from `filters.list`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "ANe1BmhkTnFqXq8")]
pub struct FilterId(pub String);

/// What an email must match, all of it.
#[derive(Clone, Debug, Params)]
#[param(all_or_none(size, size_comparison))]
pub struct Criteria {
    /// Name or address of the sender.
    #[param(example = "news@example.com")]
    pub from: Option<String>,
    /// Name or address of a recipient.
    pub to: Option<String>,
    /// Words in the subject.
    pub subject: Option<String>,
    /// A query in Gmail's search language.
    pub query: Option<String>,
    /// A query that it must not match.
    pub negated_query: Option<String>,
    /// Whether it has files with it.
    pub has_attachment: Option<bool>,
    /// Size in bytes.
    pub size: Option<u32>,
    /// Whether it is larger or smaller than `size`.
    pub size_comparison: Option<SizeComparison>,
}

/// What is done with it.
#[derive(Clone, Debug, Params)]
pub struct Actions {
    /// Ids of labels that it gets, such as `STARRED`, `TRASH` or one of `labels.list`.
    #[param(length(1..))]
    pub add_label_ids: Option<Vec<String>>,
    /// Ids of labels that it loses: without `INBOX` it is archived, without `UNREAD` it counts as read.
    #[param(length(1..))]
    pub remove_label_ids: Option<Vec<String>>,
    /// Address that it is forwarded to, one that the account has verified.
    #[param(format = "email")]
    pub forward: Option<String>,
}

/// Lists the filters of the account.
///
/// They apply to emails that come, in no particular order. Returns the id of each, what an email must
/// match, and what is done with it.
#[action(
    read,
    scopes = any(
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.settings.basic"
    ),
    get = "/settings/filters",
    page = items(Whole, "/filter")
)]
pub async fn list(cx: &ActionContext) -> Result<Page<Filter>>;

/// Gets one filter by its id.
///
/// Returns what an email must match, and what is done with it.
#[action(
    read,
    scopes = any(
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.settings.basic"
    ),
    get = "/settings/filters/{filter_id}"
)]
pub async fn get(cx: &ActionContext, filter_id: FilterId) -> Result<Filter>;

/// Creates a filter for emails that come from now on.
///
/// Emails that are there already are not changed. A filter can't be changed later, only deleted.
/// Returns the filter with its id.
#[action(
    write,
    scopes = ["https://www.googleapis.com/auth/gmail.settings.basic"],
    reconcile(natural = find_created(criteria, actions))
)]
pub async fn create(
    cx: &ActionContext,
    #[param(flatten)] criteria: Criteria,
    #[param(flatten)] actions: Actions,
) -> Result<Filter> {
    cx.post("/settings/filters")
        .field("criteria", criteria.to_json())
        .field("action", actions.to_json())
        .fetch()
        .await
}

/// Gmail refuses a second filter that is the same.
async fn find_created(
    cx: &ActionContext,
    _: &Lost,
    criteria: Criteria,
    actions: Actions,
) -> Result<Outcome<Filter>> {
    let written: Filter = serde_json::from_value(json!({
        "id": "",
        "criteria": criteria.to_json(),
        "action": actions.to_json(),
    }))
    .map_err(|error| {
        ActionError::new(ErrorCode::InternalError, "the filter can't be compared")
            .with_source(error)
    })?;
    let request = cx.get("/settings/filters");
    let filters = request.pages(items(Whole, "/filter"), 1).await?;
    Ok(Outcome::in_list(filters, |filter: &Filter| {
        filter.criteria == written.criteria && filter.action == written.action
    }))
}

impl Criteria {
    fn to_json(&self) -> Value {
        plugwright_google::given(json!({
            "from": self.from,
            "to": self.to,
            "subject": self.subject,
            "query": self.query,
            "negatedQuery": self.negated_query,
            "hasAttachment": self.has_attachment,
            "size": self.size,
            "sizeComparison": self.size_comparison.request_value(),
        }))
    }
}

impl Actions {
    fn to_json(&self) -> Value {
        plugwright_google::given(json!({
            "addLabelIds": self.add_label_ids,
            "removeLabelIds": self.remove_label_ids,
            "forward": self.forward,
        }))
    }
}

/// Deletes a filter.
///
/// Emails keep what it did with them. It can't be undone. Returns nothing; emails that come from now on
/// are not changed by it.
#[action(
    destructive,
    scopes = ["https://www.googleapis.com/auth/gmail.settings.basic"],
    reconcile(natural = find_deleted(filter_id)),
    delete = "/settings/filters/{filter_id}"
)]
pub async fn delete(cx: &ActionContext, filter_id: FilterId) -> Result<()>;

async fn find_deleted(cx: &ActionContext, _: &Lost, filter_id: FilterId) -> Result<Outcome<()>> {
    Outcome::of_deleted(get(cx, filter_id).await)
}
