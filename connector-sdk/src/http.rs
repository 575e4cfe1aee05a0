//! Requests to a provider, as connectors write them.

mod body;
pub(crate) mod events;
mod header;
mod header_value;
mod length;
mod multipart;
mod pairs;
mod params;
pub(crate) mod path;
mod reading;
mod request;
mod response;
mod resumable;
mod send;
mod start;
mod value;
mod whole_body;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method};
pub use body::{Body, Content};
pub(crate) use events::EventReader;
pub use events::ServerEvent;
pub(crate) use header_value::{has_refused, unsendable};
pub use length::LONGEST_URL;
pub use multipart::{Multipart, boundary};
pub use pairs::Nesting;
pub use params::{ParamValues, RequestParams};
pub use path::{OptionalPathValue, Path, PathValue};
pub(crate) use reading::{read, read_data, unreadable};
pub use request::RequestBuilder;
pub(crate) use request::USER_AGENT;
pub use response::UpstreamResponse;
pub(crate) use response::default_error;
pub use value::{FieldValue, RequestValue, WireValue};
#[doc(hidden)]
pub use value::{WireField, WireFields};
#[doc(hidden)]
pub use whole_body::WholeBody;
