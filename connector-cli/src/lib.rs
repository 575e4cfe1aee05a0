#![doc = include_str!("../README.md")]

mod accounts;
mod args;
mod backend;
mod binary;
mod bindings;
mod bundled;
mod catalog;
#[cfg(feature = "check")]
mod check;
mod client;
mod command_line;
mod complete;
mod connect;
mod credential;
#[cfg(feature = "serve")]
mod dev;
mod facts;
mod failure;
#[cfg(test)]
mod fixture;
mod gateway;
mod import;
mod imports;
mod info;
mod input;
mod list;
mod lock;
mod lookup;
pub mod markdown;
mod output;
mod profiles;
mod program;
mod record;
mod remote;
mod run;
mod runtime;
mod scaffold;
mod schema;
mod search;
mod settings;
mod show;

pub use bundled::BUNDLED;
pub use program::main;
