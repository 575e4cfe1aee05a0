//! Standard forms of text, asserted as published.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Pattern;
use crate::spelled::spelled;

static DATE: Pattern = Pattern::new("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$");
static DATE_TIME: Pattern = Pattern::new(
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]\
     ([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?\
     ([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
);
static EMAIL: Pattern = Pattern::new(
    "^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+([.][a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*@\
     [a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\
     ([.][a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$",
);

spelled! {
    /// A standard form of text, by the name that JSON Schema gives it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum Format {
        /// A day, `2030-01-31` (RFC 3339 `full-date`).
        Date = "date",
        /// A moment, `2030-01-31T08:30:00Z` (RFC 3339 `date-time`).
        DateTime = "date-time",
        /// A mail address: a dot-atom, `@` and a host name (RFC 5321 without quoted local parts and
        /// address literals). The pattern is published beside the format.
        Email = "email",
        /// An absolute URI (RFC 3986).
        Uri = "uri",
        /// A UUID with hyphens (RFC 9562).
        Uuid = "uuid",
        /// An IPv4 address in dotted form.
        Ipv4 = "ipv4",
        /// An IPv6 address.
        Ipv6 = "ipv6",
    }
}

impl Format {
    /// Returns the pattern that is published beside the format, where the format alone would
    /// allow more.
    pub(crate) fn pattern(self) -> Option<&'static str> {
        (self == Self::Email).then(|| EMAIL.as_str())
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Date => "a date such as 2030-01-31",
            Self::DateTime => "a date and time such as 2030-01-31T08:30:00Z",
            Self::Email => "an email address",
            Self::Uri => "an absolute URI such as https://example.com/",
            Self::Uuid => "a UUID",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
        }
    }

    /// Returns whether `text` has this form.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Date => DATE.matches(text) && day_exists(text),
            Self::DateTime => DATE_TIME.matches(text) && day_exists(text) && leap_second_fits(text),
            Self::Email => {
                let local = text.find('@').unwrap_or(text.len());
                EMAIL.matches(text) && local <= 64 && text.len() - local <= 254
            }
            Self::Uri => fluent_uri::Uri::parse(text).is_ok(),
            Self::Uuid => text.len() == 36 && uuid::Uuid::try_parse(text).is_ok(),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
        }
    }
}

/// Reads the digits of `text[range]`; the caller has matched the shape.
fn digits(text: &str, range: std::ops::Range<usize>) -> i32 {
    text.get(range)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(-1)
}

fn day_exists(text: &str) -> bool {
    let (year, month, day) = (digits(text, 0..4), digits(text, 5..7), digits(text, 8..10));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    day <= match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A leap second is the last second of a day in UTC (RFC 3339, section 5.7).
fn leap_second_fits(text: &str) -> bool {
    if digits(text, 17..19) != 60 {
        return true;
    }
    let local = digits(text, 11..13) * 60 + digits(text, 14..16);
    let offset = match text.len().checked_sub(6).and_then(|at| text.get(at..)) {
        Some(zone) if zone.starts_with(['+', '-']) => {
            let minutes = digits(zone, 1..3) * 60 + digits(zone, 4..6);
            if zone.starts_with('+') {
                minutes
            } else {
                -minutes
            }
        }
        _ => 0,
    };
    (local - offset).rem_euclid(24 * 60) == 24 * 60 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_standards_allow_and_nothing_near_it() {
        for (format, good, bad) in [
            (Format::Date, "2028-02-29", "2027-02-29"),
            (Format::Date, "2027-04-30", "2027-04-31"),
            (
                Format::DateTime,
                "2027-01-01T00:00:00Z",
                "2027-01-01 00:00:00Z",
            ),
            (
                Format::DateTime,
                "2027-01-01t10:20:30.5+05:30",
                "2027-01-01T10:20:30",
            ),
            (
                Format::DateTime,
                "1990-12-31T15:59:60-08:00",
                "1990-12-31T15:58:60-08:00",
            ),
            (Format::Email, "a.b+c@example.org", "a..b@example.org"),
            (Format::Email, "a@localhost", "a@-example.org"),
            (Format::Uri, "urn:isbn:1", "/relative"),
            (
                Format::Uuid,
                "0f0e0d0c-0b0a-0908-0706-050403020100",
                "0f0e0d0c0b0a09080706050403020100",
            ),
            (Format::Ipv4, "127.0.0.1", "127.0.0.01"),
            (Format::Ipv6, "::ffff:1.2.3.4", "[::1]"),
        ] {
            assert!(format.accepts(good), "{format:?} {good}");
            assert!(!format.accepts(bad), "{format:?} {bad}");
        }
    }
}
