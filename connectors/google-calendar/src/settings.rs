//! Settings of the account.

use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::model::{Setting, Size, pages};

/// Lists the settings of the account in Google Calendar, such as its time zone and language.
///
/// Returns the name and the value of each. They are changed by people in Google Calendar alone.
#[action(read, scopes = ["https://www.googleapis.com/auth/calendar.settings.readonly"])]
pub async fn list(
    cx: &ActionContext,
    /// Settings per page.
    limit: Option<Size>,
) -> Result<Page<Setting>> {
    cx.get("/users/me/settings")
        .query_params(params![maxResults = limit])
        .page(pages())
        .await
}

/// Gets one setting of the account in Google Calendar by its name.
///
/// `timezone` is the account's time zone, `locale` its language, `weekStart` its first day of the week.
/// Returns the value.
#[action(
    read,
    title = "Get a setting",
    scopes = ["https://www.googleapis.com/auth/calendar.settings.readonly"],
    get = "/users/me/settings/{setting}"
)]
pub async fn get(
    cx: &ActionContext,
    /// Name of the setting.
    #[param(length(1..), example = "timezone")]
    setting: String,
) -> Result<Setting>;
