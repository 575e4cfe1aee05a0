//! Base64 and hexadecimal within text, read where a piece of a secret was found in them.

use std::ops::Range;

/// A code that text may stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Code {
    /// In either alphabet; what was found has this place within four characters.
    Base64 {
        /// From 0 to 3.
        place: usize,
    },
    /// In either case.
    Hex,
}

impl Code {
    /// Returns whether a text begins with a piece of the code.
    pub(super) fn begins(self, text: &[u8], piece: &[u8]) -> bool {
        let beginning = text.get(..piece.len());
        beginning.is_some_and(|beginning| match self {
            Self::Base64 { .. } => beginning == piece,
            Self::Hex => beginning.eq_ignore_ascii_case(piece),
        })
    }

    /// Returns the bits of one character.
    fn width(self) -> usize {
        match self {
            Self::Base64 { .. } => 6,
            Self::Hex => 4,
        }
    }

    /// Returns how many characters make whole bytes.
    fn group(self) -> usize {
        match self {
            Self::Base64 { .. } => 4,
            Self::Hex => 2,
        }
    }

    fn value(self, byte: u8) -> Option<u32> {
        let (value, base) = match (self, byte) {
            (Self::Hex, _) => return char::from(byte).to_digit(16),
            (_, b'A'..=b'Z') => (byte, b'A'),
            (_, b'a'..=b'z') => (byte + 26, b'a'),
            (_, b'0'..=b'9') => (byte + 52, b'0'),
            (_, b'+' | b'-') => return Some(62),
            (_, b'/' | b'_') => return Some(63),
            _ => return None,
        };
        Some(u32::from(value - base))
    }
}

/// So many characters after a place are read: secrets are shorter, and reading a character takes twenty
/// times its memory.
const REACH: usize = 64 << 10;

/// So many before it. A long run is read in parts, which overlap by these.
const REACH_BACK: usize = REACH / 4;

/// Characters of a code that follow each other, but for line breaks.
pub(super) struct Run {
    places: Vec<usize>,
    /// How many characters were passed over where it was read before.
    read: Vec<usize>,
}

impl Run {
    /// Returns the run around a place of a text.
    pub(super) fn around(code: Code, text: &[u8], place: usize) -> Self {
        let is_code = |at: &usize| code.value(text[*at]).is_some();
        // Lines may be folded.
        let is_break = |at: &usize| match text[*at] {
            b'\r' | b'\n' => true,
            b' ' | b'\t' => *at > 0 && text[*at - 1] == b'\n',
            _ => false,
        };
        let is_inside = |at: &usize| is_code(at) || is_break(at);
        let before = (0..place).rev().take_while(is_inside).filter(is_code);
        let mut places: Vec<usize> = before.take(REACH_BACK).collect();
        places.reverse();
        let after = (place..text.len()).take_while(is_inside).filter(is_code);
        places.extend(after.take(REACH));
        Self {
            places,
            read: Vec::new(),
        }
    }

    /// Returns whether a later place of the text is in the run.
    pub(super) fn reaches(&self, place: usize) -> bool {
        self.places.last().is_some_and(|last| place <= *last)
    }

    /// Reads the run, of which a character at a place of the text was recognized; `None` if that was
    /// done.
    pub(super) fn read(&mut self, code: Code, text: &[u8], place: usize) -> Option<Decoded> {
        let index = self.places.partition_point(|other| *other < place);
        let within = match code {
            Code::Base64 { place } => place,
            Code::Hex => 0,
        };
        let first = (index + code.group() - within) % code.group();
        if self.read.contains(&first) {
            return None;
        }
        self.read.push(first);
        let (mut bytes, mut sources) = (Vec::new(), Vec::new());
        let (mut bits, mut count) = (0_u32, 0);
        for (number, place) in self.places[first..].iter().enumerate() {
            bits = (bits << code.width()) | code.value(text[*place]).unwrap_or_default();
            count += code.width();
            if count < 8 {
                continue;
            }
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            // Text in UTF-16 is read as well.
            if byte != 0 {
                let begun = first + (number + 1) - (8 + count).div_ceil(code.width());
                bytes.push(byte);
                sources.push(self.places[begun]..place + 1);
            }
        }
        Some(Decoded { bytes, sources })
    }
}

/// What stands in a code.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// Where each byte comes from.
    sources: Vec<Range<usize>>,
}

impl Decoded {
    /// Returns where some of the bytes come from.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        self.sources[range.start].start..self.sources[range.end - 1].end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: Code, text: &str, place: usize) -> (Vec<u8>, Vec<Range<usize>>) {
        let text = text.as_bytes();
        let read = Run::around(code, text, place).read(code, text, place);
        let read = read.unwrap();
        (read.bytes, read.sources)
    }

    #[test]
    fn a_run_is_read_from_where_it_was_found() {
        // `abcd` after a word and in two lines.
        let text = "xYWJj\r\n ZA== y";
        let (bytes, sources) = read(Code::Base64 { place: 0 }, text, 1);
        assert_eq!(bytes, b"abcd");
        assert_eq!(sources, [1..3, 2..4, 3..5, 8..10]);
        let (bytes, sources) = read(Code::Base64 { place: 2 }, text, 3);
        assert_eq!((bytes.as_slice(), sources.len()), (&b"abcd"[..], 4));
        let (bytes, sources) = read(Code::Hex, "f616263g", 1);
        assert_eq!(bytes, b"abc");
        assert_eq!(sources, [1..3, 3..5, 5..7]);
        // UTF-16.
        assert_eq!(read(Code::Base64 { place: 0 }, "YQBiAA", 0).0, b"ab");
    }

    #[test]
    fn a_long_run_is_read_around_a_place() {
        let text = "YWJj".repeat(REACH);
        let place = 2 * REACH;
        let run = Run::around(Code::Base64 { place: 0 }, text.as_bytes(), place);
        assert_eq!(run.places.len(), REACH_BACK + REACH);
        assert!(run.reaches(place + REACH - 1) && !run.reaches(place + REACH));
    }

    #[test]
    fn a_run_is_read_once_from_each_of_its_characters() {
        let text = b"YWJjYWJj";
        let code = Code::Base64 { place: 0 };
        let mut run = Run::around(code, text, 0);
        assert!(run.reaches(7) && !run.reaches(8));
        assert!(run.read(code, text, 0).is_some());
        assert!(run.read(code, text, 4).is_none());
        assert!(run.read(code, text, 1).is_some());
    }
}
