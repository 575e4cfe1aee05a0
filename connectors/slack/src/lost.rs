//! What writes have in common that are looked for after their answer was lost.

use std::time::{Duration, SystemTime};

use plugwright_sdk::Lost;

/// How many pages of a list are looked through.
pub(crate) const MOST_PAGES: usize = 10;

/// When the write may have happened at the earliest, as Unix time in seconds. A minute is allowed for
/// clocks that differ.
pub(crate) fn since(lost: &Lost) -> u64 {
    let since = lost.started_at().duration_since(SystemTime::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    since.saturating_sub(Duration::from_mins(1)).as_secs()
}

/// A text as Slack shows it, whether it is the text that was sent or the one that Slack keeps: Slack
/// escapes characters and marks links. Nothing if it can't be told what Slack makes of it, as of emoji,
/// which become names.
pub(crate) fn shown(text: &str) -> Option<String> {
    let is_kept = |letter: char| letter.is_alphanumeric() || u32::from(letter) < 0x2190;
    if !text.chars().all(is_kept) {
        return None;
    }
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        let Some((link, after)) = after.split_once('>') else {
            shown.push('<');
            rest = after;
            continue;
        };
        let (address, label) = link.split_once('|').unwrap_or((link, link));
        let is_link = address.contains(':');
        shown.push_str(if is_link { label } else { address });
        rest = after;
    }
    shown.push_str(rest);
    let shown = shown.replace("&lt;", "<").replace("&gt;", ">");
    Some(shown.replace("&amp;", "&").trim().to_owned())
}
