//! The sentence in the body of an error.

mod markup;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{charset, json, line};
use crate::text::word_list;

/// The longest sentence, in characters.
pub const LONGEST: usize = 300;

/// A longer body is no message; only its beginning is looked at.
const LONGEST_BODY: usize = 256 << 10;
const MOST_MEMBERS: usize = 100;
/// Lists and objects are looked into this deep.
const DEEPEST: usize = 8;
const MOST_SENTENCES: usize = 5;

/// Members that hold a sentence, the one that says most first. Names are compared without case,
/// hyphens and underscores.
const SENTENCES: [&str; 32] = word_list(include_str!("../../words/error_sentence_members.txt"));
/// Members that hold errors of single fields, or of single parts of a request.
const FIELDS: [&str; 11] = word_list(include_str!("../../words/error_field_members.txt"));
/// Wrappers that say nothing themselves.
const WRAPPERS: [&str; 8] = word_list(include_str!("../../words/error_wrappers.txt"));
/// Members that say which field an error is of.
const FIELD_NAMES: [&str; 6] = word_list(include_str!("../../words/error_field_names.txt"));
/// Names under which errors stand that are of no field.
const NO_FIELDS: [&str; 8] = [
    "",
    "base",
    "all",
    "nonfielderrors",
    "errors",
    "error",
    "messages",
    "general",
];

/// Reads what the body of an error says, as one line of at most [`LONGEST`] characters.
///
/// Forms that are known: `message`, `error_description`, `detail` and their kin, at the top, in
/// `error`, or in lists; `errors` as texts, as objects, or as texts by field (Rails, Laravel,
/// Django, Discord); problem details (RFC 9457); JSON:API; GraphQL; `fault` (SOAP, Apigee); OData,
/// FHIR and HAL; errors of Google and AWS, in JSON and in XML; the title of a web page; forms; and
/// plain text. JSON may have commas at the ends of its lists.
///
/// ```
/// use plugwright_sdk::reading::error_body::sentence;
///
/// let rails = br#"{"errors":{"email":["has already been taken"]}}"#;
/// assert_eq!(sentence(rails, None).as_deref(), Some("email: has already been taken"));
/// let page = b"<html><head><title>502 Bad Gateway</title></head></html>";
/// assert_eq!(sentence(page, None).as_deref(), Some("502 Bad Gateway"));
/// ```
pub fn sentence(body: &[u8], content_type: Option<&[u8]>) -> Option<String> {
    if body.trim_ascii().is_empty() {
        return None;
    }
    let body = &body[..body.len().min(LONGEST_BODY)];
    let text = charset::text(body, content_type);
    // Binary data has no readable message.
    if text.trim_end_matches('\0').contains('\0') {
        return None;
    }
    let is_json = text
        .trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
        .starts_with(['{', '[', '"', ')']);
    let from_json = is_json
        .then(|| {
            let read = json::read::<Value>(body, content_type);
            read.or_else(|_| json::read_part(&without_last_commas(&text)))
        })
        .and_then(Result::ok)
        .map(|value| of_value(&value, DEEPEST));
    let said = match from_json {
        Some(said) => said,
        None if text.trim_start().starts_with('<') => {
            let said = markup::sentence(&text).map(|said| line(&said, LONGEST));
            return said.filter(|said| !said.is_empty());
        }
        None => of_form(&text, content_type),
    };
    let said = line(said.as_deref().unwrap_or(&text), LONGEST);
    (!said.is_empty()).then_some(said)
}

fn of_value(value: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::String(text) => of_text(text, depth),
        Value::Array(items) => {
            let each = items.iter().filter_map(|item| match item {
                Value::Object(members) => of_part(members, depth),
                other => of_value(other, depth),
            });
            joined(each)
        }
        Value::Object(members) => of_object(members, depth),
        _ => None,
    }
}

fn of_text(text: &str, depth: usize) -> Option<String> {
    let text = text.trim();
    if text.starts_with(['{', '['])
        && let Ok(inside) = serde_json::from_str::<Value>(text)
        && let Some(said) = of_value(&inside, depth)
    {
        return Some(said);
    }
    if is_page(text) {
        return markup::sentence(text);
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// Returns whether a text is a web page, of which only a sentence is of use.
pub(crate) fn is_page(text: &str) -> bool {
    let starts_with = |start: &str| {
        let given = text.trim_start().as_bytes().get(..start.len());
        given.is_some_and(|given| given.eq_ignore_ascii_case(start.as_bytes()))
    };
    starts_with("<!doctype html") || starts_with("<html")
}

fn of_object(members: &Map<String, Value>, depth: usize) -> Option<String> {
    let plain: Vec<_> = members
        .iter()
        .take(MOST_MEMBERS)
        .map(|(name, value)| (plain_name(name), value))
        .collect();
    let named = |wanted: &str| {
        let member = plain.iter().find(|(name, _)| name == wanted);
        member.map(|(_, value)| *value)
    };
    let headline = SENTENCES.iter().find_map(|wanted| {
        let value = named(wanted)?;
        // A status is worth reading only where it is an object; 404 and `error` say little. A value is
        // a sentence only with its language, as in OData.
        let is_read = match *wanted {
            "status" => value.is_object(),
            "value" => named("lang").is_some(),
            _ => true,
        };
        if !is_read {
            return None;
        }
        let said = match value {
            Value::Object(fields) if FIELDS.contains(wanted) => of_fields(fields, depth),
            value => of_value(value, depth),
        };
        Some((*wanted, said?))
    });
    let fields = FIELDS
        .iter()
        .filter(|wanted| headline.as_ref().is_none_or(|(used, _)| used != *wanted))
        .find_map(|wanted| match named(wanted)? {
            Value::Object(fields) => of_fields(fields, depth),
            list @ Value::Array(_) => of_value(list, depth),
            _ => None,
        })
        .or_else(|| {
            let is_message = headline
                .as_ref()
                .is_some_and(|(used, _)| *used == "message");
            let detail = named("detail").filter(|detail| is_message && detail.is_string());
            of_value(detail?, depth)
        });
    match (headline, fields) {
        (Some((_, said)), Some(more)) if !said.contains(&more) && !more.contains(&said) => Some(
            format!("{}: {more}", said.trim_end_matches(['.', ':', ' '])),
        ),
        // One sentence contains the other; the longer one is kept.
        (Some((_, said)), Some(more)) => Some(if more.len() > said.len() { more } else { said }),
        (Some((_, said)), None) => Some(said),
        (None, Some(more)) => Some(more),
        (None, None) => WRAPPERS
            .iter()
            .find_map(|wanted| of_value(named(wanted)?, depth))
            .or_else(|| of_lists(members, depth)),
    }
}

/// Reads errors by field: `{"email": ["is taken"]}`.
fn of_fields(fields: &Map<String, Value>, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    // It may be one error and no list of fields.
    let is_error = fields.keys().any(|name| {
        matches!(
            &*plain_name(name),
            "message" | "detail" | "msg" | "description" | "text"
        )
    }) && fields.values().any(Value::is_string);
    if is_error {
        return of_object(fields, depth);
    }
    joined(fields.iter().filter_map(|(name, value)| {
        let said = match value {
            Value::Object(inner) if !is_known(inner) => of_fields(inner, depth),
            value => of_value(value, depth),
        }?;
        Some(if NO_FIELDS.contains(&&*plain_name(name)) {
            said
        } else {
            format!("{name}: {said}")
        })
    }))
}

fn is_known(members: &Map<String, Value>) -> bool {
    members.keys().take(MOST_MEMBERS).any(|name| {
        let name = &*plain_name(name);
        SENTENCES.contains(&name) || FIELDS.contains(&name) || WRAPPERS.contains(&name)
    })
}

/// Reads an object of nothing but lists of texts, or of such objects: errors by field, at the top.
fn of_lists(members: &Map<String, Value>, depth: usize) -> Option<String> {
    fn is_errors(members: &Map<String, Value>, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        members.values().all(|member| match member {
            Value::Array(items) => {
                !items.is_empty()
                    && items.iter().all(|item| match item {
                        Value::Object(inner) => is_errors(inner, depth),
                        item => item.is_string(),
                    })
            }
            Value::Object(inner) => is_errors(inner, depth),
            _ => false,
        })
    }

    is_errors(members, depth).then(|| of_fields(members, depth))?
}

/// Returns JSON without commas that stand at the end of a list or an object.
fn without_last_commas(json: &str) -> String {
    let mut kept = String::with_capacity(json.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for (at, letter) in json.char_indices() {
        let is_last = letter == ',' && json[at + 1..].trim_start().starts_with([']', '}']);
        if in_text || !is_last {
            kept.push(letter);
        }
        in_text ^= letter == '"' && !is_escaped;
        is_escaped = in_text && letter == '\\' && !is_escaped;
    }
    kept
}

fn of_part(members: &Map<String, Value>, depth: usize) -> Option<String> {
    // Details of Google are for programs, but for those of fields.
    if members.contains_key("@type") {
        return of_value(members.get("fieldViolations")?, depth);
    }
    let said = of_object(members, depth)?;
    let field = members.iter().find_map(|(name, value)| {
        let name = plain_name(name);
        match value {
            Value::String(field) if FIELD_NAMES.contains(&&*name) => Some(field.clone()),
            // Where in the request it is, as of FastAPI: `["body", "email"]`.
            Value::Array(path) if name == "loc" => path.last()?.as_str().map(str::to_owned),
            _ => None,
        }
    });
    Some(match field {
        Some(field) if !field.is_empty() && !said.contains(&field) => format!("{field}: {said}"),
        _ => said,
    })
}

fn joined(each: impl Iterator<Item = String>) -> Option<String> {
    let mut sentences: Vec<String> = Vec::new();
    for said in each {
        if !sentences.contains(&said) {
            sentences.push(line(&said, LONGEST));
        }
        if sentences.len() == MOST_SENTENCES {
            break;
        }
    }
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// Returns a name without case, hyphens, underscores and its prefix of XML or JSON-LD.
fn plain_name(name: &str) -> String {
    const LONGEST_NAME: usize = 64;

    let name = name.rsplit([':', '#']).next().unwrap_or(name);
    name.chars()
        .take(LONGEST_NAME)
        .filter(|letter| !matches!(letter, '-' | '_' | ' ' | '@' | '$'))
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Reads a form, if it is one: `error=access_denied&error_description=...`.
fn of_form(text: &str, content_type: Option<&[u8]>) -> Option<String> {
    let is_form = content_type.is_some_and(|kind| {
        let kind = kind.split(|&byte| byte == b';').next().unwrap_or(kind);
        kind.trim_ascii()
            .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    });
    let starts_so = ["error=", "error_description=", "message="];
    if !is_form && !starts_so.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let members = form_urlencoded::parse(text.trim().as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into()))
        .collect();
    of_object(&members, DEEPEST)
}

#[cfg(test)]
#[path = "tests/error_body.rs"]
mod tests;
