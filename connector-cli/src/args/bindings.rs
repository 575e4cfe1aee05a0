//! Arguments of `types`.

use clap::{Args, ValueEnum};

use super::DataArguments;

/// Generate types for programs that call actions
///
/// Prints a Rust module or a TypeScript declaration file for the given connectors, or
/// for all. On a gateway, it covers the actions that the token may call.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright types --lang rust github slack > src/actions.rs
  plugwright types --lang typescript > src/actions.d.ts
  plugwright types --lang typescript todoist --gateway https://gateway.example.com > actions.d.ts")]
pub(crate) struct TypesArguments {
    /// Only these connectors
    #[arg(value_name = "CONNECTOR")]
    pub(crate) connectors: Vec<String>,
    /// Language
    #[arg(short, long, value_enum)]
    pub(crate) lang: Language,
    #[command(flatten)]
    pub(crate) data: DataArguments,
}

/// Languages that types are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Structs and functions, for the crate `plugwright-client`
    Rust,
    /// Declarations, for the npm package `@oomol-lab/connector`
    #[value(alias = "ts")]
    Typescript,
}
