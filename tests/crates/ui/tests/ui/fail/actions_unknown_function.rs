use plugwright_sdk::{ConnectorDefinition, actions};

mod things {}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![things::list]);

fn main() {}
