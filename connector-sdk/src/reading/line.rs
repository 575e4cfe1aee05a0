//! One short line of what a provider says.

/// Makes one line of a text: control characters and those that nobody sees become blanks, runs of
/// blanks become one, and what is longer than `most` characters is cut.
///
/// ```
/// use plugwright_sdk::reading::line;
///
/// assert_eq!(line(" no\r\n\tsuch \u{202e}thing ", 100), "no such thing");
/// assert_eq!(line("too long", 5), "too…");
/// ```
pub fn line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let (mut length, mut blank) = (0, false);
    for letter in text.chars() {
        if letter.is_whitespace() || is_unseen(letter) {
            blank = length > 0;
            continue;
        }
        if length + 1 + usize::from(blank) > most {
            // The mark takes the place of the last character.
            if length >= most {
                line.pop();
            }
            line.truncate(line.trim_end().len());
            if most > 0 {
                line.push('…');
            }
            return line;
        }
        if blank {
            line.push(' ');
            length += 1;
            blank = false;
        }
        line.push(letter);
        length += 1;
    }
    line
}

/// Returns whether a character changes how others are shown, or is not shown itself.
///
/// ```
/// use plugwright_sdk::reading::is_unseen;
///
/// assert!(is_unseen('\n') && is_unseen('\u{202e}') && !is_unseen('a'));
/// ```
pub fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Returns whether a character is [unseen](is_unseen), and does not join letters or emojis.
///
/// ```
/// use plugwright_sdk::reading::is_hidden;
///
/// assert!(is_hidden('\u{202e}') && is_hidden('\u{e0041}'));
/// assert!(!"می‌خواهم 👩‍💻".chars().any(is_hidden));
/// ```
pub fn is_hidden(letter: char) -> bool {
    is_unseen(letter) && !matches!(letter, '\u{200c}' | '\u{200d}')
}
