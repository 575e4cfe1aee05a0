//! Finds the `data` of an envelope that arrives in pieces.

use std::ops::Range;

use crate::error::Error;

const MOST_NAME: usize = 16;

/// Reads an envelope, piece by piece. It only looks for where members begin and end; whoever reads the
/// output finds out whether that is JSON.
#[derive(Default)]
pub(super) struct Scanner {
    place: Place,
    /// Of the member that is read.
    name: Vec<u8>,
    /// How many objects and arrays are open within its value.
    depth: usize,
    in_text: bool,
    escaped: bool,
    success: Vec<u8>,
    /// Whether the data has ended.
    has_data: bool,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    #[default]
    Start,
    /// Before the name of a member.
    Member,
    Name,
    /// Between a name and its value.
    Colon,
    Value,
    End,
}

impl Scanner {
    /// Reads a piece; returns the part of it that belongs to the data.
    pub(super) fn read(&mut self, piece: &[u8]) -> Result<Range<usize>, Error> {
        let mut data = 0..0;
        for (index, &byte) in piece.iter().enumerate() {
            match self.place {
                Place::Start if byte == b'{' => self.place = Place::Member,
                Place::Member if byte == b'"' => {
                    self.name.clear();
                    self.place = Place::Name;
                }
                Place::Member if byte == b'}' => self.place = Place::End,
                Place::Name if byte == b'"' => self.place = Place::Colon,
                Place::Name if self.name.len() < MOST_NAME => self.name.push(byte),
                Place::Name => {}
                Place::Colon if byte == b':' => self.place = Place::Value,
                Place::Member if byte == b',' || byte.is_ascii_whitespace() => {}
                Place::Start | Place::Colon | Place::End if byte.is_ascii_whitespace() => {}
                Place::Value => {
                    if self.ends_value(byte) {
                        self.has_data |= self.name == b"data";
                        self.place = if byte == b'}' {
                            Place::End
                        } else {
                            Place::Member
                        };
                        continue;
                    }
                    if self.name == b"data" {
                        if self.has_data {
                            return Err(Error::invalid_response("the response has two outputs"));
                        }
                        if data.is_empty() {
                            data.start = index;
                        }
                        data.end = index + 1;
                    } else if self.name == b"success" && self.success.len() < MOST_NAME {
                        self.success.push(byte);
                    }
                }
                _ => return Err(Error::invalid_response("the response is not an envelope")),
            }
        }
        Ok(data)
    }

    /// Takes a byte of a value; returns whether it is the first one behind it.
    fn ends_value(&mut self, byte: u8) -> bool {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b',' | b'}' if self.depth == 0 => return true,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        false
    }

    /// Checks that the envelope was complete, and one of a success.
    pub(super) fn end(&self) -> Result<(), Error> {
        let problem = if self.place != Place::End || !self.has_data {
            "the response is incomplete"
        } else if self.success.trim_ascii() != b"true" {
            "the response is not a success"
        } else {
            return Ok(());
        };
        Err(Error::invalid_response(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVELOPE: &str = r#" {"success":true,"message":"{\"data\":\\\"","data" : {"a":["x\"}]",{"data":1}],"b":"é"} ,"meta":{"data":[2]}} "#;

    fn read(text: &[u8], size: usize) -> Result<String, Error> {
        let mut scanner = Scanner::default();
        let mut data = Vec::new();
        for piece in text.chunks(size) {
            data.extend_from_slice(&piece[scanner.read(piece)?]);
        }
        scanner.end()?;
        Ok(String::from_utf8(data).unwrap().trim().to_owned())
    }

    #[test]
    fn finds_the_data_however_it_is_cut() {
        for size in 1..=ENVELOPE.len() {
            let data = read(ENVELOPE.as_bytes(), size).unwrap();
            assert_eq!(data, r#"{"a":["x\"}]",{"data":1}],"b":"é"}"#, "{size}");
        }
        for data in ["null", "1.5", "\"a,}\"", "[]", "[1,[2]]", "{}"] {
            for text in [
                format!(r#"{{"data":{data},"success":true}}"#),
                format!(r#"{{"success":true,"data":{data}}}"#),
            ] {
                assert_eq!(read(text.as_bytes(), 3).unwrap(), data, "{text}");
            }
        }
    }

    #[test]
    fn refuses_what_is_no_complete_success() {
        for end in 0..ENVELOPE.trim_end().len() {
            assert!(read(&ENVELOPE.as_bytes()[..end], 7).is_err(), "{end}");
        }
        for text in [
            "",
            "[1]",
            "text",
            r#"{"success":false,"data":1}"#,
            r#"{"success":true}"#,
            r#"{"data":1}{"#,
            r#"{"success":true,"data":1,"data":2}"#,
        ] {
            assert!(read(text.as_bytes(), 7).is_err(), "{text}");
        }
    }
}
