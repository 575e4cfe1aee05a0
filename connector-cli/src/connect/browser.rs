//! The browser of this machine.

use std::io::{self, IsTerminal as _};

/// Tells whether there is a browser that a person sees: a terminal that somebody sits at and a
/// display, or one that the environment names.
pub(super) fn is_there() -> bool {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_display =
        cfg!(any(windows, target_os = "macos")) || has("DISPLAY") || has("WAYLAND_DISPLAY");
    has("BROWSER") || (has_display && io::stderr().is_terminal())
}

/// Opens a page.
pub(super) fn open(page: &str) -> io::Result<()> {
    let mut options = webbrowser::BrowserOptions::new();
    // What a browser prints is not for the person at the terminal.
    options.with_suppress_output(true);
    webbrowser::open_browser_with_options(webbrowser::Browser::Default, page, &options)
}
