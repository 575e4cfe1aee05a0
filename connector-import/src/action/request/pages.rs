//! Lists that come in pages.

use plugwright_sdk::UpstreamResponse;
use plugwright_sdk::Value;
use plugwright_sdk::pagination::{AfterLast, CursorField, LinkHeader, Next, PageBody, Pagination};
use serde_json::Map;
use url::Url;

use crate::form::{ImportedAction, PageSize, PageStyle, PagingTemplate};

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

    /// Returns how long a full page is; 0 if that is not known for sure. Of a size that the caller asks for,
    /// the provider may know a maximum that its description does not state.
    fn full(&self, size: &PageSize) -> usize {
        let parameters = self.action.request.parameters.iter();
        let asked = size.parameter.as_ref().and_then(|name| {
            let mut parameters = parameters.filter(|parameter| parameter.name == *name);
            let name = &parameters.next()?.input;
            let has_maximum = self.action.input["properties"][name].get("maximum");
            Some((self.input.get(name)?.as_u64()?, has_maximum.is_some()))
        });
        let known = match (asked, size.usual) {
            (Some((asked, true)), _) => asked,
            (Some((asked, false)), usual) => usual.unwrap_or_default().min(asked),
            (None, usual) => usual.unwrap_or_default(),
        };
        usize::try_from(known).unwrap_or(usize::MAX)
    }

    /// Returns whether a page of so many items is the last. `before` returns how many items there are before
    /// it, if all pages have so many.
    fn is_last(
        &self,
        size: &PageSize,
        body: &PageBody<'_>,
        before: impl Fn(usize) -> u64,
        count: usize,
    ) -> bool {
        let full = self.full(size);
        let total = self.template.total.as_deref();
        let total = total.and_then(|pointer| body.count_at(pointer));
        let end = |of_each| before(of_each).saturating_add(count as u64);
        if count == 0 || (full > 0 && count >= full) {
            // What is less than the items so far is no total.
            return count == 0 || total == Some(end(count));
        }
        match total {
            Some(total) => {
                // Pages are at least as long as a last one; where it is shorter, it ends the list exactly.
                end(count) >= total || (full > 0 && end(full) == total)
            }
            None => count < full,
        }
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
        match &self.template.style {
            PageStyle::Whole => Next::End,
            PageStyle::Link => LinkHeader.next(url, response, body, count),
            PageStyle::Url { pointer } => {
                match CursorField::new("", pointer).next(url, response, body, count) {
                    Next::Parameter(_, url) => Next::Url(url),
                    other => other,
                }
            }
            PageStyle::Cursor { parameter, pointer } => {
                CursorField::new(parameter, pointer).next(url, response, body, count)
            }
            PageStyle::LastItem {
                parameter,
                member,
                more,
            } => {
                let id = format!("/{member}");
                AfterLast::new(parameter, &self.template.items, &id, more)
                    .next(url, response, body, count)
            }
            PageStyle::Number {
                parameter,
                first,
                size,
            } => {
                let page = number(url, parameter).unwrap_or(*first);
                let before = |of_each| page.saturating_sub(*first).saturating_mul(of_each as u64);
                if self.is_last(size, body, before, count) {
                    return Next::End;
                }
                Next::Parameter(parameter.clone(), page.saturating_add(1).to_string())
            }
            PageStyle::Offset { parameter, size } => {
                let offset = number(url, parameter).unwrap_or(0);
                if self.is_last(size, body, |_| offset, count) {
                    return Next::End;
                }
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

    fn may_omit_items(&self) -> bool {
        !self.template.required
    }
}
