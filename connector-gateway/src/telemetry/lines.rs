//! Log lines of bounded length.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// The longest line, in bytes, with its end.
const LONGEST_LINE: usize = 16 << 10;

/// The longest field in a line that had to be cut, in bytes, and the number of fields.
const LONGEST_FIELD: usize = 512;
const MOST_FIELDS: usize = 8;

const MARK: &str = "… (cut)";

/// Formats each event into a line of limited length, and writes that by `write`.
pub(super) struct Lines<F> {
    pub(super) format: F,
    pub(super) write: fn(Line, &Event<'_>, Writer<'_>) -> fmt::Result,
}

impl<S, N, F> FormatEvent<S, N> for Lines<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line::default();
        self.format
            .format_event(context, Writer::new(&mut line), event)?;
        (self.write)(line, event, writer)
    }
}

pub(super) fn write_text(mut line: Line, _: &Event<'_>, mut writer: Writer<'_>) -> fmt::Result {
    let text = line.text.trim_end_matches('\n');
    if text.contains(char::is_control) {
        // Escape line breaks and terminal control sequences.
        let mut escaped = Line::default();
        for letter in text.chars() {
            match letter {
                letter if letter.is_control() => {
                    write!(escaped, "{}", letter.escape_default())?;
                }
                letter => escaped.write_char(letter)?,
            }
        }
        escaped.is_cut |= line.is_cut;
        line = escaped;
    }
    writer.write_str(line.text.trim_end_matches('\n'))?;
    if line.is_cut {
        writer.write_str(MARK)?;
    }
    writer.write_char('\n')
}

pub(super) fn write_json(line: Line, event: &Event<'_>, mut writer: Writer<'_>) -> fmt::Result {
    let Line { text, is_cut } = line;
    if !is_cut {
        return writer.write_str(&text);
    }
    // A truncated object is not valid JSON, so a shorter one is written.
    let mut time = String::new();
    SystemTime.format_time(&mut Writer::new(&mut time))?;
    let mut fields = Fields::default();
    event.record(&mut fields);
    let mut object = Map::new();
    object.insert("timestamp".into(), time.into());
    object.insert("level".into(), event.metadata().level().as_str().into());
    object.append(&mut fields.0);
    object.insert("target".into(), event.metadata().target().into());
    object.insert("cut".into(), true.into());
    writeln!(writer, "{}", Value::Object(object))
}

/// A line of limited length; formatting stops at the limit.
#[derive(Default)]
pub(super) struct Line {
    text: String,
    is_cut: bool,
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = LONGEST_LINE - MARK.len() - 1 - self.text.len();
        if self.is_cut || text.len() > left {
            let text = if self.is_cut { "" } else { text };
            self.text.push_str(&text[..text.floor_char_boundary(left)]);
            self.is_cut = true;
        } else {
            self.text.push_str(text);
        }
        Ok(())
    }
}

/// The first fields of an event, each cut.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.0.len() == MOST_FIELDS {
            return;
        }
        let mut cut = Cut(String::new());
        // Formatting stops with an error where the text is cut.
        let _ = write!(cut, "{value:?}");
        self.0.insert(field.name().to_owned(), cut.0.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

struct Cut(String);

impl fmt::Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = LONGEST_FIELD.saturating_sub(self.0.len());
        if text.len() <= left {
            self.0.push_str(text);
            return Ok(());
        }
        self.0.push_str(&text[..text.floor_char_boundary(left)]);
        self.0.push('…');
        Err(fmt::Error)
    }
}
