//! Arguments of `types`.

use clap::{Args, ValueEnum};

use super::DataArguments;

/// Write types of actions for programs that call them
///
/// Prints a module of Rust, or a declaration file of TypeScript, for the connectors that are named, or
/// else all. On a gateway they are those that the token may call.
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
