//! Character references of HTML and XML.

use std::borrow::Cow;

use html_escape::NAMED_ENTITIES;

/// Longest name, in bytes.
const LONGEST_NAME: usize = 31;
/// Names that pages write without a semicolon as well (HTML, section 13.5), of ASCII characters.
const BARE: [&[u8]; 8] = [b"amp", b"AMP", b"gt", b"GT", b"lt", b"LT", b"quot", b"QUOT"];

/// A reference, and its length in the text.
pub(crate) struct Entity {
    pub(crate) meant: Meant,
    pub(crate) length: usize,
}

pub(crate) enum Meant {
    Named(&'static str),
    Letter(char),
}

pub(crate) fn first(text: &[u8]) -> Option<Entity> {
    let rest = text.strip_prefix(b"&")?;
    if let Some(number) = rest.strip_prefix(b"#") {
        let hex = number.strip_prefix(b"x").or(number.strip_prefix(b"X"));
        let (digits, radix) = hex.map_or((number, 10), |digits| (digits, 16));
        let value = |byte: &u8| char::from(*byte).to_digit(radix);
        let (mut code, mut count) = (0_u32, 0);
        while let Some(digit) = digits.get(count).and_then(value) {
            code = code.checked_mul(radix)?.checked_add(digit)?;
            count += 1;
        }
        if count == 0 {
            return None;
        }
        let length = text.len() - digits.len() + count;
        return Some(Entity {
            meant: Meant::Letter(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
            length: length + usize::from(text.get(length) == Some(&b';')),
        });
    }
    let names = rest.iter().take(LONGEST_NAME);
    let count = names
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let name = &rest[..count];
    let (name, length) = if rest.get(count) == Some(&b';') {
        (name, count + 2)
    } else {
        let bare = BARE.iter().find(|bare| name.starts_with(bare))?;
        (*bare, bare.len() + 1)
    };
    Some(Entity {
        meant: Meant::Named(named(name)?),
        length,
    })
}

fn named(name: &[u8]) -> Option<&'static str> {
    // Without a search in the table, which has thousands.
    Some(match name {
        b"amp" => "&",
        b"lt" => "<",
        b"gt" => ">",
        b"quot" => "\"",
        b"apos" => "'",
        b"nbsp" => "\u{a0}",
        _ => {
            let place = NAMED_ENTITIES.binary_search_by(|(known, _)| (*known).cmp(name));
            NAMED_ENTITIES[place.ok()?].1
        }
    })
}

pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(start) = text[at..].find('&').map(|start| at + start) {
        let Some(entity) = first(&text.as_bytes()[start..]) else {
            at = start + 1;
            continue;
        };
        out.push_str(&text[copied..start]);
        match entity.meant {
            Meant::Named(text) => out.push_str(text),
            Meant::Letter(letter) => out.push(letter),
        }
        at = start + entity.length;
        copied = at;
    }
    if copied == 0 {
        return text.into();
    }
    out.push_str(&text[copied..]);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_browsers_read_them() {
        for (text, meant) in [
            ("&lt;&#39;&#x2F;&amp;amp;", "<'/&amp;"),
            ("&sol;&plus;&equals;&AMP;&lsquo;", "/+=&\u{2018}"),
            ("&#47a&#00000047;&#X2fg", "/a//g"),
            ("a&ampb &quot", "a&b \""),
            ("&CounterClockwiseContourIntegral;", "\u{2233}"),
            ("&#55555555;&#xd800;", "\u{fffd}\u{fffd}"),
            ("&#;&#x;&;&&nosuch;&sol&", "&#;&#x;&;&&nosuch;&sol&"),
        ] {
            assert_eq!(decode(text), meant, "{text}");
        }
    }
}
