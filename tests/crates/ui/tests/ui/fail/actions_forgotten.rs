use plugwright_sdk::ConnectorDefinition;

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0");

fn main() {}
