//! What the tests across the crates share: a server on loopback, transports and a connector that
//! lead to it, and packages of vendors.
#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "helpers of tests go by their names, and fail where a test would"
)]

mod accounts;
#[cfg(doctest)]
pub mod book;
pub mod conformance;
mod count;
mod fixture;
pub mod gateway;
mod local;
#[cfg(target_os = "linux")]
mod meter;
pub mod npm;
mod odd;
mod orders;
mod people;
mod person;
pub mod python;
pub mod raw;
mod recorded;
pub mod shelf;

pub use accounts::{KEYED, MACHINE, PAIRED, SIGNED, SOON};
pub use count::count;
pub use fixture::{Connectors, Fixture};
pub use local::{FREE, LOCAL};
pub use odd::ODD;
pub use orders::ORDERS;
pub use people::{CRM, DESK, MAIL};
pub use person::Person;
pub use plugwright_tests_loopback::{Likeness, Loopback, Received, ToLoopback, replaying};
pub use recorded::{outcome_of_github, recorded_of_github};
pub use shelf::SHELF;
