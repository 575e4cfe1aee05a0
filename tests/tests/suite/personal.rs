//! People connect accounts of their own to a real `serve`, at a certified authorization server.

mod api_v1;
#[cfg(unix)]
mod browser;
mod command_line;
mod ends;
mod isolation;
mod machine;
mod oomol;
mod property;
mod secrets;
mod world;
