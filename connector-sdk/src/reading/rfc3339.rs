//! Times in RFC 3339.

use std::time::{Duration, SystemTime};

pub(crate) fn write(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

/// Reads a time with any offset (RFC 3339, section 5.6), whose colon some providers leave out.
pub(crate) fn read(text: &str) -> Option<SystemTime> {
    if let Ok(time) = humantime::parse_rfc3339(text) {
        return Some(time);
    }
    let (local, offset) = text.split_at_checked(text.rfind(['+', '-'])?)?;
    let (hours, minutes) = match offset.get(1..)? {
        digits if digits.len() == 4 => digits.split_at_checked(2)?,
        other => other.split_once(':')?,
    };
    let [hours, minutes] = [hours, minutes].map(|part| part.parse::<u8>().ok());
    let offset_from_utc = Duration::from_mins(u64::from(hours?) * 60 + u64::from(minutes?));
    let local = humantime::parse_rfc3339(&format!("{local}Z")).ok()?;
    match offset.get(..1)? {
        "+" => local.checked_sub(offset_from_utc),
        "-" => local.checked_add(offset_from_utc),
        _ => None,
    }
}
