//! Redacts and truncates payloads.

use plugwright_sdk::host::{REDACTED, Redactor, word_list};
use serde_json::{Map, Value};

/// Replaces what was cut off.
pub(super) const CUT: &str = "[cut]";
const CUT_JSON: &str = "\"[cut]\"";
/// The same as a member of an object.
const CUT_MEMBER: &str = "\"[cut]\":true";
/// No cap is smaller, so that a mark fits.
const SMALLEST: usize = 64;
/// Values deeper than this are cut.
const DEEPEST: usize = 64;
/// Longer strings are cut as a whole: searching them would take long, and a secret could cross the
/// cut.
const LONGEST_TEXT: usize = 256 << 10;
/// Longer member names are cut as a whole.
const LONGEST_NAME: usize = 256;
/// Most parts of a schema that are followed together.
const MOST_SCHEMAS: usize = 64;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Redacted {
    /// The value, as JSON.
    pub(super) json: String,
    /// Whether something was cut off.
    pub(super) cut: bool,
}

/// Serializes a value without what its schema, a member's name or `redactor` marks as secret, in at
/// most `cap` bytes (at least 64).
pub(super) fn redact(
    value: &Value,
    schema: Option<&Value>,
    redactor: &Redactor,
    cap: usize,
) -> Redacted {
    let mut writer = Writer {
        out: String::new(),
        room: cap.max(SMALLEST),
        cut: false,
        redactor,
        root: schema,
    };
    writer.value(value, &Schemas::of(schema, schema), 0);
    Redacted {
        json: writer.out,
        cut: writer.cut,
    }
}

/// Writes JSON of limited size. Callers of `value` reserve room for [`CUT_JSON`], so that the
/// output can always be completed.
struct Writer<'a> {
    out: String,
    room: usize,
    cut: bool,
    redactor: &'a Redactor,
    root: Option<&'a Value>,
}

impl<'a> Writer<'a> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.room -= text.len();
    }

    /// Writes a string if it fits, else a mark.
    fn push_or_cut(&mut self, text: &str) {
        if text.len() <= self.room {
            self.push(text);
        } else {
            self.push_cut(CUT_JSON);
        }
    }

    fn push_cut(&mut self, mark: &str) {
        self.cut = true;
        self.push(mark);
    }

    fn value(&mut self, value: &'a Value, schemas: &Schemas<'a>, depth: usize) {
        if !value.is_null() && schemas.mark_secret() {
            return self.push_or_cut(&json_text(REDACTED));
        }
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => self.array(items, schemas, depth),
            Value::Object(members) => self.object(members, schemas, depth),
            other => {
                let text = other.to_string();
                if self.redactor.finds_in(&text) {
                    self.push_or_cut(&json_text(REDACTED));
                } else {
                    self.push_or_cut(&text);
                }
            }
        }
    }

    fn string(&mut self, text: &str) {
        if text.len() > LONGEST_TEXT {
            return self.push_cut(CUT_JSON);
        }
        let clean = if is_authorization(text) {
            REDACTED.to_owned()
        } else {
            self.redactor.redact(text)
        };
        let json = json_text(&clean);
        if json.len() <= self.room {
            return self.push(&json);
        }
        let end = json_text(CUT).len();
        let mut length = clean.floor_char_boundary(self.room - end);
        loop {
            let json = json_text(&format!("{}{CUT}", &clean[..length]));
            if json.len() <= self.room {
                return self.push_cut(&json);
            }
            // Escaping takes up to six times the room.
            length = clean.floor_char_boundary(length / 2);
        }
    }

    fn array(&mut self, items: &'a [Value], schemas: &Schemas<'a>, depth: usize) {
        if items.is_empty() {
            return self.push("[]");
        }
        let rest = 1 + CUT_JSON.len();
        if depth >= DEEPEST || self.room < 2 + rest + CUT_JSON.len() {
            return self.push_cut(CUT_JSON);
        }
        // The room for brackets and a mark is reserved.
        self.room -= 2 + rest;
        self.out.push('[');
        let mut ended = false;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
                if self.room < 1 + CUT_JSON.len() {
                    self.out.push_str(CUT_JSON);
                    ended = true;
                    break;
                }
                self.room -= 1;
            }
            self.value(item, &schemas.item(self.root, index), depth + 1);
        }
        self.out.push(']');
        self.end(ended, rest);
    }

    /// Releases the room reserved for a mark that was not written.
    fn end(&mut self, marked: bool, rest: usize) {
        if marked {
            self.cut = true;
        } else {
            self.room += rest;
        }
    }

    fn object(&mut self, members: &'a Map<String, Value>, schemas: &Schemas<'a>, depth: usize) {
        if members.is_empty() {
            return self.push("{}");
        }
        let rest = 1 + CUT_MEMBER.len();
        if depth >= DEEPEST || self.room < 2 + rest + CUT_JSON.len() {
            return self.push_cut(CUT_JSON);
        }
        self.room -= 2 + rest;
        self.out.push('{');
        let pair = is_secret_pair(members);
        let mut ended = false;
        for (index, (name, member)) in members.iter().enumerate() {
            let comma = usize::from(index > 0);
            if index > 0 {
                self.out.push(',');
            }
            let key = self.name(name);
            if self.room < comma + key.len() + 1 + CUT_JSON.len() {
                self.out.push_str(CUT_MEMBER);
                ended = true;
                break;
            }
            self.room -= comma;
            self.push(&key);
            self.push(":");
            let secret = is_secret_name(name) || (pair && name.eq_ignore_ascii_case("value"));
            if secret && !member.is_null() {
                self.push_or_cut(&json_text(REDACTED));
            } else {
                self.value(member, &schemas.member(self.root, name), depth + 1);
            }
        }
        self.out.push('}');
        self.end(ended, rest);
    }

    fn name(&mut self, name: &str) -> String {
        if name.len() > LONGEST_NAME {
            self.cut = true;
            return json_text(CUT);
        }
        json_text(&self.redactor.redact(name))
    }
}

fn json_text(text: &str) -> String {
    Value::from(text).to_string()
}

/// Names of members whose values are redacted, in lower case and without separators such as `_` and
/// `-`. These match anywhere in the name:
const SECRET_PARTS: [&str; 12] = word_list(include_str!("../../words/secret_members.txt"));
/// These match the whole name or its end, since `token_count` is not a secret.
const SECRET_ENDS: [&str; 4] = ["token", "tokens", "pwd", "jwt"];
/// Names with such an end that are not secret.
const HARMLESS: [&str; 7] = [
    "maxtokens",
    "totaltokens",
    "prompttokens",
    "completiontokens",
    "inputtokens",
    "outputtokens",
    "maxoutputtokens",
];

fn is_secret_name(name: &str) -> bool {
    let plain: String = name
        .chars()
        .take(LONGEST_NAME)
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    SECRET_PARTS.iter().any(|part| plain.contains(part))
        || (SECRET_ENDS.iter().any(|end| plain.ends_with(end))
            && !HARMLESS.contains(&plain.as_str()))
}

/// Returns whether an object is a name-value pair, such as a header, with a secret name.
fn is_secret_pair(members: &Map<String, Value>) -> bool {
    members
        .iter()
        .filter(|(name, _)| {
            ["name", "key", "header", "field"]
                .iter()
                .any(|label| name.eq_ignore_ascii_case(label))
        })
        .any(|(_, label)| label.as_str().is_some_and(is_secret_name))
}

fn is_authorization(text: &str) -> bool {
    ["bearer ", "basic "].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && text.len() > scheme.len()
            && !text[scheme.len()..].trim().contains(' ')
    })
}

/// The parts of a schema that may apply to a value.
struct Schemas<'a> {
    parts: Vec<&'a Value>,
    /// Whether there were too many to follow.
    lost: bool,
}

impl<'a> Schemas<'a> {
    /// Adds a part and those that it refers to.
    fn of(root: Option<&'a Value>, parts: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut all: Vec<&'a Value> = parts.into_iter().collect();
        let mut next = 0;
        while next < all.len() && all.len() <= MOST_SCHEMAS {
            let part = all[next];
            next += 1;
            for keyword in ["anyOf", "oneOf", "allOf"] {
                if let Some(choices) = part.get(keyword).and_then(Value::as_array) {
                    all.extend(choices);
                }
            }
            for keyword in ["then", "else", "if"] {
                all.extend(part.get(keyword));
            }
            let target = part
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix('#'))
                .and_then(|pointer| root?.pointer(pointer));
            if let Some(target) = target
                && !all.iter().any(|known| std::ptr::eq(*known, target))
            {
                all.push(target);
            }
        }
        Self {
            lost: all.len() > MOST_SCHEMAS,
            parts: all,
        }
    }

    /// Returns whether one of them marks the value as secret. One that can't be followed might.
    fn mark_secret(&self) -> bool {
        self.lost
            || self.parts.iter().any(|part| {
                part.get("writeOnly") == Some(&Value::Bool(true))
                    || part.get("format").and_then(Value::as_str) == Some("password")
            })
    }

    fn member(&self, root: Option<&'a Value>, name: &str) -> Self {
        Self::of(
            root,
            self.parts.iter().flat_map(|part| {
                let named = part.get("properties").and_then(|all| all.get(name));
                // Patterns are not matched: one that marks a secret applies to every other member.
                let patterns = part
                    .get("patternProperties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flat_map(Map::values);
                let others = part.get("additionalProperties").filter(|_| named.is_none());
                let others = others.into_iter().chain(patterns);
                named.into_iter().chain(others)
            }),
        )
    }

    fn item(&self, root: Option<&'a Value>, index: usize) -> Self {
        Self::of(
            root,
            self.parts.iter().flat_map(|part| {
                let fixed = part.get("prefixItems").and_then(|all| all.get(index));
                fixed.into_iter().chain(part.get("items"))
            }),
        )
    }
}

#[cfg(test)]
mod tests;
