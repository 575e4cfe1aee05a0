//! Literals and other small parts of Rust.

use plugwright_sdk::reading::is_unseen;

pub(crate) fn text(text: &str) -> String {
    let plain = !text.contains(is_unseen);
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
            letter if is_unseen(letter) => literal.extend(letter.escape_default()),
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
            ("\u{202e}\u{200b}", r#""\u{202e}\u{200b}""#),
        ] {
            assert_eq!(text(given), expected);
        }
    }
}
