//! The pages, as HTML and in a browser.

#[cfg(unix)]
mod browser;
mod html;
mod samples;
