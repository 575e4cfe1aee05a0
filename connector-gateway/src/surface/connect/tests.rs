//! The pages, as HTML and in a browser.

mod html;
