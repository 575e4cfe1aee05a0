//! The command lines that these tests run.

use plugwright_tests::{Connectors, Fixture};

const BINARY: &str = env!("CARGO_BIN_EXE_plugwright-fixture");

pub(crate) const ACCOUNTS: Fixture = Fixture::new(BINARY, Connectors::Accounts);
pub(crate) const CONFORMANCE: Fixture = Fixture::new(BINARY, Connectors::Conformance);
pub(crate) const GITHUB: Fixture = Fixture::new(BINARY, Connectors::Github);
pub(crate) const HOSTILE: Fixture = Fixture::new(BINARY, Connectors::Hostile);
pub(crate) const LOCAL: Fixture = Fixture::new(BINARY, Connectors::Local);
pub(crate) const ORDERS: Fixture = Fixture::new(BINARY, Connectors::Orders);
pub(crate) const PEOPLE: Fixture = Fixture::new(BINARY, Connectors::People);
pub(crate) const SHELF: Fixture = Fixture::new(BINARY, Connectors::Shelf);
pub(crate) const TEAM: Fixture = Fixture::new(BINARY, Connectors::Team);
