//! Parameters of header values: `; name=token; name="quoted \" string"` (RFC 9110, section 5.6.6).

use std::borrow::Cow;

#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: Written<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Written<'a> {
    Bare(&'a [u8]),
    /// The text between the quotes, with its escapes.
    Quoted(&'a [u8]),
}

impl<'a> Written<'a> {
    /// Returns the value, with each escaped character as itself.
    pub(super) fn unescaped(self) -> Cow<'a, [u8]> {
        match self {
            Self::Bare(value) => Cow::Borrowed(value),
            Self::Quoted(value) if !value.contains(&b'\\') => Cow::Borrowed(value),
            Self::Quoted(value) => {
                let mut plain = Vec::with_capacity(value.len());
                let mut bytes = value.iter();
                while let Some(&byte) = bytes.next() {
                    match byte {
                        b'\\' => plain.extend(bytes.next()),
                        _ => plain.push(byte),
                    }
                }
                Cow::Owned(plain)
            }
        }
    }

    pub(super) fn raw(self) -> &'a [u8] {
        match self {
            Self::Bare(value) | Self::Quoted(value) => value,
        }
    }
}

/// Reads parameters one after the other. Missing semicolons and closing quotes are forgiven.
pub(super) struct Parameters<'a> {
    pub(super) rest: &'a [u8],
    /// Whether a comma outside quotes ends the list, as in headers that are lists themselves.
    ends_at_comma: bool,
}

impl<'a> Parameters<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self {
            rest,
            ends_at_comma: false,
        }
    }

    pub(super) fn of_element(rest: &'a [u8]) -> Self {
        Self {
            rest,
            ends_at_comma: true,
        }
    }

    fn ends(&self, byte: u8) -> bool {
        byte == b';' || (byte == b',' && self.ends_at_comma)
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, is_taken: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&byte| !is_taken(byte));
        self.take(end.unwrap_or(self.rest.len()))
    }

    fn value(&mut self) -> Written<'a> {
        self.take_while(is_blank);
        if let Some(inside) = self.rest.strip_prefix(b"\"") {
            if let Some(end) = closing_quote(inside) {
                self.rest = &inside[end + 1..];
                return Written::Quoted(&inside[..end]);
            }
            self.rest = inside;
        }
        let ends_at_comma = self.ends_at_comma;
        let value = self.take_while(|byte| byte != b';' && !(byte == b',' && ends_at_comma));
        Written::Bare(value.trim_ascii())
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take_while(|byte| is_blank(byte) || byte == b';');
        let first = *self.rest.first()?;
        if self.ends(first) {
            return None;
        }
        let ends_at_comma = self.ends_at_comma;
        let name = self
            .take_while(|byte| byte != b'=' && byte != b';' && !(byte == b',' && ends_at_comma))
            .trim_ascii();
        let value = match self.rest.strip_prefix(b"=") {
            Some(rest) => {
                self.rest = rest;
                self.value()
            }
            None => Written::Bare(b""),
        };
        Some(Parameter { name, value })
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn closing_quote(inside: &[u8]) -> Option<usize> {
    let mut escaped = false;
    inside.iter().position(|&byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}
