//! Sentences in XML and HTML.

use crate::reading::entity;
use crate::text::word_list;

/// Elements of XML that hold a sentence, the one that says most first. Prefixes are passed over.
const OF_XML: [&str; 9] = word_list(include_str!("../../../words/error_elements.txt"));
const HEADINGS: [&str; 2] = ["h1", "h2"];
/// No more of a document is looked at.
const LONGEST: usize = 64 << 10;
/// So many elements of one name are looked into.
const MOST_TRIES: usize = 8;

pub(super) fn sentence(document: &str) -> Option<String> {
    let mut end = document.len().min(LONGEST);
    while !document.is_char_boundary(end) {
        end -= 1;
    }
    let (document, is_html) = after_type(&document[..end]);
    let elements = elements(document);
    let is_html = is_html || elements.iter().any(|(name, _)| name == "html");
    let say = |wanted: &[&str]| {
        wanted.iter().find_map(|wanted| {
            elements
                .iter()
                .filter(|(name, _)| name == wanted)
                .take(MOST_TRIES)
                .map(|(name, start)| content(&document[*start..], name))
                .find(|said| !said.is_empty())
        })
    };
    let all = || Some(content(document, "")).filter(|said| !said.is_empty());
    if !is_html {
        return say(&OF_XML).or_else(all).or_else(|| attribute(document));
    }
    match (say(&["title"]), say(&HEADINGS)) {
        // The title may be no more than the name of the server.
        (Some(title), Some(heading)) if !title.contains(&heading) && !heading.contains(&title) => {
            Some(format!("{title}: {heading}"))
        }
        (title, heading) => title.or(heading).or_else(all),
    }
}

/// Returns what comes after the declaration of a document's type, if it has one, and whether that is HTML.
/// What is declared within it is no part of the document.
fn after_type(document: &str) -> (&str, bool) {
    const DECLARATION: &str = "<!doctype";

    let starts = document.match_indices("<!").map(|(at, _)| at);
    let found = starts.map(|at| (at, &document[at..])).find(|(_, rest)| {
        let start = rest.get(..DECLARATION.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(DECLARATION))
    });
    let Some((at, declared)) = found else {
        return (document, false);
    };
    let is_prolog = |(name, _): &(String, usize)| name.starts_with(['?', '!']);
    if !elements(&document[..at]).iter().all(is_prolog) {
        return (document, false);
    }
    let declared = &declared[DECLARATION.len()..];
    let kind = declared.trim_start().get(..4);
    let is_html = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
    let end = declared.find('>');
    let subset = declared.find('[');
    let subset = subset.filter(|subset| end.is_some_and(|end| *subset < end));
    let after = match (subset, end) {
        (Some(_), _) => {
            let mut ends = declared
                .match_indices(']')
                .map(|(at, _)| &declared[at + 1..]);
            ends.find_map(|rest| rest.trim_start().strip_prefix('>'))
        }
        (None, end) => end.map(|end| &declared[end + 1..]),
    };
    (after.unwrap_or_default(), is_html)
}

/// Finds the starts of elements: their names in lower case, and where their content begins.
fn elements(document: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = document[at..].find('<').map(|start| at + start + 1) {
        let Some(end) = document[start..].find('>').map(|end| start + end) else {
            break;
        };
        let tag = &document[start..end];
        let name = tag
            .split(|letter: char| letter.is_whitespace() || letter == '/')
            .next()
            .unwrap_or_default();
        let local = name.rsplit(':').next().unwrap_or(name);
        if !local.is_empty() && local.len() <= 32 {
            found.push((local.to_ascii_lowercase(), end + 1));
        }
        at = end + 1;
    }
    found
}

/// Returns the message in an attribute: `<error code="1" message="No such item"/>`.
fn attribute(document: &str) -> Option<String> {
    const NAMES: [&str; 4] = ["message", "msg", "description", "error"];

    let find = |name: &&str| {
        let mut starts = document.match_indices(*name).map(|(at, _)| at);
        starts.find_map(|at| {
            let is_start = document[..at].ends_with(char::is_whitespace);
            let value = document[at + name.len()..].trim_start().strip_prefix('=')?;
            let value = value.trim_start();
            let quote = value
                .chars()
                .next()
                .filter(|quote| is_start && matches!(quote, '"' | '\''))?;
            let (value, _) = value[1..].split_once(quote)?;
            Some(entity::decode(value.trim()).into_owned()).filter(|said| !said.is_empty())
        })
    };
    NAMES.iter().find_map(find)
}

/// Returns the text up to the end of an element, without what is marked up inside it; of the whole
/// document without a name.
fn content(inside: &str, name: &str) -> String {
    const LONGEST_CONTENT: usize = 4 << 10;

    let mut text = String::new();
    let mut rest = inside;
    let mut hidden: Option<&str> = None;
    while !rest.is_empty() && text.len() < LONGEST_CONTENT {
        if let Some(section) = rest.strip_prefix("<![CDATA[") {
            let (section, after) = section.split_once("]]>").unwrap_or((section, ""));
            text.push_str(section);
            rest = after;
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
            let own = tag.strip_prefix('/').unwrap_or(tag);
            let own = own
                .split(|letter: char| letter.is_whitespace() || letter == '/')
                .next()
                .unwrap_or_default();
            let local = own.rsplit(':').next().unwrap_or(own);
            let is_end = tag.starts_with('/');
            if is_end && !name.is_empty() && local.eq_ignore_ascii_case(name) {
                break;
            }
            // Scripts and styles are not shown.
            for unread in ["script", "style"] {
                if local.eq_ignore_ascii_case(unread) {
                    hidden = (!is_end).then_some(unread);
                }
            }
            text.push(' ');
            rest = after;
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            if hidden.is_none() {
                text.push_str(&rest[..end]);
            }
            rest = &rest[end..];
        }
    }
    let text = text.replace("&lsquo;", "'").replace("&rsquo;", "'");
    entity::decode(text.trim()).into_owned()
}
