//! People connect accounts of their own to a real `serve`, at a certified authorization server.

#[path = "personal/api_v1.rs"]
mod api_v1;
#[cfg(unix)]
#[path = "personal/browser.rs"]
mod browser;
#[path = "personal/command_line.rs"]
mod command_line;
#[path = "personal/ends.rs"]
mod ends;
#[path = "personal/isolation.rs"]
mod isolation;
#[path = "personal/machine.rs"]
mod machine;
#[path = "personal/oomol.rs"]
mod oomol;
#[path = "personal/property.rs"]
mod property;
#[path = "personal/secrets.rs"]
mod secrets;
#[path = "personal/world.rs"]
mod world;
