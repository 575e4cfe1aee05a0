//! What reads bytes from the network: a function for each reader, which panics if a law is broken.
//!
//! The programs in `fuzz/` and the tests beside this crate call the same functions, so that none of
//! them can rot.

#![expect(
    clippy::missing_panics_doc,
    reason = "a panic is how each of these functions says that a law is broken"
)]

mod callers;
mod connector;
mod providers;
mod texts;

pub use callers::{bodies, endpoints, forms, messages, origins, queries};
pub use providers::{cursors, dispositions, errors, json, links, waits};
pub use texts::{coercion, names, params, searches, settings};

/// A reader, under the name of its program.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 17] = [
    ("bodies", bodies),
    ("coercion", coercion),
    ("cursors", cursors),
    ("dispositions", dispositions),
    ("endpoints", endpoints),
    ("errors", errors),
    ("forms", forms),
    ("json", json),
    ("links", links),
    ("messages", messages),
    ("names", names),
    ("origins", origins),
    ("params", params),
    ("queries", queries),
    ("searches", searches),
    ("settings", settings),
    ("waits", waits),
];

/// Longest answer to a refusal, in bytes.
const LONGEST: usize = 16 << 10;
