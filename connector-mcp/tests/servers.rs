//! Servers that behave, and servers that don't: as programs and over HTTP.
#![cfg(unix)]

#[path = "servers/double.rs"]
mod double;
#[path = "servers/hostile.rs"]
mod hostile;
#[path = "servers/http.rs"]
mod http;
#[path = "servers/program.rs"]
mod program;
#[path = "servers/tools.rs"]
mod tools;
