//! Lists that come in pages.

use plugwright_sdk::pagination::{Next, PageBody, Pagination};
use plugwright_sdk::{ActionResult, Page, Result, UpstreamResponse, Value};
use serde_json::Map;
use url::Url;

use crate::action::style;
use crate::form::{ImportedAction, PageSize, PageStyle, PagingTemplate};

/// The paging of one call.
pub(super) struct Paging<'a> {
    template: &'a PagingTemplate,
    input: &'a Map<String, Value>,
    action: &'a ImportedAction,
}

impl<'a> Paging<'a> {
    pub(super) fn new(
        template: &'a PagingTemplate,
        input: &'a Map<String, Value>,
        action: &'a ImportedAction,
    ) -> Self {
        Self {
            template,
            input,
            action,
        }
    }

    /// Returns how long a full page is, if that is known.
    fn size(&self, size: &PageSize) -> usize {
        let parameters = self.action.request.parameters.iter();
        let named = size.parameter.as_ref().and_then(|name| {
            let mut parameters = parameters.filter(|parameter| parameter.name == *name);
            self.input.get(&parameters.next()?.input)?.as_u64()
        });
        let known = named.or(size.usual).unwrap_or_default();
        usize::try_from(known).unwrap_or(usize::MAX)
    }
}

fn number(url: &Url, parameter: &str) -> Option<u64> {
    url.query_pairs()
        .find(|(name, _)| name == parameter)
        .and_then(|(_, value)| value.parse().ok())
}

impl Pagination for Paging<'_> {
    fn next(
        &self,
        url: &Url,
        response: &UpstreamResponse,
        body: &PageBody<'_>,
        count: usize,
    ) -> Next {
        let cursor = |pointer: &str| match body.at(pointer) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
            Some(value @ Value::Number(_)) => Some(style::text(&value)),
            _ => None,
        };
        match &self.template.style {
            PageStyle::Whole => Next::End,
            PageStyle::Link => {
                plugwright_sdk::pagination::LinkHeader.next(url, response, body, count)
            }
            PageStyle::Url { pointer } => cursor(pointer).map_or(Next::End, Next::Url),
            PageStyle::Cursor { parameter, pointer } => match cursor(pointer) {
                Some(cursor) => Next::Parameter(parameter.clone(), cursor),
                None => Next::End,
            },
            PageStyle::LastItem {
                parameter,
                member,
                more,
            } => {
                let last = count.checked_sub(1);
                let last = last
                    .and_then(|last| cursor(&format!("{}/{last}/{member}", self.template.items)));
                match (body.at(more), last) {
                    (Some(Value::Bool(true)), Some(last)) => {
                        Next::Parameter(parameter.clone(), last)
                    }
                    _ => Next::End,
                }
            }
            PageStyle::Number {
                parameter,
                first,
                size,
            } => {
                if count == 0 || count < self.size(size) {
                    return Next::End;
                }
                let page = number(url, parameter).unwrap_or(*first).saturating_add(1);
                Next::Parameter(parameter.clone(), page.to_string())
            }
            PageStyle::Offset { parameter, size } => {
                if count == 0 || count < self.size(size) {
                    return Next::End;
                }
                let offset = number(url, parameter).unwrap_or(0);
                let next = offset.saturating_add(count as u64);
                Next::Parameter(parameter.clone(), next.to_string())
            }
        }
    }

    fn items_pointer(&self) -> &str {
        &self.template.items
    }

    fn total_pointer(&self) -> Option<&str> {
        self.template.total.as_deref()
    }
}

/// Makes the untyped result of a page.
pub(in crate::action) fn result(page: Page<Value>) -> Result<ActionResult> {
    use plugwright_sdk::host::Output as _;
    page.into_result()
}
