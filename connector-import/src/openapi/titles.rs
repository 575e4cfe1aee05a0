//! What people read of a connector and its actions.

use plugwright_sdk::host::{Returns, action_title, capitalized};

use crate::form::Operation;
use crate::name::VERBS;
use crate::text::{self, clean};

/// Returns the name that people read: the title, or that of the connector where there is none.
pub(super) fn display_name(title: &str, name: &str) -> String {
    let shown = if title.is_empty() { name } else { title };
    shown.to_owned()
}

pub(super) fn texts(
    summary: Option<&str>,
    description: Option<&str>,
    (name, returns): (&str, Returns),
    key: &Operation,
) -> (String, String) {
    let summary = clean(summary.unwrap_or_default(), text::DESCRIPTION);
    let description = clean(description.unwrap_or_default(), text::DESCRIPTION);
    let title = match clean(&summary, text::TITLE).trim_end_matches('.') {
        "" => generated(name, returns),
        summary => summary.to_owned(),
    };
    let description = if description.is_empty() {
        summary
    } else if summary.is_empty() || description.starts_with(summary.trim_end_matches('.')) {
        description
    } else {
        let summary = summary.trim_end_matches('.');
        clean(&format!("{summary}. {description}"), text::DESCRIPTION)
    };
    let description = if description.is_empty() {
        format!("{} {}", key.method, clean(&key.path, 200))
    } else {
        description
    };
    (title, description)
}

/// Returns the title of an action whose document states none, as that of a compiled one.
fn generated(name: &str, returns: Returns) -> String {
    // Words such as `facade` have no digit.
    let is_mark = |text: &str| {
        text.len() == 6
            && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            && text.bytes().any(|byte| byte.is_ascii_digit())
    };
    let name = match name.rsplit_once('_') {
        Some((plain, mark)) if is_mark(mark) => plain,
        _ => name,
    };
    let verb = name.rsplit('.').next().unwrap_or_default();
    let first = verb.split('_').next().unwrap_or_default();
    if VERBS.contains(&first) {
        action_title(name, returns)
    } else {
        capitalized(&name.replace(['.', '_'], " "))
    }
}
