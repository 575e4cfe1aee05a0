//! A gateway that ends with the `dev` that started it, however that ends.

use std::io;

/// Tells a gateway to stop when its standard input ends.
pub(super) const STOP_WITH_STDIN: &str = "PLUGWRIGHT_STOP_WITH_STDIN";

/// Stops this process with its parent, if `dev` started it.
pub(crate) fn stop_with_parent() {
    if std::env::var_os(STOP_WITH_STDIN).is_none() {
        return;
    }
    std::thread::spawn(|| {
        // However it ends, nobody holds the other side any more.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        #[cfg(unix)]
        {
            use rustix::process::{Signal, getpid, kill_process};
            if kill_process(getpid(), Signal::TERM).is_ok() {
                return;
            }
        }
        std::process::exit(0);
    });
}
