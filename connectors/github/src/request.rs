//! Requests whose body GitHub can do without.

use plugwright_sdk::http::{RequestBuilder, RequestValue};

/// Gives a request a body of one field, or none at all: where GitHub takes a body as optional, an
/// empty object is not the same to it as no body.
pub(crate) fn with_optional_field<'a, T>(
    request: RequestBuilder<'a>,
    name: &str,
    value: Option<T>,
) -> RequestBuilder<'a>
where
    Option<T>: RequestValue,
{
    match value {
        None => request,
        given => request.field(name, given),
    }
}
