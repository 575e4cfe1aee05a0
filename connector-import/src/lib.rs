#![doc = include_str!("../README.md")]
#![allow(
    clippy::match_same_arms,
    clippy::trivially_copy_pass_by_ref,
    clippy::similar_names,
    clippy::struct_field_names,
    clippy::format_push_string,
    reason = "arms are in the order of the standards' tables, and names are those of the standards"
)]

mod action;
mod authentication;
mod bundle;
mod document;
mod form;
mod media;
mod name;
pub mod openapi;
mod overlay;
mod report;
mod text;

pub use action::{OnCompiled, OutputDefinitions, schema_parts, tool_output};
pub use authentication::{Authentication, InvalidAuthentication};
pub use bundle::{bundle, files_below};
pub use document::{DocumentError, LARGEST_DOCUMENT, read};
pub use form::{
    ActionAuth, BodyEncoding, BodySource, BodyTemplate, CredentialPlace, FieldTemplate,
    FormatError, GraphqlTemplate, ImportedAction, ImportedConnector, McpServer, Operation,
    PageSize, PageStyle, PagingTemplate, ParameterPlace, ParameterTemplate, RequestTemplate,
    ResponseKind, ServerPlace, Source, Style,
};
pub use name::{VERBS, is_version};
pub use overlay::{ActionOverlay, Overlay, OverlayError, PagingOverlay};
pub use report::{DocumentReport, OperationReport, Outcome};
