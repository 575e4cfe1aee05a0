//! Requests to a provider, as connectors write them.

mod body;
mod multipart;
mod pairs;
pub(crate) mod path;
mod request;
mod response;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method};
pub use body::{Body, Content};
pub use multipart::Multipart;
pub use path::{Path, PathValue};
pub(crate) use request::read_borrowed;
pub use request::{RequestBuilder, RequestValue};
pub use response::UpstreamResponse;
pub(crate) use response::{default_error, excerpt};
