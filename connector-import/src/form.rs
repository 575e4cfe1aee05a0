//! The form that all sources are brought to: what is stored, run and rendered as the source of a
//! crate.

mod paging;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use plugwright_sdk::host::{
    Connector, ConnectorParts, Effect, InvalidConnector, Returns, SchemeParts,
};
use plugwright_sdk::{Action, Value};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::action::OperationAction;
pub use paging::{PageSize, PageStyle, PagingTemplate};

/// The version of the form; a stored one of another version is imported again.
const VERSION: u32 = 1;

/// A connector that was made of a description of an API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedConnector {
    form: u32,
    /// Where it comes from.
    pub source: Source,
    /// Name, base URL, auth schemes and the like.
    pub parts: ConnectorParts,
    /// Where the fields of a custom credential go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential: Vec<CredentialPlace>,
    /// The MCP server whose tools the actions are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<McpServer>,
    /// Whether an overlay left out or changed actions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overlaid: bool,
    /// Schemas that the actions share, which they refer to as `#/$defs/<name>`.
    pub definitions: Map<String, Value>,
    /// The actions.
    pub actions: Vec<ImportedAction>,
}

/// What an imported connector was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The kind of description, such as `openapi 3.0.3`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// The version that it states.
    pub version: String,
}

/// An action that was made of one operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedAction {
    /// Name within the connector, `resource.verb`.
    pub name: String,
    /// Display name.
    pub title: String,
    /// What it does and returns.
    pub description: String,
    /// What running it does to the world.
    pub effect: Effect,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: bool,
    /// The ways in which it authenticates, any of which will do; all of the connector's if it does
    /// not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Vec<ActionAuth>>,
    /// The OAuth scopes that it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Further OAuth scopes, of which any one is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_scope: Vec<String>,
    /// Why it should no longer be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// Whether it returns one thing or a list.
    pub returns: Returns,
    /// Schema of the input, a flat object.
    pub input: Value,
    /// Schema of the output's data.
    pub output: Value,
    /// How the request is made.
    pub request: RequestTemplate,
    /// What the answer is read as.
    pub response: ResponseKind,
    /// How a list goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<PagingTemplate>,
    /// Values for members of the input that a caller leaves out.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub defaults: Map<String, Value>,
    /// The only fields that are returned, as `user.login` style paths; all if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The name that it would have without an overlay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_name: Option<String>,
    /// The operation that it was made of, by which a later import knows it again.
    pub operation: Operation,
    /// The id that the document gives the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A way in which an action authenticates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionAuth {
    /// The auth scheme, by its place in the connector's list.
    pub scheme: usize,
    /// The fields of a custom scheme that it sends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// An operation of an HTTP API; of an MCP server, `TOOL` and the tool's name; of a GraphQL API, `QUERY` or
/// `MUTATION` and the field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Operation {
    /// The method, in upper case.
    pub method: String,
    /// The path as the description has it.
    pub path: String,
}

/// How a request is made of an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestTemplate {
    /// The method, in upper case.
    pub method: String,
    /// The further host that it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The path, with names of path parameters in braces.
    pub path: String,
    /// What the query always has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// The media types that the answer may have, if not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
    /// Parameters of path, query, headers and cookies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ParameterTemplate>,
    /// The media types that a file may have which is the body, and ranges of them such as `image/*`, if
    /// there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub file_types: Vec<String>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyTemplate>,
    /// The GraphQL operation that is sent; the members of the body are its variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graphql: Option<GraphqlTemplate>,
}

/// An operation of a GraphQL API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphqlTemplate {
    /// The text, with a name.
    pub text: String,
    /// JSON pointer to the result within `data`; of a list in pages, to the connection.
    pub pointer: String,
}

/// A parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterTemplate {
    /// Its name in the input.
    pub input: String,
    /// Its name on the wire.
    pub name: String,
    /// Where it goes.
    pub place: ParameterPlace,
    /// How lists and objects are written.
    pub style: Style,
    /// Whether each item of a list or object is written by itself.
    pub explode: bool,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterPlace {
    /// Into the path.
    Path,
    /// Into the query.
    Query,
    /// Into a header.
    Header,
    /// Into the `Cookie` header.
    Cookie,
}

impl ParameterPlace {
    /// Returns the name that OpenAPI has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How lists and objects are written, in the words of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// `a,b`, with the parameter's name where it is needed.
    Form,
    /// `a,b`.
    Simple,
    /// `.a.b`.
    Label,
    /// `;name=a,b`.
    Matrix,
    /// `a b`.
    SpaceDelimited,
    /// `a|b`.
    PipeDelimited,
    /// `a<tab>b`.
    TabDelimited,
    /// `name[key]=value`, to any depth.
    DeepObject,
    /// JSON text.
    Json,
    /// `a/b`: what has slashes is several segments of a path.
    Reserved,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyTemplate {
    /// The media type.
    pub media_type: String,
    /// How it is written.
    pub encoding: BodyEncoding,
    /// What it is made of.
    pub source: BodySource,
    /// Whether there must be one.
    pub required: bool,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyEncoding {
    /// As JSON.
    Json,
    /// As `application/x-www-form-urlencoded`.
    Form,
    /// As `multipart/form-data`.
    Multipart,
    /// As `multipart/related`, JSON before files.
    Related,
    /// As the text that it is.
    Text,
    /// As the bytes of a file.
    Binary,
}

/// What a body is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodySource {
    /// Of one member of the input.
    Member(String),
    /// Of several members, each a member of the body.
    Members(Vec<FieldTemplate>),
}

/// A member of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldTemplate {
    /// Its name in the input.
    pub input: String,
    /// Its name on the wire.
    pub name: String,
    /// How lists and objects are written in a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<(Style, bool)>,
    /// Whether it is a file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub file: bool,
    /// The media type of its part, if the document states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// What an answer is read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseKind {
    /// As JSON, or as text if it is none.
    #[default]
    Json,
    /// As the headers that the output names, if it has no body.
    Headers,
    /// As text.
    Text,
    /// As a file.
    File,
    /// As the result of a tool of an MCP server.
    ToolResult,
}

/// The MCP server of a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct McpServer {
    /// Where it is.
    pub place: ServerPlace,
    /// The digests of the tools' definitions that the operator accepted, by their names.
    pub tools: BTreeMap<String, String>,
}

/// Where an MCP server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerPlace {
    /// A program on this machine, which speaks on its standard input and output.
    Program {
        /// The program, as a path or a name to look up in `PATH`.
        program: String,
        /// Its arguments.
        arguments: Vec<String>,
        /// The environment variables that it gets from the gateway, beside the usual ones.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        environment: Vec<String>,
    },
    /// At a URL, over streamable HTTP.
    Url(String),
}

/// Where a field of a custom credential goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialPlace {
    /// The field.
    pub field: String,
    /// Where it goes.
    pub place: ParameterPlace,
    /// Its name there.
    pub name: String,
    /// What stands before it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
}

/// A stored connector can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// It is not the JSON of an imported connector.
    #[error("it is not an imported connector: {0}")]
    Json(#[from] serde_json::Error),
    /// It was written by another version of the program.
    #[error(
        "its format version is {0}, and this version reads {VERSION}; import the document again"
    )]
    Version(u32),
}

impl ImportedConnector {
    /// Starts a connector without actions.
    pub fn new(source: Source, parts: ConnectorParts) -> Self {
        Self {
            form: VERSION,
            source,
            parts,
            credential: Vec::new(),
            server: None,
            overlaid: false,
            definitions: Map::new(),
            actions: Vec::new(),
        }
    }

    /// Reads a stored connector.
    ///
    /// # Errors
    ///
    /// If it is none, or of another version of the form.
    pub fn read(json: &[u8]) -> Result<Self, FormatError> {
        #[derive(Deserialize)]
        struct Head {
            form: u32,
        }
        let Head { form } = serde_json::from_slice(json)?;
        if form != VERSION {
            return Err(FormatError::Version(form));
        }
        Ok(serde_json::from_slice(json)?)
    }

    pub(crate) fn declared_scopes(&self) -> HashSet<&str> {
        let schemes = self.parts.auth.iter();
        let declared = schemes.filter_map(|auth| match &auth.scheme {
            SchemeParts::OAuth2 { scopes, .. } => Some(scopes),
            _ => None,
        });
        declared
            .flatten()
            .map(|scope| scope.name.as_str())
            .collect()
    }

    /// Drops scopes that no auth scheme declares: the scheme that they belong to could not be kept.
    pub(crate) fn forget_undeclared_scopes(&mut self) {
        let declared = self.declared_scopes().into_iter().map(str::to_owned);
        let declared: HashSet<String> = declared.collect();
        for action in &mut self.actions {
            for scopes in [&mut action.scopes, &mut action.any_scope] {
                scopes.retain(|scope| declared.contains(scope));
            }
        }
    }

    /// Makes the connector that a registry takes.
    ///
    /// # Errors
    ///
    /// If a name, a scope or an endpoint is not allowed; an import makes none that is not.
    pub fn connector(self) -> Result<Connector, InvalidConnector> {
        let definitions = Arc::new(self.definitions);
        let credential: Arc<[CredentialPlace]> = self.credential.into();
        let actions = self.actions.into_iter().map(|action| {
            let (input, output) = (Arc::clone(&definitions), Arc::clone(&definitions));
            Arc::new(OperationAction::new(
                action,
                input,
                Box::new(move |_| Arc::clone(&output)),
                Arc::clone(&credential),
            )) as Arc<dyn Action>
        });
        Connector::new(self.parts, actions.collect())
    }
}
