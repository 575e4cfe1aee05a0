//! Tests of the crates together: each module is about one part, and they are linked once.

mod bindings;
mod book;
mod caller_credentials;
mod client;
mod comparison;
#[cfg(target_os = "linux")]
mod faults;
mod feelr;
mod files;
mod files_in_json;
mod first_import;
mod fixture;
#[cfg(target_os = "linux")]
mod hostile;
mod imported_graphql;
mod law;
mod layers;
mod mcp;
mod mcp_servers;
mod oomol_client;
mod openapi;
mod panics;
mod personal;
mod pipeline;
mod plan;
#[cfg(target_os = "linux")]
mod postgres;
mod project_client;
mod projects;
mod record;
#[cfg(target_os = "linux")]
mod refresh;
mod remote;
mod scaffold;
mod team_task;
mod tools;
mod uploads;
mod upstream;
