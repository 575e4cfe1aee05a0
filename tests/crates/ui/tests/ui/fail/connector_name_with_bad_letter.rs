use plugwright_sdk::{ConnectorDefinition, actions};

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("My_Things", "Things", "1.0.0")
    .actions(actions![]);

fn main() {}
