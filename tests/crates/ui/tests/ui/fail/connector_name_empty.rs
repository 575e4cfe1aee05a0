use plugwright_sdk::{ConnectorDefinition, actions};

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("", "Things", "1.0.0")
    .actions(actions![]);

fn main() {}
