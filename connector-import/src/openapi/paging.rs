//! How the list that an operation returns is cut into pages, told by its parameters and its answer.

mod answer;

use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;

use super::output::Output;
use super::reference::Document;
use super::schema::Schemas;
use crate::form::{
    Operation, PageSize, PageStyle, PagingTemplate, ParameterPlace, ParameterTemplate, ResponseKind,
};
use crate::text::quoted;
use answer::Answer;
pub(super) use answer::outline;

// All names here are bare.

/// Members with a cursor, by name or pointer, and the parameters that take it.
const CURSORS: &[(&[&str], &[&str])] = &[
    (
        &["nextcursor", "next"],
        &[
            "cursor",
            "nextcursor",
            "after",
            "page",
            "page[cursor]",
            "page[after]",
        ],
    ),
    (&["nextpagetoken"], &["pagetoken"]),
    (&["nexttoken"], &["nexttoken", "paginationtoken"]),
    (
        &["continuationtoken", "continuation"],
        &["continuationtoken", "continuation"],
    ),
    (&["nextmarker"], &["marker"]),
    (&["endcursor"], &["after", "cursor"]),
    (&["after"], &["after"]),
    (&["cursor"], &["cursor"]),
    (&["scrollid"], &["scrollid"]),
    (&["/metadata/continue"], &["continue"]),
    (&["/pagination/next"], &["until"]),
];

const NUMBERS: &[&str] = &word_list::<7>(include_str!("../../words/page_number_parameters.txt"));
/// Those of which many begin with 0 and many with 1. One that doesn't state its start is not taken: the wrong
/// one would skip a page or repeat it.
const OF_EITHER: &[&str] = &["pageindex", "pagenum"];
const OFFSETS: &[&str] = &word_list::<8>(include_str!("../../words/offset_parameters.txt"));
const SIZES: &[&str] = &word_list::<14>(include_str!("../../words/page_size_parameters.txt"));

/// Words of a description which say that pages are numbered from 0.
const ZERO_BASED: &[&str] = &[
    "zero-based",
    "zero based",
    "0-based",
    "0 based",
    "(0..n)",
    "starts at 0",
    "starting at 0",
    "starts from 0",
    "starting from 0",
    "starts with 0",
    "starting with 0",
    "defaults to 0",
    "first page is 0",
];

/// Words of a description which say that pages are numbered from 1.
const ONE_BASED: &[&str] = &[
    "one-based",
    "one based",
    "1-based",
    "1 based",
    "(1..n)",
    "starts at 1",
    "starting at 1",
    "starts from 1",
    "starting from 1",
    "starts with 1",
    "starting with 1",
    "with page 1",
    "first page is 1",
];

/// Finds out whether an operation returns a list, and where it goes on.
pub(super) fn of<'d>(
    document: Document<'d>,
    operation: &Operation,
    output: &Output<'d>,
    query: &Query<'_>,
    schemas: &mut Schemas<'d>,
) -> Option<PagingTemplate> {
    let schema = output.schema?;
    if output.kind != ResponseKind::Json || operation.method != "GET" {
        return None;
    }
    let schema = document.resolve(schema).ok()?;
    if is_list(schema) {
        let style = match query.counted(false) {
            _ if output.has_links => PageStyle::Link,
            Some(style) => style,
            // A header that the document doesn't mention may lead anywhere.
            None => {
                query.note_unstated(schemas);
                PageStyle::Whole
            }
        };
        return Some(PagingTemplate {
            items: String::new(),
            required: true,
            total: None,
            style,
        });
    }
    let answer = Answer::of(document, schema, &operation.path)?;
    let counted = query.counted(answer.is_page_of_spring());
    // A thing may have lists too, and lead to the next thing.
    let is_counted = counted.is_some();
    let style = answer
        .cursor(query)
        .or_else(|| answer.last_item(query))
        .or_else(|| {
            let is_linked = output.has_links && (is_counted || !answer.is_wrapped);
            is_linked.then_some(PageStyle::Link)
        })
        .or_else(|| answer.url().filter(|_| is_counted || answer.is_listing))
        .or(counted);
    let Some(style) = style else {
        query.note_unstated(schemas);
        return None;
    };
    Some(PagingTemplate {
        total: answer.total(),
        items: answer.items,
        required: answer.required,
        style,
    })
}

/// Returns a name without capitals and separators, in which frameworks differ. Signs that make another name
/// of a word stay: the `$count` of `OData` is no size of a page, and a `page[offset]` counts no pages.
fn bare(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || "$[]".contains(*letter))
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

fn is_list(schema: &Value) -> bool {
    schema["type"] == "array" || (schema.get("type").is_none() && schema.get("items").is_some())
}

/// The parameters in the query of an operation.
pub(super) struct Query<'a> {
    /// By their bare names.
    parameters: Vec<(String, &'a ParameterTemplate)>,
    input: &'a Value,
}

impl<'a> Query<'a> {
    pub(super) fn new(parameters: &'a [ParameterTemplate], input: &'a Value) -> Self {
        let parameters = parameters
            .iter()
            .filter(|known| known.place == ParameterPlace::Query)
            .map(|known| (bare(&known.name), known))
            .collect();
        Self { parameters, input }
    }

    fn find(&self, name: &str) -> Option<&'a ParameterTemplate> {
        let mut parameters = self.parameters.iter();
        let (_, parameter) = parameters.find(|(known, _)| known == name)?;
        Some(*parameter)
    }

    fn schema(&self, parameter: &ParameterTemplate) -> &'a Value {
        &self.input["properties"][&parameter.input]
    }

    fn number(&self, name: &str) -> Option<&'a ParameterTemplate> {
        let parameter = self.find(name)?;
        let kind = &self.schema(parameter)["type"];
        let is_number = ["integer", "number"].iter().any(|known| {
            let is_among = |kinds: &Vec<Value>| kinds.contains(&(*known).into());
            kind == *known || kind.as_array().is_some_and(is_among)
        });
        is_number.then_some(parameter)
    }

    /// Returns the number of the first page, if the document says it.
    fn first(&self, parameter: &ParameterTemplate) -> Option<u64> {
        let schema = self.schema(parameter);
        let described = schema["description"].as_str().unwrap_or_default();
        let described = described.to_ascii_lowercase();
        let says = |known: &[&str]| known.iter().any(|words| described.contains(words));
        let minimum = schema["minimum"].as_f64();
        let is_zero = minimum == Some(0.0) || says(ZERO_BASED);
        let is_one = minimum == Some(1.0) || says(ONE_BASED);
        let stated = schema["default"].as_u64();
        stated
            .or_else(|| is_zero.then_some(0))
            .or_else(|| is_one.then_some(1))
    }

    fn size(&self) -> PageSize {
        let mut known = SIZES.iter().filter_map(|name| self.find(name));
        let parameter = known.find(|parameter| self.schema(parameter)["type"] != "boolean");
        PageSize {
            parameter: parameter.map(|parameter| parameter.name.clone()),
            usual: parameter.and_then(|parameter| self.schema(parameter)["default"].as_u64()),
        }
    }

    /// Says that a list isn't known to go on, as what counts its pages begins with 0 or with 1.
    fn note_unstated(&self, schemas: &mut Schemas<'_>) {
        let mut known = OF_EITHER.iter().filter_map(|name| self.number(name));
        let unstated = known.find(|parameter| self.first(parameter).is_none());
        if let Some(parameter) = unstated.filter(|_| self.size().parameter.is_some()) {
            let name = quoted(&parameter.name);
            schemas.note(format!(
                "{name} doesn't state the number of the first page, so only one page is read"
            ));
        }
    }

    /// Returns the paging by numbers of pages or items, if the parameters are those of one.
    fn counted(&self, is_zero_usual: bool) -> Option<PageStyle> {
        let numbered = NUMBERS.iter().find_map(|name| {
            let parameter = self.number(name)?;
            let usual = u64::from(!is_zero_usual);
            let first = self.first(parameter);
            let is_sure = is_zero_usual || !OF_EITHER.contains(name);
            Some((parameter, first.or(is_sure.then_some(usual))?))
        });
        if let Some((parameter, first)) = numbered {
            return Some(PageStyle::Number {
                parameter: parameter.name.clone(),
                first,
                size: self.size(),
            });
        }
        let parameter = OFFSETS.iter().find_map(|name| self.number(name))?;
        let size = self.size();
        size.parameter.is_some().then(|| PageStyle::Offset {
            parameter: parameter.name.clone(),
            size,
        })
    }
}
