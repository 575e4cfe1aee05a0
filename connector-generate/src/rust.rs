//! Literals and other small parts of Rust.

/// Writes a string literal.
pub(crate) fn text(text: &str) -> String {
    let plain = !text.contains(is_hidden);
    if plain && text.contains(['"', '\\']) && !text.contains("\"#") {
        return if text.contains('"') {
            format!("r#\"{text}\"#")
        } else {
            format!("r\"{text}\"")
        };
    }
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            letter if is_hidden(letter) => literal.extend(letter.escape_default()),
            letter => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}

/// Tells whether a letter does not show, or turns the direction of those beside it, which the compiler
/// refuses.
fn is_hidden(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_as_plain_as_they_can_be() {
        for (given, expected) in [
            ("a", r#""a""#),
            (r"^\.$", r#"r"^\.$""#),
            ("a\"b", "r#\"a\"b\"#"),
            ("\"#\n", r##""\"#\n""##),
            ("\u{202e}", r#""\u{202e}""#),
        ] {
            assert_eq!(text(given), expected);
        }
    }
}
