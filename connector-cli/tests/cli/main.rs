//! The stock binary from the outside: what it prints where, and its exit codes.

#![cfg(feature = "github")]

mod bad_input;
mod binary;
mod book;
mod credentials;
mod discovery;
mod fake;
mod files;
mod modes;
mod operator;
mod output_forms;
mod projects;
