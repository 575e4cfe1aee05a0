//! Escapes in which text travels: percent-encoding, HTML's, and those with a backslash.

use std::ops::Range;

use memchr::memchr3;

use crate::reading::entity::{self, Meant};

/// Most bytes that one escape stands for: those of a named character of HTML.
const LONGEST: usize = 6;

/// The result of one step of unescaping: the decoded bytes, and their length in the
/// text.
struct Step {
    bytes: [u8; LONGEST],
    length: usize,
    consumed: usize,
}

/// Reads all escapes of a text once; `None` if there are none.
pub(super) fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(next) = next_escape(text, at) {
        // A text may be nothing but backslashes, which are read many times faster together.
        let pairs = backslashes(&text[next..]) / 2;
        if pairs > 0 {
            out.extend_from_slice(&text[copied..next + pairs]);
            at = next + 2 * pairs;
            copied = at;
            continue;
        }
        match step(&text[next..]) {
            None => at = next + 1,
            Some(step) => {
                out.extend_from_slice(&text[copied..next]);
                out.extend_from_slice(&step.bytes[..step.length]);
                at = next + step.consumed;
                copied = at;
            }
        }
    }
    if copied == 0 {
        return None;
    }
    out.extend_from_slice(&text[copied..]);
    Some(out)
}

/// Returns where ranges of the unescaped text are in `text`. The ranges are in order and apart.
pub(super) fn locate(text: &[u8], ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(ranges.len());
    let mut wanted = ranges.iter();
    let Some(mut range) = wanted.next() else {
        return found;
    };
    let (mut source, mut unescaped, mut start) = (0, 0, None);
    loop {
        // A stretch without escapes, or one escape.
        let next = next_escape(text, source).unwrap_or(text.len());
        let (length, consumed) = match (next - source, step(&text[next..])) {
            (0, Some(step)) => (step.length, step.consumed),
            (0, None) => (usize::from(source < text.len()), 1),
            (plain, _) => (plain, plain),
        };
        let is_plain = length == consumed && next > source;
        let end = unescaped + length;
        loop {
            if start.is_none() && range.start < end {
                let into = if is_plain { range.start - unescaped } else { 0 };
                start = Some(source + into);
            }
            let Some(from) = start.filter(|_| range.end <= end) else {
                break;
            };
            let to = if is_plain {
                range.end - unescaped
            } else {
                consumed
            };
            found.push(from..source + to);
            start = None;
            match wanted.next() {
                Some(next) => range = next,
                None => return found,
            }
        }
        if source >= text.len() {
            return found;
        }
        source += consumed;
        unescaped = end;
    }
}

/// Returns how many backslashes a text begins with.
fn backslashes(text: &[u8]) -> usize {
    let other = text.iter().position(|byte| *byte != b'\\');
    other.unwrap_or(text.len())
}

fn next_escape(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    // Where there is one escape, there are often many.
    if let b'%' | b'\\' | b'&' = rest.first()? {
        return Some(from);
    }
    memchr3(b'%', b'\\', b'&', rest).map(|at| from + at)
}

fn step(text: &[u8]) -> Option<Step> {
    match text.first()? {
        b'%' => percent(text),
        b'\\' => backslash(text),
        b'&' => entity(text),
        _ => None,
    }
}

fn percent(text: &[u8]) -> Option<Step> {
    // As JavaScript's `escape` writes it.
    if let Some(digits) = text.get(2..6).filter(|_| text[1] == b'u') {
        return Some(character(number(digits, 16)?, 6));
    }
    byte(number(text.get(1..3)?, 16)?, 3)
}

fn backslash(text: &[u8]) -> Option<Step> {
    let plain = |byte: u8| Some(character(u32::from(byte), 2));
    match text.get(1)? {
        // Markdown, regular expressions and shells have it before any sign.
        sign if sign.is_ascii_punctuation() || *sign == b' ' => plain(*sign),
        b'b' => plain(8),
        b'f' => plain(12),
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        // Of text that is not ASCII, Python and git write the bytes.
        b'x' => byte(number(text.get(2..4)?, 16)?, 4),
        b'u' if text.get(2) == Some(&b'{') => {
            // Up to six digits (ECMAScript).
            let end = text.iter().take(10).position(|byte| *byte == b'}')?;
            Some(character(number(&text[3..end], 16)?, end + 1))
        }
        b'0'..=b'3' => byte(number(text.get(1..4)?, 8)?, 4),
        b'U' => Some(character(number(text.get(2..10)?, 16)?, 10)),
        b'u' => {
            let unit = number(text.get(2..6)?, 16)?;
            if !(0xd800..0xdc00).contains(&unit) {
                return Some(character(unit, 6));
            }
            let low = text
                .get(6..12)
                .and_then(|rest| rest.strip_prefix(b"\\u"))
                .and_then(|digits| number(digits, 16))
                .filter(|low| (0xdc00..0xe000).contains(low));
            Some(match low {
                Some(low) => character(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12),
                None => character(0xfffd, 6),
            })
        }
        _ => None,
    }
}

fn entity(text: &[u8]) -> Option<Step> {
    let entity = entity::first(text)?;
    Some(match entity.meant {
        Meant::Letter(letter) => written(letter, entity.length),
        Meant::Named(text) => {
            let mut bytes = [0; LONGEST];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            Step {
                bytes,
                length: text.len(),
                consumed: entity.length,
            }
        }
    })
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

fn byte(value: u32, consumed: usize) -> Option<Step> {
    let mut bytes = [0; LONGEST];
    bytes[0] = u8::try_from(value).ok()?;
    Some(Step {
        bytes,
        length: 1,
        consumed,
    })
}

fn character(code: u32, consumed: usize) -> Step {
    let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    written(letter, consumed)
}

fn written(letter: char, consumed: usize) -> Step {
    let mut bytes = [0; LONGEST];
    let length = letter.encode_utf8(&mut bytes).len();
    Step {
        bytes,
        length,
        consumed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        unescape(text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn escapes_are_read_and_what_only_looks_like_one_is_left() {
        for (text, meant) in [
            ("a%2Fb%2fc", "a/b/c"),
            ("%C3%BC", "ü"),
            (r"\u00fc \/ \\ \x41", r"ü / \ A"),
            (r"\ud83d\ude00!\ud83d", "😀!\u{fffd}"),
            ("&lt;&#39;&#x2F;&amp;amp;", "<'/&amp;"),
            ("&sol;&AMP;&#47&#00000047;", "/&//"),
            (r"%u002f \u{2f} \057", "/ / /"),
            (r"\xc3\xbc \303\274 \U0001f600", "ü ü 😀"),
            (r"a\-b\_c\.d\ e\$f", "a-b_c.d e$f"),
            (r"\\\\\\u002f\\\u002f\\", r"\\\u002f\/\"),
        ] {
            assert_eq!(read(text).as_deref(), Some(meant), "{text}");
        }
        for text in [
            "", "plain", "100%", "%zz", r"\q", "&nosuch;", "&#;", "&#x;", "%+1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        /// What is located reads as what was asked for.
        #[test]
        fn places_are_found_again(
            text in r"([a-c]|%4[0-9a-f]|\\u00e[0-9]|&lt;|&|%|\\|\\-|\\ |\\xc3|\\x41|\\303|\\U0001f600)*",
            cut in proptest::collection::vec(0..40_usize, 0..6),
        ) {
            let bytes = text.as_bytes();
            let meant = unescape(bytes).unwrap_or_else(|| bytes.to_vec());
            let mut cut: Vec<_> = cut.into_iter().filter(|at| *at <= meant.len()).collect();
            cut.sort_unstable();
            cut.dedup();
            let ranges: Vec<_> = cut.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
            let located = locate(bytes, &ranges);
            proptest::prop_assert_eq!(located.len(), ranges.len());
            for (place, range) in located.iter().zip(&ranges) {
                let again = unescape(&bytes[place.clone()]);
                let again = again.unwrap_or_else(|| bytes[place.clone()].to_vec());
                let wanted = &meant[range.clone()];
                // A character that is cut in half is found whole.
                proptest::prop_assert!(
                    again.windows(wanted.len()).any(|part| part == wanted),
                    "{:?} {:?}", text, range
                );
            }
        }
    }
}
