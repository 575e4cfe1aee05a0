//! Literals and other small parts of Rust.

/// Writes a string literal.
pub(crate) fn text(text: &str) -> String {
    let plain = !text.contains(|letter: char| letter.is_control());
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
            letter if letter.is_control() => literal.extend(letter.escape_default()),
            letter => literal.push(letter),
        }
    }
    literal.push('"');
    literal
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
        ] {
            assert_eq!(text(given), expected);
        }
    }
}
