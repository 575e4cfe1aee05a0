//! What reads bytes from outside: a function for each reader, which panics if a law is broken.
//!
//! The programs in `fuzz/` and the tests beside this crate call the same functions, so that none of
//! them can rot.

#![expect(
    clippy::missing_panics_doc,
    reason = "a panic is how each of these functions says that a law is broken"
)]

mod callers;
mod connector;
mod descriptions;
mod providers;
mod schemas;
mod servers;
mod texts;

pub use callers::{bodies, endpoints, forms, messages, origins, queries};
pub use descriptions::{discovery, openapi, overlays, postman};
pub use providers::{cursors, dispositions, errors, graphql, json, links, waits};
pub use schemas::{schemas, tools};
pub use servers::{server_answers, server_lines};
pub use texts::{coercion, names, params, searches, settings};

/// A reader, under the name of its program.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 26] = [
    ("bodies", bodies),
    ("coercion", coercion),
    ("cursors", cursors),
    ("discovery", discovery),
    ("dispositions", dispositions),
    ("endpoints", endpoints),
    ("errors", errors),
    ("forms", forms),
    ("graphql", graphql),
    ("json", json),
    ("links", links),
    ("messages", messages),
    ("names", names),
    ("openapi", openapi),
    ("origins", origins),
    ("overlays", overlays),
    ("params", params),
    ("postman", postman),
    ("queries", queries),
    ("schemas", schemas),
    ("searches", searches),
    ("server_answers", server_answers),
    ("server_lines", server_lines),
    ("settings", settings),
    ("tools", tools),
    ("waits", waits),
];

/// Longest answer to a refusal, in bytes.
const LONGEST: usize = 16 << 10;
