//! With whom calendars are shared.

use plugwright_sdk::http::RequestValue as _;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Result, Value, action, json, params, path,
};

use crate::model::{AclRule, CalendarId, Size, pages};

/// Id of the rule, such as `user:ada@example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..), example = "user:ada@example.com")]
pub struct RuleId(pub String);

/// What a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "camelCase")]
pub enum Role {
    /// Nothing.
    None,
    /// To see free and busy times.
    FreeBusyReader,
    /// To read events.
    Reader,
    /// To change events.
    Writer,
    /// To share and delete it as well.
    Owner,
}

/// Whom a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ScopeType {
    /// One person.
    User,
    /// The members of a group.
    Group,
    /// All people of a domain.
    Domain,
    /// Everybody.
    Default,
}

/// Lists with whom a calendar is shared, and what they may do.
///
/// Returns the id of each rule, whom it is for, and its role.
#[action(
    read,
    title = "List with whom a calendar is shared",
    scopes = ["https://www.googleapis.com/auth/calendar.acls.readonly"]
)]
pub async fn list(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// Rules per page.
    limit: Option<Size>,
) -> Result<Page<AclRule>> {
    cx.get(path!("/calendars/{calendar_id}/acl"))
        .query("maxResults", limit)
        .page(pages())
        .await
}

/// Gets one rule by which a calendar is shared.
///
/// Returns whom it is for, and what they may do with the calendar.
#[action(
    read,
    title = "Get a sharing rule",
    scopes = any(
        "https://www.googleapis.com/auth/calendar.acls.readonly",
        "https://www.googleapis.com/auth/calendar.readonly"
    ),
    get = "/calendars/{calendar_id}/acl/{rule_id}"
)]
pub async fn get(cx: &ActionContext, calendar_id: CalendarId, rule_id: RuleId) -> Result<AclRule>;

/// Shares a calendar with a person, a group, a domain or everybody.
///
/// Whoever has a rule already gets this role in its place. People get an email unless it is switched
/// off. Returns the rule with its id.
#[action(
    write,
    title = "Share a calendar",
    scopes = ["https://www.googleapis.com/auth/calendar.acls"],
    reconcile(natural = find_created(calendar_id, scope_type, scope_value, role))
)]
pub async fn create(
    cx: &ActionContext,
    calendar_id: CalendarId,
    /// Whom it is for.
    scope_type: ScopeType,
    /// Email address or domain; left out for everybody.
    #[param(example = "grace@example.org")]
    scope_value: Option<String>,
    /// What they may do.
    role: Role,
    /// Whether they get an email.
    #[param(provider_default = true)]
    send_notifications: Option<bool>,
) -> Result<AclRule> {
    let scope = plugwright_google::given(json!({
        "type": scope_type.request_value(),
        "value": scope_value,
    }));
    cx.post(path!("/calendars/{calendar_id}/acl"))
        .query("sendNotifications", send_notifications)
        .fields(params![role, scope])
        .fetch()
        .await
}

/// The id of a rule says whom it is for.
async fn find_created(
    cx: &ActionContext,
    _: &Lost,
    calendar_id: CalendarId,
    scope_type: ScopeType,
    scope_value: Option<String>,
    role: Role,
) -> Result<Outcome<AclRule>> {
    let kind = scope_type.request_value().unwrap_or_default();
    let kind = kind.as_str().unwrap_or_default();
    let id = match scope_value {
        Some(value) => format!("{kind}:{value}"),
        None => kind.to_owned(),
    };
    let found = plugwright_google::there(get(cx, calendar_id, RuleId(id)).await)?;
    Ok(match found {
        // Another role gets replaced by this one.
        Outcome::Done(own) if own.role.as_deref().map(Value::from) != role.request_value() => {
            Outcome::NotDone
        }
        found => found,
    })
}

/// Changes what those may do with whom a calendar is shared.
///
/// The role `none` takes everything away and keeps the rule. Returns the changed rule.
#[action(
    write,
    idempotent,
    title = "Change a sharing rule",
    scopes = ["https://www.googleapis.com/auth/calendar.acls"]
)]
pub async fn update(
    cx: &ActionContext,
    calendar_id: CalendarId,
    rule_id: RuleId,
    /// What they may do.
    role: Role,
    /// Whether they get an email.
    #[param(provider_default = true)]
    send_notifications: Option<bool>,
) -> Result<AclRule> {
    cx.patch(path!("/calendars/{calendar_id}/acl/{rule_id}"))
        .query("sendNotifications", send_notifications)
        .field("role", role)
        .fetch()
        .await
}

/// Stops sharing a calendar with those that a rule is for.
///
/// The calendar is still in their lists, but they don't see its events. Returns nothing.
#[action(
    destructive,
    title = "Stop sharing a calendar",
    scopes = ["https://www.googleapis.com/auth/calendar.acls"],
    reconcile(natural = find_deleted(calendar_id, rule_id)),
    delete = "/calendars/{calendar_id}/acl/{rule_id}"
)]
pub async fn delete(cx: &ActionContext, calendar_id: CalendarId, rule_id: RuleId) -> Result<()>;

async fn find_deleted(
    cx: &ActionContext,
    _: &Lost,
    calendar_id: CalendarId,
    rule_id: RuleId,
) -> Result<Outcome<()>> {
    match get(cx, calendar_id, rule_id).await {
        Ok(rule) if rule.role.as_deref() == Some("none") => Ok(Outcome::Done(())),
        found => Outcome::of_deleted(found),
    }
}
