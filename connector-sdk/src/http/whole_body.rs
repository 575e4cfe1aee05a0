//! Bodies that are one parameter.

use super::{RequestBuilder, RequestValue};
use crate::file::FileInput;

/// A parameter that can be the whole body of a request.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a body",
    label = "`send_as = body` takes a parameter without a file in it, or a `FileInput`"
)]
pub trait WholeBody {
    fn set_on<'a>(&self, request: RequestBuilder<'a>) -> RequestBuilder<'a>;
}

impl<T: RequestValue> WholeBody for T {
    fn set_on<'a>(&self, request: RequestBuilder<'a>) -> RequestBuilder<'a> {
        match self.request_value() {
            Some(value) => request.json(&value),
            None => request,
        }
    }
}

impl WholeBody for FileInput {
    fn set_on<'a>(&self, request: RequestBuilder<'a>) -> RequestBuilder<'a> {
        request.file(self, None)
    }
}

impl WholeBody for Option<FileInput> {
    fn set_on<'a>(&self, request: RequestBuilder<'a>) -> RequestBuilder<'a> {
        match self {
            Some(file) => request.file(file, None),
            None => request,
        }
    }
}

impl RequestBuilder<'_> {
    /// Makes the body of a one-call action's parameter.
    #[doc(hidden)]
    pub fn whole_body(self, value: &impl WholeBody) -> Self {
        value.set_on(self)
    }
}
