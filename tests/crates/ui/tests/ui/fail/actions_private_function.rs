use plugwright_sdk::{ConnectorDefinition, actions};

mod things {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![things::list]);

fn main() {}
