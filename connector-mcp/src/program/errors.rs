//! What a program writes to standard error.

use std::time::{Duration, Instant};

use plugwright_sdk::host::Redactor;
use tokio::io::{AsyncRead, AsyncReadExt as _};

const LONGEST_LINE: usize = 1000;

/// More lines within a [`MINUTE`] are left out.
const MOST_LINES: u32 = 100;

const MINUTE: Duration = Duration::from_mins(1);

/// Reads to the end, and passes on lines without control characters and secrets: not too long, and not
/// too many.
pub(super) async fn pass_on(
    mut stream: impl AsyncRead + Unpin,
    redactor: Redactor,
    take: impl Fn(&str),
) {
    let mut lines = Lines {
        redactor,
        take,
        line: Vec::new(),
        number: 0,
        since: Instant::now(),
    };
    let mut piece = [0; 4096];
    // An error is an end, too: the program is gone.
    while let Ok(length @ 1..) = stream.read(&mut piece).await {
        for byte in &piece[..length] {
            lines.push(*byte);
        }
    }
    lines.end();
}

struct Lines<T> {
    redactor: Redactor,
    take: T,
    line: Vec<u8>,
    number: u32,
    since: Instant,
}

impl<T: Fn(&str)> Lines<T> {
    fn push(&mut self, byte: u8) {
        match byte {
            b'\n' => self.end(),
            // Twice as long, so that a secret at the end is seen whole.
            _ if self.line.len() < 2 * LONGEST_LINE => self.line.push(byte),
            _ => {}
        }
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        if self.since.elapsed() >= MINUTE {
            (self.number, self.since) = (0, Instant::now());
        }
        self.number = self.number.saturating_add(1);
        match self.number {
            ..=MOST_LINES => {
                let clean = self.redactor.redact(&String::from_utf8_lossy(&line));
                let shown: String = clean
                    .chars()
                    .map(|letter| {
                        if letter.is_control() {
                            '\u{fffd}'
                        } else {
                            letter
                        }
                    })
                    .take(LONGEST_LINE)
                    .collect();
                (self.take)(shown.trim_end_matches('\u{fffd}'));
            }
            number if number == MOST_LINES + 1 => {
                (self.take)("too many lines; those of the next minute are left out");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use plugwright_sdk::Secret;

    use super::*;

    async fn passed(text: String) -> Vec<String> {
        let lines = RefCell::new(Vec::new());
        let redactor = Redactor::new([&Secret::new("hunter2-hunter2")]);
        pass_on(text.as_bytes(), redactor, |line| {
            lines.borrow_mut().push(line.to_owned());
        })
        .await;
        lines.into_inner()
    }

    #[tokio::test]
    async fn lines_are_clean_and_bounded() {
        let long = "x".repeat(100_000);
        let lines = passed(format!(
            "\u{1b}[31mred\r\n\nkey hunter2-hunter2\n{long}\nlast"
        ))
        .await;
        assert_eq!(lines[0], "\u{fffd}[31mred");
        assert_eq!(lines[1], "key [redacted]");
        assert_eq!(lines[2].len(), LONGEST_LINE);
        assert_eq!(lines[3..], ["last"]);
    }

    #[tokio::test]
    async fn a_flood_is_cut() {
        let lines = passed("again\n".repeat(100_000)).await;
        assert_eq!(lines.len(), MOST_LINES as usize + 1);
        assert!(
            lines
                .last()
                .is_some_and(|line| line.starts_with("too many lines"))
        );
    }
}
