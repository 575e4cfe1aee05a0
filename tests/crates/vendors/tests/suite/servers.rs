//! The connectors work with servers of the vendors' APIs that others wrote.
//!
//! `servers/<connector>.json` is a session with npm's `emulate`: calls in order, and what comes of them.

mod emulator;
mod session;

use emulator::Emulator;
use session::Session;

/// Makes a test of each session.
macro_rules! emulated {
    ($($name:ident: $service:literal,)*) => {
        $(
            #[test]
            fn $name() {
                let session = Session::read(stringify!($name));
                let emulator = Emulator::start($service, session.file());
                session.hold(emulator.address());
            }
        )*
    };
}

emulated! {
    github: "github",
    gmail: "google",
    slack: "slack",
    stripe: "stripe",
}
