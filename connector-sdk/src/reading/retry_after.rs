//! How long a provider asks to wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::RETRY_AFTER;

use super::{charset, rfc3339};

/// Longer waits are cut to this.
pub const LONGEST: Duration = Duration::from_hours(365 * 24);

/// Reads the `Retry-After` of an answer (RFC 9110, section 10.2.3); see [`wait`].
pub fn read(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get_all(RETRY_AFTER)
        .iter()
        .find_map(|value| wait(&charset::header(value.as_bytes()), SystemTime::now()))
}

/// Reads how long to wait from `now` on: seconds, with a fraction or a unit; seconds or milliseconds
/// since 1970; a date of HTTP in any of its three forms, or of RFC 3339. Of a time that is past
/// nothing is left.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use plugwright_sdk::reading::retry_after::wait;
///
/// let minute = Some(Duration::from_secs(60));
/// for text in ["60", "60.0", "1 minute", "60 seconds", "1970-01-01T00:01:00Z"] {
///     assert_eq!(wait(text, UNIX_EPOCH), minute, "{text}");
/// }
/// assert_eq!(wait("soon", UNIX_EPOCH), None);
/// ```
pub fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    /// No wait is that long, and no clock of today shows less.
    const EPOCH: Duration = Duration::from_secs(1_000_000_000);
    /// From here on a clock counts milliseconds.
    const EPOCH_IN_MILLISECONDS: Duration = Duration::from_secs(100_000_000_000);

    let text = text.trim().trim_matches('"').trim();
    let until = |time: SystemTime| time.duration_since(now).unwrap_or_default();
    let wait = match number(text) {
        None => until(date(text)?),
        Some((number, unit)) => {
            let seconds = scaled(number, unit)?;
            if unit.is_empty() && seconds >= EPOCH_IN_MILLISECONDS {
                until(UNIX_EPOCH.checked_add(seconds / 1000)?)
            } else if unit.is_empty() && seconds >= EPOCH {
                until(UNIX_EPOCH.checked_add(seconds)?)
            } else {
                seconds
            }
        }
    };
    Some(wait.min(LONGEST))
}

/// Splits a number that is not negative from what follows.
fn number(text: &str) -> Option<(f64, &str)> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim();
    // A date begins with digits too.
    let is_unit = unit.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_unit.then(|| Some((number.parse().ok()?, unit)))?
}

fn scaled(number: f64, unit: &str) -> Option<Duration> {
    let seconds = match unit.to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => number,
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => number / 1000.0,
        "m" | "min" | "mins" | "minute" | "minutes" => number * 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => number * 3600.0,
        _ => return None,
    };
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text)
        .ok()
        .or_else(|| in_zone(text))
        .or_else(|| rfc3339(text))
}

/// Reads a date of HTTP with another zone than GMT (RFC 5322, section 4.3), in any case, or with a day of
/// one digit.
fn in_zone(text: &str) -> Option<SystemTime> {
    const NAMED: [(&str, i64); 12] = [
        ("gmt", 0),
        ("utc", 0),
        ("ut", 0),
        ("z", 0),
        ("edt", -4),
        ("est", -5),
        ("cdt", -5),
        ("cst", -6),
        ("mdt", -6),
        ("mst", -7),
        ("pdt", -7),
        ("pst", -8),
    ];

    let (date, zone) = text.rsplit_once(' ')?;
    let zone = zone.to_ascii_lowercase();
    let named = NAMED.iter().find(|(name, _)| *name == zone);
    let ahead = match named {
        Some((_, hours)) => hours * 3600,
        None => {
            let number: i64 = zone.parse().ok().filter(|_| zone.len() == 5)?;
            number / 100 * 3600 + number % 100 * 60
        }
    };
    let mut written = String::new();
    for word in date.split_ascii_whitespace() {
        if word.len() == 1 {
            written.push('0');
        }
        for letter in word.chars() {
            let is_inner = written.ends_with(|before: char| before.is_ascii_alphabetic());
            written.push(if is_inner {
                letter.to_ascii_lowercase()
            } else {
                letter.to_ascii_uppercase()
            });
        }
        written.push(' ');
    }
    let time = httpdate::parse_http_date(&format!("{written}GMT")).ok()?;
    let offset = Duration::from_secs(ahead.unsigned_abs());
    if ahead < 0 {
        time.checked_add(offset)
    } else {
        time.checked_sub(offset)
    }
}

/// Reads `2026-11-29T02:00:00.5+01:00`; without a zone it is UTC.
fn rfc3339(text: &str) -> Option<SystemTime> {
    // Some write a blank for the `T`, or another before the zone.
    let has_blank = text.get(10..11) == Some(" ");
    let time = text.replacen(' ', "T", usize::from(has_blank));
    let time = time.replace(' ', "").to_ascii_uppercase();
    let time = time.strip_suffix("UTC").unwrap_or(&time);
    rfc3339::read(time).or_else(|| rfc3339::read(&format!("{time}Z")))
}

#[cfg(test)]
#[path = "tests/retry_after.rs"]
mod tests;
