#![doc = include_str!("../README.md")]

mod action;
mod apps;
mod builder;
mod catalog;
mod connector;
mod error;
mod http;
mod instance;
mod options;
mod project;
mod proxy;
mod secret;
mod tools;

pub use action::{
    Action, EndUser, FileUpload, Items, OutputStream, OwnConnections, Page, Pages, Plan,
    PlannedRequest, RawResult, Subject,
};
pub use apps::{Apps, ConnectedApp};
pub use builder::{Builder, ConnectorBuilder, ProjectConnectorBuilder};
pub use catalog::{
    ActionMetadata, Catalog, Effect, Health, ProviderCategory, ProviderMetadata, ProviderQuery,
    SearchHit, SearchQuery,
};
pub use connector::Connector;
pub use error::{Error, ErrorCode, Hint};
pub use instance::{
    ConnectorOptions, ConnectorResponse, Instance, ResponseMetadata, connector, load_connector,
};
pub use options::{CallOptions, ProjectOptions};
pub use plugwright_tools::{Dialect, Loss, LossKind};
pub use project::{
    ApiKeyConnect, Connect, ConnectedAccount, ConnectedAccountStatus, ConnectionRequest,
    ConnectionRequestStatus, CustomCredentialConnect, OAuthConnect, ProjectConnector, ProjectUser,
    Provider, WaitForConnection,
};
pub use proxy::{ProxyRequest, ProxyResponse};
pub use reqwest;
pub use secret::Secret;
pub use tools::{ActionTool, OmittedAction, ToolReply, Tools};
