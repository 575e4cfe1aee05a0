//! The browser on this machine.

use std::io::{self, IsTerminal as _};

/// Returns whether a person here can see a browser: `BROWSER` is set, or there are a terminal and a
/// display.
pub(super) fn is_there() -> bool {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_display =
        cfg!(any(windows, target_os = "macos")) || has("DISPLAY") || has("WAYLAND_DISPLAY");
    has("BROWSER") || (has_display && io::stderr().is_terminal())
}

pub(super) fn open(page: &str) -> io::Result<()> {
    let mut options = webbrowser::BrowserOptions::new();
    // The browser's own output must not mix with ours.
    options.with_suppress_output(true);
    webbrowser::open_browser_with_options(webbrowser::Browser::Default, page, &options)
}
