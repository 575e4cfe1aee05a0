//! How long a provider asks to wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::RETRY_AFTER;

use super::charset;

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
    let digits = |range: std::ops::Range<usize>| -> Option<u64> {
        let part = text.get(range)?;
        let plain = part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse().ok())?
    };
    let bytes = text.as_bytes();
    let separators = [(4, b"-"), (7, b"-"), (13, b":"), (16, b":")];
    let is_date = separators
        .iter()
        .all(|(at, sign)| bytes.get(*at) == Some(&sign[0]))
        && matches!(bytes.get(10), Some(b'T' | b't' | b' '));
    if !is_date {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
    let in_range = year >= 1970
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !in_range {
        return None;
    }
    let zone = text.get(19..)?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|letter: char| letter.is_ascii_digit()),
        None => zone,
    };
    let (is_ahead, offset) = match zone.trim() {
        "" | "Z" | "z" | "UTC" => (false, 0),
        zone => {
            let digits = zone.get(1..)?.replace(':', "");
            let plain = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number: u64 = plain.then(|| digits.parse().ok())??;
            let seconds = number / 100 * 3600 + number % 100 * 60;
            match zone.as_bytes()[0] {
                b'+' => (true, seconds),
                b'-' => (false, seconds),
                _ => return None,
            }
        }
    };
    // Days since 1970 of the proleptic Gregorian calendar, with years that begin in March.
    let years = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let days =
        years * 365 + years / 4 - years / 100 + years / 400 + (month * 153 + 2) / 5 + day - 1;
    let local = days.checked_sub(719_468)? * 86_400 + hour * 3600 + minute * 60 + second;
    let seconds = if is_ahead {
        local.saturating_sub(offset)
    } else {
        local + offset
    };
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
#[path = "tests/retry_after.rs"]
mod tests;
