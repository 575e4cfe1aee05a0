//! The authorization server of the tests, by itself and in a browser.

#[cfg(unix)]
mod browser;
mod server;
