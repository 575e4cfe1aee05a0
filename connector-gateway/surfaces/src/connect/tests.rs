//! The pages, as HTML and in a browser, and what they lead to.

#[cfg(unix)]
mod browser;
mod flows;
mod html;
mod samples;
