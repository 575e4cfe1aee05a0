//! How the list that an operation returns is cut into pages, told by its parameters and its answer.

use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;
use plugwright_sdk::schema::pointer::escape;

use super::output::Output;
use super::reference::Document;
use super::schema::Members;
use crate::form::{
    Operation, PageSize, PageStyle, PagingTemplate, ParameterPlace, ParameterTemplate, ResponseKind,
};
use crate::name::words;

/// Members that hold the items of a list, where there are several lists.
const ITEMS: &[&str] = &word_list::<16>(include_str!("../../words/item_members.txt"));

/// Members that are lists beside the items.
const ASIDE: &[&str] = &["_links", "errors", "links", "warnings"];

/// Members that hold the facts of a page.
const META: &[&str] = &word_list::<12>(include_str!("../../words/meta_members.txt"));

/// Members with the URL of the next page.
const URLS: &[&str] = &word_list::<11>(include_str!("../../words/next_url_members.txt"));

/// Members with a cursor, by name or pointer, and the parameters that take it.
const CURSORS: &[(&[&str], &[&str])] = &[
    (
        &["next_cursor", "nextCursor", "next"],
        &[
            "cursor",
            "next_cursor",
            "nextCursor",
            "after",
            "page",
            "page[cursor]",
            "page[after]",
        ],
    ),
    (
        &["nextPageToken", "next_page_token"],
        &["pageToken", "page_token"],
    ),
    (
        &["NextToken", "nextToken", "next_token"],
        &["NextToken", "nextToken", "next_token", "pagination_token"],
    ),
    (
        &["continuation_token", "continuationToken", "continuation"],
        &["continuation_token", "continuationToken", "continuation"],
    ),
    (
        &["NextMarker", "nextMarker", "next_marker"],
        &["Marker", "marker"],
    ),
    (&["end_cursor", "endCursor"], &["after", "cursor"]),
    (&["after"], &["after"]),
    (&["cursor"], &["cursor"]),
    (&["scroll_id"], &["scroll_id"]),
    (&["/metadata/continue"], &["continue"]),
    (&["/pagination/next"], &["until"]),
];

const TOTALS: &[&str] = &[
    "total",
    "total_count",
    "totalCount",
    "totalResults",
    "total_results",
    "count",
];
const NUMBERS: &[&str] = &word_list::<7>(include_str!("../../words/page_number_parameters.txt"));
const OFFSETS: &[&str] = &word_list::<8>(include_str!("../../words/offset_parameters.txt"));
const SIZES: &[&str] = &word_list::<14>(include_str!("../../words/page_size_parameters.txt"));

/// Words of a description which say that pages are numbered from 0.
const ZERO_BASED: &[&str] = &["zero-based", "zero based", "0-based", "0 based", "(0..n)"];

/// Finds out whether an operation returns a list, and where it goes on.
pub(super) fn of<'d>(
    document: Document<'d>,
    operation: &Operation,
    output: &Output<'d>,
    parameters: &[ParameterTemplate],
    input: &Value,
) -> Option<PagingTemplate> {
    let schema = output.schema?;
    if output.kind != ResponseKind::Json || operation.method != "GET" {
        return None;
    }
    let query = Query { parameters, input };
    let schema = document.resolve(schema).ok()?;
    if is_list(schema) {
        let style = match query.counted() {
            _ if output.has_links => PageStyle::Link,
            Some(style) => style,
            // A header that the document doesn't mention may lead anywhere.
            None => PageStyle::Whole,
        };
        return Some(PagingTemplate {
            items: String::new(),
            required: true,
            total: None,
            style,
        });
    }
    let answer = Answer::of(document, schema);
    let name = answer.items(&operation.path)?;
    let style = answer
        .cursor(&query)
        .or_else(|| answer.last_item(&query))
        .or_else(|| output.has_links.then_some(PageStyle::Link))
        .or_else(|| answer.url())
        .or_else(|| query.counted())?;
    Some(PagingTemplate {
        items: format!("/{}", escape(name)),
        required: answer.members.required().any(|other| other == name),
        total: answer.total(),
        style,
    })
}

fn is_link(pointer: &str) -> bool {
    pointer.starts_with("/links/") || pointer.starts_with("/_links/")
}

fn is_list(schema: &Value) -> bool {
    schema["type"] == "array" || (schema.get("type").is_none() && schema.get("items").is_some())
}

struct Query<'a> {
    parameters: &'a [ParameterTemplate],
    input: &'a Value,
}

impl Query<'_> {
    fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&ParameterTemplate> {
        let in_query =
            |known: &&ParameterTemplate| known.place == ParameterPlace::Query && known.name == name;
        self.parameters.iter().find(in_query)
    }

    fn schema(&self, name: &str) -> Option<&Value> {
        self.input["properties"].get(&self.find(name)?.input)
    }

    fn is_number(&self, name: &str) -> bool {
        self.schema(name).is_some_and(|schema| {
            ["integer", "number"].iter().any(|kind| {
                schema["type"] == *kind
                    || schema["type"]
                        .as_array()
                        .is_some_and(|kinds| kinds.contains(&(*kind).into()))
            })
        })
    }

    fn first(&self, name: &str) -> u64 {
        let schema = self.schema(name);
        let member = |keyword: &str| schema?.get(keyword);
        let described = member("description").and_then(Value::as_str);
        let described = described.unwrap_or_default().to_ascii_lowercase();
        let is_zero = member("minimum").and_then(Value::as_f64) == Some(0.0)
            || ZERO_BASED.iter().any(|words| described.contains(words));
        let stated = member("default").and_then(Value::as_u64);
        stated.unwrap_or(u64::from(!is_zero))
    }

    /// Returns the paging by numbers of pages or items, if the parameters are those of one.
    fn counted(&self) -> Option<PageStyle> {
        let size = || {
            let parameter = SIZES.iter().find(|name| self.has(name));
            PageSize {
                parameter: parameter.map(|name| (*name).to_owned()),
                usual: parameter.and_then(|name| self.schema(name)?["default"].as_u64()),
            }
        };
        if let Some(name) = NUMBERS.iter().find(|name| self.is_number(name)) {
            return Some(PageStyle::Number {
                parameter: (*name).to_owned(),
                first: self.first(name),
                size: size(),
            });
        }
        let name = OFFSETS.iter().find(|name| self.is_number(name))?;
        let size = size();
        size.parameter.is_some().then(|| PageStyle::Offset {
            parameter: (*name).to_owned(),
            size,
        })
    }
}

/// The answer of an operation: its members, and those of its members that hold facts of the page.
struct Answer<'d> {
    document: Document<'d>,
    members: Members<'d>,
    /// Members by pointer.
    facts: Vec<(String, &'d str, &'d Value)>,
}

impl<'d> Answer<'d> {
    fn of(document: Document<'d>, schema: &'d Value) -> Self {
        let members = Members::of(document, schema);
        let mut facts = Vec::new();
        for (name, member) in members.iter() {
            let pointer = format!("/{}", escape(name));
            facts.push((pointer.clone(), name, member));
            if !META.contains(&name) {
                continue;
            }
            for (inner, member) in Members::of(document, member).iter() {
                let pointer = format!("{pointer}/{}", escape(inner));
                facts.push((pointer.clone(), inner, member));
                for (innermost, member) in Members::of(document, member).iter() {
                    let pointer = format!("{pointer}/{}", escape(innermost));
                    let is_next = matches!(innermost, "href" | "url" | "after" | "cursor");
                    if inner == "next" && is_next {
                        facts.push((pointer, innermost, member));
                    }
                }
            }
        }
        Self {
            document,
            members,
            facts,
        }
    }

    /// Returns the member that is the items: the only list, or the one with the name of the path or a name
    /// for items, or the only one of objects.
    fn items(&self, path: &str) -> Option<&'d str> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let segment = path.rsplit('/').find(|segment| !segment.is_empty());
        // `/Messages.json`
        let named = words(
            segment
                .unwrap_or_default()
                .split('.')
                .next()
                .unwrap_or_default(),
        );
        let is_named = |name: &str| !named.is_empty() && words(name) == named;
        let mut lists: Vec<_> = self
            .members
            .iter()
            .filter_map(|(name, member)| {
                let member = self.document.resolve(member).ok()?;
                is_list(member).then_some((name, member))
            })
            .collect();
        if let Some((name, _)) = lists.iter().find(|(name, _)| is_named(name)) {
            return Some(*name);
        }
        let is_aside = |name: &str| ASIDE.contains(&name);
        if lists.iter().any(|(name, _)| !is_aside(name)) {
            lists.retain(|(name, _)| !is_aside(name));
        }
        let is_of_objects = |list: &Value| {
            let items = list.get("items");
            items.is_some_and(|items| items.get("$ref").is_some() || items["type"] == "object")
        };
        let mut of_objects = lists.iter().filter(|(_, list)| is_of_objects(list));
        match lists.as_slice() {
            [(only, _)] => Some(*only),
            lists => {
                let names = lists.iter().map(|(name, _)| *name);
                let named = ITEMS
                    .iter()
                    .find_map(|name| names.clone().find(|known| known == name));
                match (named, of_objects.next(), of_objects.next()) {
                    (Some(named), _, _) => Some(named),
                    (None, Some((only, _)), None) => Some(*only),
                    _ => None,
                }
            }
        }
    }

    fn cursor(&self, query: &Query<'_>) -> Option<PageStyle> {
        CURSORS.iter().find_map(|(members, parameters)| {
            let parameter = parameters.iter().find(|name| query.has(name))?;
            let (pointer, _, _) = self.facts.iter().find(|(pointer, name, member)| {
                let is_url = self.is_url(member) || is_link(pointer);
                let is_it = members.contains(name) || members.contains(&pointer.as_str());
                is_it && !is_url && self.is_scalar(member)
            })?;
            Some(PageStyle::Cursor {
                parameter: (*parameter).to_owned(),
                pointer: pointer.clone(),
            })
        })
    }

    fn last_item(&self, query: &Query<'_>) -> Option<PageStyle> {
        let more = self
            .facts
            .iter()
            .find(|(_, name, _)| matches!(*name, "has_more" | "hasMore"))?;
        query.has("starting_after").then(|| PageStyle::LastItem {
            parameter: "starting_after".to_owned(),
            member: "id".to_owned(),
            more: more.0.clone(),
        })
    }

    fn url(&self) -> Option<PageStyle> {
        let (pointer, _, _) = self.facts.iter().find(|(pointer, name, member)| {
            let named = URLS.contains(name)
                || (matches!(*name, "href" | "url") && pointer.contains("/next/"));
            let lower = name.to_ascii_lowercase();
            let sure = ["link", "uri", "url"]
                .iter()
                .any(|kind| lower.contains(kind))
                || *name == "href"
                || is_link(pointer)
                || self.is_url(member);
            named && sure && self.is_scalar(member)
        })?;
        Some(PageStyle::Url {
            pointer: pointer.clone(),
        })
    }

    fn total(&self) -> Option<String> {
        TOTALS.iter().find_map(|total| {
            let (pointer, _, _) = self.facts.iter().find(|(_, name, member)| {
                name == total
                    && self.document.resolve(member).is_ok_and(|member| {
                        matches!(member["type"].as_str(), Some("integer" | "number"))
                    })
            })?;
            // What is merely a count may be that of the page.
            (*total != "count").then(|| pointer.clone())
        })
    }

    fn is_scalar(&self, member: &'d Value) -> bool {
        self.document.resolve(member).is_ok_and(|member| {
            !matches!(
                member["type"].as_str(),
                Some("object" | "array" | "boolean")
            ) && member.get("properties").is_none()
        })
    }

    fn is_url(&self, member: &'d Value) -> bool {
        self.document.resolve(member).is_ok_and(|member| {
            matches!(
                member["format"].as_str(),
                Some("uri" | "url" | "uri-reference")
            ) || member["description"]
                .as_str()
                .is_some_and(|text| text.to_ascii_lowercase().contains("url"))
        })
    }
}
