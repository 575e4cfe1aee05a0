#![doc = include_str!("../README.md")]

mod args;
#[cfg(feature = "check")]
mod check;
mod command_line;
mod complete;
mod credential;
mod facts;
mod failure;
#[cfg(test)]
mod fixture;
mod gateway;
mod input;
mod list;
pub mod markdown;
mod output;
mod program;
mod record;
mod run;
mod runtime;
mod scaffold;
mod schema;
mod search;
mod settings;
mod show;

pub use program::main;
