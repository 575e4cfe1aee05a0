//! `Link` headers (RFC 8288), and where the links in answers lead.

use http::HeaderMap;
use http::header::LINK;
use url::Url;

use super::parameter::Parameters;

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, absolute or not; bytes that are not ASCII are percent-encoded.
    pub target: String,
    /// Its relation types, as they were written.
    pub relations: Vec<String>,
    /// The context of the link (`anchor`), if stated.
    pub anchor: Option<String>,
}

/// The links of a header, and whether there was more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// The links in their order.
    pub links: Vec<Link>,
    /// Whether something that has the word `next` in it is no link that can be read.
    pub lost_next: bool,
}

/// A `Link` header that speaks of a next page and can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider's Link header can't be read")]
pub struct Unreadable;

/// Reads the value of a `Link` header.
///
/// Missing semicolons, quotes and angle brackets are forgiven where one reading is left.
///
/// ```
/// use plugwright_sdk::reading::link;
///
/// let read = link::read(b"</a?x=1,2>; title=\"a; rel=b, c\"; rel=\"next last\", </b>; rel=prev");
/// assert_eq!(read.links[0].target, "/a?x=1,2");
/// assert_eq!(read.links[0].relations, ["next", "last"]);
/// assert_eq!(read.links[1].target, "/b");
/// ```
pub fn read(value: &[u8]) -> Links {
    let mut found = Links::default();
    let mut rest = value;
    // Looked for once, so that a header of nothing but `<` takes no longer than others.
    let last_bracket = value.iter().rposition(|&byte| byte == b'>').unwrap_or(0);
    loop {
        let start = rest
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t' | b','));
        let Some(start) = start else {
            return found;
        };
        rest = &rest[start..];
        let is_closed = value.len() - rest.len() < last_bracket;
        let bracketed = is_closed.then(|| bracketed(rest)).flatten();
        let (target, after) = bracketed.unwrap_or_else(|| bare(rest));
        let mut parameters = Parameters::of_element(after);
        let (mut relations, mut anchor) = (None, None);
        for parameter in parameters.by_ref() {
            let text = || reference(&parameter.value.unescaped());
            // Of several the first counts (RFC 8288, section 3.3).
            if parameter.name.eq_ignore_ascii_case(b"rel") {
                relations.get_or_insert_with(text);
            } else if parameter.name.eq_ignore_ascii_case(b"anchor") {
                anchor.get_or_insert_with(text);
            }
        }
        let element = &rest[..rest.len() - parameters.rest.len()];
        rest = parameters.rest;
        match target {
            Some(target) => found.links.push(Link {
                target: reference(target),
                relations: relations
                    .unwrap_or_default()
                    .split_ascii_whitespace()
                    .map(|relation| relation.trim_matches('\'').to_owned())
                    .collect(),
                anchor,
            }),
            None => found.lost_next |= says_next(element),
        }
    }
}

/// Returns the target of the first link to the next page of `page`; nothing if there is none.
///
/// # Errors
///
/// If what may be such a link can't be read: a list must not end there as if it were complete.
pub fn next(headers: &HeaderMap, page: &Url) -> Result<Option<String>, Unreadable> {
    let mut lost = false;
    for value in headers.get_all(LINK) {
        let read = read(value.as_bytes());
        lost |= read.lost_next;
        let next = read.links.into_iter().find(|link| {
            let is_next = |relation: &String| relation.eq_ignore_ascii_case("next");
            link.relations.iter().any(is_next) && link.is_of(page)
        });
        if let Some(link) = next {
            return Ok(Some(link.target));
        }
    }
    if lost { Err(Unreadable) } else { Ok(None) }
}

impl Link {
    fn is_of(&self, page: &Url) -> bool {
        let Some(anchor) = &self.anchor else {
            return true;
        };
        let mut page = page.clone();
        page.set_fragment(None);
        resolve(&page, anchor).is_some_and(|anchor| anchor == page)
    }
}

/// Resolves a link of an answer against the URL that was asked. One that leads to the same host by
/// the other of `http` and `https`, as servers behind proxies write it, is taken to mean the scheme
/// and port that were asked. Nothing if it is no URL.
///
/// ```
/// use plugwright_sdk::reading::link;
///
/// let page = "https://api.example.com/items".parse()?;
/// let next = link::resolve(&page, "http://api.example.com:80/items?page=2").unwrap();
/// assert_eq!(next.as_str(), "https://api.example.com/items?page=2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn resolve(asked: &Url, reference: &str) -> Option<Url> {
    let mut target = asked.join(reference.trim()).ok()?;
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    if target.origin() == asked.origin()
        || target.host() != asked.host()
        || !is_web(&target)
        || !is_web(asked)
    {
        return Some(target);
    }
    let is_usual = |port: Option<u16>| matches!(port, Some(80 | 443));
    let (own, other) = (
        asked.port_or_known_default(),
        target.port_or_known_default(),
    );
    if own == other || (is_usual(own) && is_usual(other)) {
        // The scheme is changed first: a port that is the scheme's own is left out.
        target.set_scheme(asked.scheme()).ok()?;
        target.set_port(asked.port()).ok()?;
    }
    Some(target)
}

/// Makes a reference of bytes, with those that are not ASCII percent-encoded.
pub(crate) fn reference(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes.trim_ascii() {
        if byte.is_ascii() {
            text.push(char::from(byte));
        } else {
            text.push_str(percent_encoding::percent_encode_byte(byte));
        }
    }
    text
}

fn bracketed(element: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let inside = element.strip_prefix(b"<")?;
    let end = memchr::memchr(b'>', inside)?;
    Some((Some(&inside[..end]), &inside[end + 1..]))
}

/// Reads a target without its brackets, if it looks like one.
fn bare(element: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let end = element.iter().position(|byte| matches!(byte, b';' | b','));
    let (target, after) = element.split_at(end.unwrap_or(element.len()));
    let target = target.trim_ascii();
    let is_url = target.starts_with(b"/") || memchr::memmem::find(target, b"://").is_some();
    let is_whole = !target
        .iter()
        .any(|byte| matches!(byte, b'<' | b'>' | b'"' | b' '));
    ((is_url && is_whole).then_some(target), after)
}

fn says_next(element: &[u8]) -> bool {
    element
        .windows(4)
        .any(|word| word.eq_ignore_ascii_case(b"next"))
}

#[cfg(test)]
#[path = "tests/link.rs"]
mod tests;
