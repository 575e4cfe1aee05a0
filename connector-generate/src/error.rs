//! What the API says when a call fails, told by the errors that the document shows.

use plugwright_sdk::host::word_list;
use plugwright_sdk::http::{HeaderMap, HeaderValue};
use plugwright_sdk::{UpstreamResponse, Value};

/// Where APIs have a word for what went wrong.
const CODES: &[&str] = &word_list::<10>(include_str!("../words/error_codes.txt"));

/// Where APIs say in words what went wrong, beside the places that the SDK knows.
const TEXTS: &[&str] = &word_list::<7>(include_str!("../words/error_texts.txt"));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorMapping {
    /// Status 200 with `ok: false` and a word in `error`.
    NotOk,
    /// A word for what went wrong, at this pointer.
    Code(&'static str),
    /// The message is at this pointer.
    Text(&'static str),
}

impl ErrorMapping {
    pub(crate) fn of<'v>(
        successes: impl Iterator<Item = bool>,
        errors: impl Iterator<Item = &'v Value>,
    ) -> Option<Self> {
        let (mut all, mut with_ok) = (0, 0);
        for has_ok in successes {
            all += 1;
            with_ok += usize::from(has_ok);
        }
        if with_ok * 2 > all {
            return Some(Self::NotOk);
        }
        let errors: Vec<&Value> = errors.collect();
        let common = |pointers: &[&'static str], is_it: &dyn Fn(&Value, &str) -> bool| {
            pointers.iter().copied().find(|pointer| {
                let found = errors.iter().filter(|error| {
                    error
                        .pointer(pointer)
                        .and_then(Value::as_str)
                        .is_some_and(|text| is_it(error, text))
                });
                found.count() * 2 > errors.len()
            })
        };
        let is_code = |_: &Value, text: &str| {
            !text.is_empty() && text.len() < 60 && !text.contains("://") && !text.contains(' ')
        };
        if let Some(pointer) = common(CODES, &is_code) {
            return Some(Self::Code(pointer));
        }
        let is_unread = |error: &Value, text: &str| {
            !text.is_empty() && message(error).is_none_or(|known| !known.contains(text))
        };
        common(TEXTS, &is_unread).map(Self::Text)
    }

    pub(crate) fn code(self) -> String {
        match self {
            Self::NotOk => include_str!("template/not_ok.rs.in").to_owned(),
            Self::Code(pointer) => {
                include_str!("template/code.rs.in").replace("@pointer@", pointer)
            }
            Self::Text(pointer) => {
                include_str!("template/text.rs.in").replace("@pointer@", pointer)
            }
        }
    }
}

fn message(error: &Value) -> Option<String> {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let response = UpstreamResponse {
        status: 400,
        headers,
        body: error.to_string().into(),
    };
    response.error_text()
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn the_commonest_form_of_errors_decides() {
        let coded = json!({ "error": { "code": "card_declined", "message": "no" } });
        let plain = json!({ "message": "no" });
        let none = std::iter::empty();
        assert_eq!(
            ErrorMapping::of(none.clone(), [&coded, &coded, &plain].into_iter()),
            Some(ErrorMapping::Code("/error/code"))
        );
        assert_eq!(ErrorMapping::of(none, [&plain].into_iter()), None);
        assert_eq!(
            ErrorMapping::of([true, true, false].into_iter(), [&coded].into_iter()),
            Some(ErrorMapping::NotOk)
        );
    }
}
