//! Command lines of the tests: one binary, which is told what connectors it has.

use std::process::Command;

use plugwright_sdk::ConnectorDefinition;

use crate::{
    CRM, DESK, FREE, KEYED, LOCAL, MACHINE, MAIL, ODD, ORDERS, PAIRED, SHELF, SIGNED, SOON,
    conformance,
};

/// The connectors of one command line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Connectors {
    /// Those whose accounts people connect.
    Accounts,
    /// Those that MCP's conformance suite asks for.
    Conformance,
    /// The stock GitHub connector alone.
    Github,
    /// Those that hostile callers and providers are tried with.
    Hostile,
    /// Those that lead to a server of the test.
    Local,
    /// The one whose writes are looked for.
    Orders,
    /// Those whose accounts the users of a project connect.
    People,
    /// That which is compared with others.
    Shelf,
    /// Those of a team.
    Team,
}

impl Connectors {
    /// The variable that tells the binary `plugwright-fixture` its connectors.
    ///
    /// It is no argument, so that the binary's command line is the one that people have.
    pub const VARIABLE: &str = "FIXTURE_CONNECTORS";

    const ALL: [Self; 9] = [
        Self::Accounts,
        Self::Conformance,
        Self::Github,
        Self::Hostile,
        Self::Local,
        Self::Orders,
        Self::People,
        Self::Shelf,
        Self::Team,
    ];

    /// Returns the value of the variable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Conformance => "conformance",
            Self::Github => "github",
            Self::Hostile => "hostile",
            Self::Local => "local",
            Self::Orders => "orders",
            Self::People => "people",
            Self::Shelf => "shelf",
            Self::Team => "team",
        }
    }

    /// Reads the variable.
    ///
    /// # Errors
    ///
    /// If it is not set to one of the names.
    pub fn from_environment() -> Result<Self, String> {
        let name = std::env::var(Self::VARIABLE).unwrap_or_default();
        let found = Self::ALL.into_iter().find(|other| other.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("{} is `{name}`; allowed: {names}", Self::VARIABLE)
        })
    }

    pub fn definitions(self) -> Vec<&'static ConnectorDefinition> {
        match self {
            Self::Accounts => vec![&SIGNED, &PAIRED, &KEYED, &MACHINE, &LOCAL, &FREE, &SOON],
            Self::Conformance => conformance::CONNECTORS.to_vec(),
            Self::Github => vec![&plugwright_github::CONNECTOR],
            Self::Hostile => vec![&LOCAL, &ODD, &MAIL, &CRM, &SIGNED, &FREE],
            Self::Local => vec![&LOCAL, &FREE],
            Self::Orders => vec![&ORDERS],
            Self::People => vec![&DESK, &MAIL, &CRM, &FREE],
            Self::Shelf => vec![&SHELF],
            Self::Team => vec![
                &plugwright_github::CONNECTOR,
                &plugwright_google_calendar::CONNECTOR,
                &plugwright_notion::CONNECTOR,
                &plugwright_slack::CONNECTOR,
            ],
        }
    }
}

/// A command line that tests run.
#[derive(Clone, Copy, Debug)]
pub struct Fixture {
    binary: &'static str,
    connectors: Connectors,
}

impl Fixture {
    /// Names a command line. `binary` is `env!("CARGO_BIN_EXE_plugwright-fixture")`, which only
    /// tests of this package know.
    pub const fn new(binary: &'static str, connectors: Connectors) -> Self {
        Self { binary, connectors }
    }

    pub const fn binary(self) -> &'static str {
        self.binary
    }

    /// Returns the variable that the binary needs, and its value.
    pub const fn variable(self) -> (&'static str, &'static str) {
        (Connectors::VARIABLE, self.connectors.name())
    }

    /// Begins a run.
    #[must_use]
    pub fn command(self) -> Command {
        let (name, value) = self.variable();
        let mut command = Command::new(self.binary);
        command.env(name, value);
        command
    }
}
