//! The binary from the outside: its output and exit codes.

#![cfg(feature = "github")]

mod bad_input;
mod binary;
mod book;
mod concise;
mod credentials;
mod discovery;
mod fake;
#[cfg(all(
    feature = "check",
    feature = "hackernews",
    feature = "serve",
    feature = "todoist"
))]
mod faults;
mod files;
mod import;
mod import_graphql;
mod import_url;
mod lock;
mod modes;
mod new;
mod operator;
mod output_forms;
#[cfg(all(feature = "hackernews", feature = "todoist"))]
mod pages;
mod projects;
mod remedies;
