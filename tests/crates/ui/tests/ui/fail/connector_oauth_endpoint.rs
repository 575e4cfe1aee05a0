use plugwright_sdk::{Auth, ConnectorDefinition, actions};

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .auth(&[Auth::oauth2("https://example.com/authorize", "https://{host}/token", &[])])
    .actions(actions![]);

fn main() {}
