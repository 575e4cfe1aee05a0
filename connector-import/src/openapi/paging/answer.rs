//! The answer of an operation: its items, and the facts of the page that they are.

use plugwright_sdk::host::word_list;
use plugwright_sdk::schema::pointer::escape;
use plugwright_sdk::{Value, json};

use super::{CURSORS, Query, bare, is_list};
use crate::form::PageStyle;
use crate::name::words;
use crate::openapi::reference::Document;
use crate::openapi::schema::Members;

// All names here are bare.

/// Members that hold the items of a list, where there are several lists.
const ITEMS: &[&str] = &word_list::<16>(include_str!("../../../words/item_members.txt"));

/// Members that are lists beside the items.
const ASIDE: &[&str] = &["errors", "links", "warnings"];

/// Members that hold the facts of a page.
const META: &[&str] = &word_list::<9>(include_str!("../../../words/meta_members.txt"));

/// Members that hold a page where the answer itself is none.
const WRAPPERS: &[&str] = &[EMBEDDED, "data", "result", "response", "payload"];

/// What HAL has lists in.
const EMBEDDED: &str = "embedded";

/// Members with the URL of the next page.
const URLS: &[&str] = &word_list::<7>(include_str!("../../../words/next_url_members.txt"));

const TOTALS: &[&str] = &[
    "total",
    "totalcount",
    "totalresults",
    "totalelements",
    "totalitems",
    "totalrecords",
];

/// Members that Spring's pages have beside `number`.
const OF_SPRING: &[&str] = &[
    "content",
    "last",
    "numberofelements",
    "pageable",
    "totalelements",
    "totalpages",
];

/// Objects and members of an answer that are looked at for its outline.
const MOST_OBJECTS: usize = 32;
const MOST_MEMBERS: usize = 100;

pub(super) struct Answer<'d> {
    document: Document<'d>,
    /// JSON pointer to the items.
    pub(super) items: String,
    /// Whether the items are always there.
    pub(super) required: bool,
    /// Whether they are in a member of the answer.
    pub(super) is_wrapped: bool,
    /// Whether it looks like nothing but a list, also without parameters of one.
    pub(super) is_listing: bool,
    facts: Vec<Fact<'d>>,
}

/// A member of an answer, or of what holds facts in it.
struct Fact<'d> {
    pointer: String,
    name: String,
    member: &'d Value,
}

struct List<'d> {
    name: &'d str,
    is_of_objects: bool,
    is_named_by_path: bool,
}

impl List<'_> {
    fn is_aside(&self) -> bool {
        ASIDE.contains(&bare(self.name).as_str())
    }

    fn is_named(&self) -> bool {
        self.is_named_by_path || ITEMS.contains(&bare(self.name).as_str())
    }

    /// Returns whether it is rather the items than one in a wrapper.
    fn is_sure(&self) -> bool {
        self.is_named_by_path || (self.is_of_objects && !self.is_aside())
    }
}

impl<'d> Answer<'d> {
    /// Reads an answer, if it has a list of items.
    pub(super) fn of(document: Document<'d>, schema: &'d Value, path: &str) -> Option<Self> {
        let members = Members::of(document, schema);
        let lists = lists(document, &members, path);
        let wrapped = if lists.iter().any(List::is_sure) {
            None
        } else {
            wrapped(document, &members, path)
        };
        let mut facts = Vec::new();
        collect(document, &members, "", &mut facts);
        let requires =
            |members: &Members<'_>, name: &str| members.required().any(|other| other == name);
        let Some((wrapper, inner, name)) = wrapped else {
            let list = items(&lists)?;
            return Some(Self {
                document,
                items: format!("/{}", escape(list.name)),
                required: requires(&members, list.name),
                is_wrapped: false,
                is_listing: list.is_of_objects || list.is_named(),
                facts,
            });
        };
        let prefix = format!("/{}", escape(wrapper));
        collect(document, &inner, &prefix, &mut facts);
        Some(Self {
            document,
            items: format!("{prefix}/{}", escape(name)),
            required: requires(&members, wrapper) && requires(&inner, name),
            is_wrapped: true,
            is_listing: bare(wrapper) == EMBEDDED,
            facts,
        })
    }

    /// Returns whether it looks like Spring's pages, of which the first has the number 0.
    pub(super) fn is_page_of_spring(&self) -> bool {
        let numbers = self.facts.iter();
        let mut numbers = numbers.filter(|fact| fact.name == "number" && self.is_number(fact));
        numbers.any(|number| {
            let beside = self.facts.iter();
            let beside = beside.filter(|fact| fact.parent() == number.parent());
            beside
                .filter(|fact| OF_SPRING.contains(&fact.name.as_str()))
                .count()
                > 1
        })
    }

    pub(super) fn cursor(&self, query: &Query<'_>) -> Option<PageStyle> {
        CURSORS.iter().find_map(|(members, parameters)| {
            let parameter = parameters.iter().find_map(|name| query.find(name))?;
            let fact = self.facts.iter().find(|fact| {
                let names = [fact.name.as_str(), fact.pointer.as_str()];
                let is_it = names.iter().any(|name| members.contains(name));
                is_it && !self.is_url(fact) && !fact.is_link() && self.is_scalar(fact)
            })?;
            Some(PageStyle::Cursor {
                parameter: parameter.name.clone(),
                pointer: fact.pointer.clone(),
            })
        })
    }

    pub(super) fn last_item(&self, query: &Query<'_>) -> Option<PageStyle> {
        let more = self.facts.iter().find(|fact| fact.name == "hasmore")?;
        let parameter = query.find("startingafter")?;
        Some(PageStyle::LastItem {
            parameter: parameter.name.clone(),
            member: "id".to_owned(),
            more: more.pointer.clone(),
        })
    }

    pub(super) fn url(&self) -> Option<PageStyle> {
        let fact = self.facts.iter().find(|fact| {
            let name = fact.name.as_str();
            let is_of_next = bare(last(fact.parent())) == "next";
            let named = URLS.contains(&name) || (matches!(name, "href" | "url") && is_of_next);
            let sure = ["link", "uri", "url"]
                .iter()
                .any(|kind| name.contains(kind))
                || name == "href"
                || fact.is_link()
                || self.is_url(fact);
            named && sure && self.is_scalar(fact)
        })?;
        Some(PageStyle::Url {
            pointer: fact.pointer.clone(),
        })
    }

    /// Returns where the number of items over all pages is. What is merely a count may be that of the page.
    pub(super) fn total(&self) -> Option<String> {
        TOTALS.iter().find_map(|total| {
            let mut facts = self.facts.iter();
            let fact = facts.find(|fact| fact.name == *total && self.is_number(fact))?;
            Some(fact.pointer.clone())
        })
    }

    fn is_number(&self, fact: &Fact<'d>) -> bool {
        self.document
            .resolve(fact.member)
            .is_ok_and(|member| matches!(member["type"].as_str(), Some("integer" | "number")))
    }

    fn is_scalar(&self, fact: &Fact<'d>) -> bool {
        self.document.resolve(fact.member).is_ok_and(|member| {
            !matches!(
                member["type"].as_str(),
                Some("object" | "array" | "boolean")
            ) && member.get("properties").is_none()
        })
    }

    fn is_url(&self, fact: &Fact<'d>) -> bool {
        self.document.resolve(fact.member).is_ok_and(|member| {
            matches!(
                member["format"].as_str(),
                Some("uri" | "url" | "uri-reference")
            ) || member["description"]
                .as_str()
                .is_some_and(|text| text.to_ascii_lowercase().contains("url"))
        })
    }
}

impl Fact<'_> {
    fn parent(&self) -> &str {
        self.pointer
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent)
    }

    fn is_link(&self) -> bool {
        let mut parents = self.parent().split('/');
        parents.any(|name| bare(name) == "links")
    }
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

/// Collects members, and those of members that hold facts of the page.
fn collect<'d>(
    document: Document<'d>,
    members: &Members<'d>,
    prefix: &str,
    facts: &mut Vec<Fact<'d>>,
) {
    let mut add = |prefix: &str, name: &str, member: &'d Value| {
        let (pointer, name) = (format!("{prefix}/{}", escape(name)), bare(name));
        facts.push(Fact {
            pointer: pointer.clone(),
            name: name.clone(),
            member,
        });
        (pointer, name)
    };
    for (name, member) in members.iter() {
        let (pointer, name) = add(prefix, name, member);
        if !META.contains(&name.as_str()) {
            continue;
        }
        for (inner, member) in Members::of(document, member).iter() {
            let (pointer, inner) = add(&pointer, inner, member);
            if inner != "next" {
                continue;
            }
            for (innermost, member) in Members::of(document, member).iter() {
                if matches!(
                    bare(innermost).as_str(),
                    "href" | "url" | "after" | "cursor"
                ) {
                    add(&pointer, innermost, member);
                }
            }
        }
    }
}

fn lists<'d>(document: Document<'d>, members: &Members<'d>, path: &str) -> Vec<List<'d>> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segment = path.rsplit('/').find(|segment| !segment.is_empty());
    // `/Messages.json`
    let segment = segment.unwrap_or_default().split('.').next();
    let named = words(segment.unwrap_or_default());
    let lists = members.iter().filter_map(|(name, member)| {
        let list = document.resolve(member).ok()?;
        is_list(list).then(|| List {
            name,
            is_of_objects: list
                .get("items")
                .is_some_and(|items| items.get("$ref").is_some() || items["type"] == "object"),
            is_named_by_path: !named.is_empty() && words(name) == named,
        })
    });
    lists.collect()
}

/// Returns the list that is the items: the only one, or the one with the name of the path or a name for
/// items, or the only one of objects.
fn items<'l, 'd>(lists: &'l [List<'d>]) -> Option<&'l List<'d>> {
    if let Some(list) = lists.iter().find(|list| list.is_named_by_path) {
        return Some(list);
    }
    let is_any = lists.iter().all(List::is_aside);
    let known = lists.iter().filter(|list| is_any || !list.is_aside());
    let lists: Vec<&'l List<'d>> = known.collect();
    if let &[only] = lists.as_slice() {
        return Some(only);
    }
    let lists = || lists.iter().copied();
    let named = |name: &&str| lists().find(|list| bare(list.name) == **name);
    if let Some(list) = ITEMS.iter().find_map(named) {
        return Some(list);
    }
    let mut of_objects = lists().filter(|list| list.is_of_objects);
    match (of_objects.next(), of_objects.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Returns the wrapper that holds the items, its members, and which of them is the items.
fn wrapped<'d>(
    document: Document<'d>,
    members: &Members<'d>,
    path: &str,
) -> Option<(&'d str, Members<'d>, &'d str)> {
    WRAPPERS.iter().find_map(|wrapper| {
        let (name, member) = members.iter().find(|(name, _)| bare(name) == *wrapper)?;
        let inner = Members::of(document, member);
        let mut lists = lists(document, &inner, path);
        if *wrapper == EMBEDDED && lists.len() > 1 {
            return None;
        }
        lists.retain(|list| list.is_of_objects);
        let items = items(&lists)?.name;
        Some((name, inner, items))
    })
}

/// Returns of a schema which members there are and which are lists; nothing of what it leaves open.
pub(in crate::openapi) fn outline<'d>(document: Document<'d>, schema: &'d Value) -> Value {
    let mut left = MOST_OBJECTS;
    outline_within(document, schema, &mut left)
}

fn outline_within<'d>(document: Document<'d>, schema: &'d Value, left: &mut usize) -> Value {
    let Ok(schema) = document.resolve(schema) else {
        return json!({});
    };
    if is_list(schema) {
        return json!({ "type": "array" });
    }
    let kind = &schema["type"];
    if kind.is_string() && kind != "object" {
        return json!({ "type": kind });
    }
    if *left == 0 {
        return json!({});
    }
    *left -= 1;
    let members = Members::of(document, schema);
    if members.is_mixed || members.is_empty() || members.len() > MOST_MEMBERS {
        return json!({});
    }
    let properties = members.iter().map(|(name, member)| {
        let member = outline_within(document, member, left);
        (name.to_owned(), member)
    });
    json!({ "type": "object", "properties": properties.collect::<serde_json::Map<_, _>>() })
}
