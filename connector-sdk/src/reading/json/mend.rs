//! Text that is nearly JSON into JSON, in one pass each.

use std::fmt::Write as _;

/// Prefixes that keep JSON from being run as a script.
const PREFIXES: [&str; 7] = [
    ")]}',",
    ")]}'",
    ")]}",
    "while(1);",
    "for(;;);",
    "for (;;);",
    "throw 1; <dont be evil>",
];

/// No type of integer has more digits.
const MOST_DIGITS: usize = 39;

/// Drops whatever surrounds the JSON, and repairs invalid strings and literals.
pub(super) fn strings(text: &str) -> String {
    let is_around = |letter: char| letter.is_whitespace() || matches!(letter, '\0' | '\u{feff}');
    let trimmed = text.trim_matches(is_around);
    let inside = PREFIXES
        .iter()
        .find_map(|prefix| trimmed.strip_prefix(prefix));
    // Valid text is returned unchanged.
    let mut rest = match inside {
        Some(inside) => inside.trim_start_matches(is_around),
        None if trimmed.trim_ascii() == text.trim_ascii() => text,
        None => trimmed,
    };
    let mut mended = String::with_capacity(rest.len());
    while let Some(start) = rest.find('"') {
        words(&rest[..start], &mut mended);
        mended.push('"');
        rest = string(&rest[start + 1..], &mut mended);
    }
    words(rest, &mut mended);
    mended
}

/// Mends what follows an opening quote; returns what follows the closing one.
fn string<'a>(mut rest: &'a str, mended: &mut String) -> &'a str {
    loop {
        let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
        let Some(end) = rest.as_bytes().iter().position(special) else {
            mended.push_str(rest);
            return "";
        };
        mended.push_str(&rest[..end]);
        match rest.as_bytes()[end] {
            b'"' => {
                mended.push('"');
                return &rest[end + 1..];
            }
            b'\\' => {
                let length = escape(&rest[end..], mended);
                rest = &rest[end + length..];
            }
            control => {
                // Writing to a string cannot fail.
                let _ = write!(mended, "\\u{control:04x}");
                rest = &rest[end + 1..];
            }
        }
    }
}

fn escape(text: &str, mended: &mut String) -> usize {
    match text.as_bytes()[1..] {
        [b'u', ..] => match unit(text) {
            Some(0xd800..=0xdbff)
                if matches!(text.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) =>
            {
                mended.push_str(&text[..12]);
                12
            }
            Some(0xd800..=0xdfff) => {
                mended.push(char::REPLACEMENT_CHARACTER);
                6
            }
            Some(_) => {
                mended.push_str(&text[..6]);
                6
            }
            None => {
                mended.push_str("\\u");
                2
            }
        },
        [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            mended.push_str("\\u00");
            mended.push_str(&text[2..4]);
            4
        }
        [b'\'', ..] => {
            mended.push('\'');
            2
        }
        [b'"' | b'\\', ..] => {
            mended.push_str(&text[..2]);
            2
        }
        _ => {
            mended.push('\\');
            1
        }
    }
}

/// Reads `\u` with four digits.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all_digits.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Repairs the text between strings.
fn words(mut text: &str, mended: &mut String) {
    while let Some(start) = text.find(['N', 'I']) {
        let (before, word) = text.split_at(start);
        let end = word
            .find(|letter: char| !letter.is_ascii_alphabetic())
            .unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        let before_word = before.strip_suffix('-').unwrap_or(before);
        let stands_alone = !before_word.ends_with(|letter: char| letter.is_alphanumeric());
        if matches!(word, "NaN" | "Infinity") && stands_alone {
            mended.push_str(before_word);
            mended.push_str("null");
        } else {
            mended.push_str(before);
            mended.push_str(word);
        }
        text = after;
    }
    mended.push_str(text);
}

/// Writes every number that is an integer as one; nothing if all are so.
pub(super) fn numbers(json: &str) -> Option<String> {
    let mut mended: Option<String> = None;
    let mut copied = 0;
    let bytes = json.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at += quoted_length(&bytes[at..]),
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let length = bytes[at..].iter().take_while(|byte| is_part(byte)).count();
                if let Some(number) = whole(&json[at..at + length]) {
                    let mended = mended.get_or_insert_with(|| String::with_capacity(json.len()));
                    mended.push_str(&json[copied..at]);
                    mended.push_str(&number);
                    copied = at + length;
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    let mut mended = mended?;
    mended.push_str(&json[copied..]);
    Some(mended)
}

fn quoted_length(text: &[u8]) -> usize {
    let mut escaped = false;
    let inside = text.iter().skip(1).position(|&byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    inside.map_or(text.len(), |inside| inside + 2)
}

/// Writes a number with point or exponent, or a negative zero, as an integer, if it is exactly one.
pub(super) fn whole(number: &str) -> Option<String> {
    let (sign, positive) = match number.strip_prefix('-') {
        Some(positive) => ("-", positive),
        None => ("", number),
    };
    let (mantissa, exponent) = match positive.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if !is_digits(digits) {
                return None;
            }
            // A longer one is beyond all numbers either way, but for zero.
            let most = if exponent.starts_with('-') {
                i64::MIN
            } else {
                i64::MAX
            };
            (mantissa, exponent.parse().unwrap_or(most))
        }
        None => (positive, 0_i64),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) if is_digits(fraction) => (integer, fraction),
        Some(_) => return None,
        None => (mantissa, ""),
    };
    if !is_digits(integer) || (integer.len() > 1 && integer.starts_with('0')) {
        return None;
    }
    let digits = [integer, fraction].concat();
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return (number != "0").then(|| "0".to_owned());
    }
    if positive.len() == integer.len() {
        return None;
    }
    let length = i64::try_from(integer.len()).ok()?.checked_add(exponent)?;
    let length = usize::try_from(length).ok()?;
    if length < significant.len() {
        return None;
    }
    let leading = significant.len() - significant.trim_start_matches('0').len();
    if length - leading > MOST_DIGITS {
        return None;
    }
    let zeros = "0".repeat(length - significant.len());
    Some([sign, &significant[leading..], &zeros].concat())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
