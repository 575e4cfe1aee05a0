//! The connectors work with servers of the vendors' APIs.
//!
//! `servers/<connector>.json` is a session: calls in order, and what comes of them. It is held with npm's
//! `emulate`, or with the product itself where a package has its server.

mod emulator;
mod product;
mod recording;
mod session;

use emulator::Emulator;
use product::Product;
use session::Session;

/// Makes a test of each session with an emulator.
macro_rules! emulated {
    ($($name:ident: $service:literal,)*) => {
        $(
            #[test]
            fn $name() {
                let session = Session::read(stringify!($name));
                let emulator = Emulator::start($service, session.file());
                let account = ("own".to_owned(), session.credential());
                session.hold(emulator.address(), &[account]);
            }
        )*
    };
}

/// Makes a test of each session with a product's server.
macro_rules! served {
    ($($name:ident,)*) => {
        $(
            #[test]
            fn $name() {
                let session = Session::read(stringify!($name));
                let product = Product::start(stringify!($name));
                session.hold(product.address(), &product.accounts());
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

served! {
    jupyter,
    matrix,
}
