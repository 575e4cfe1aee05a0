//! The stock binary from the outside: what it prints where, and its exit codes.

#![cfg(feature = "github")]

mod bad_input;
mod binary;
mod credentials;
mod discovery;
#[cfg(feature = "gateway")]
mod fake;
mod files;
mod modes;
#[cfg(feature = "gateway")]
mod operator;
mod output_forms;
