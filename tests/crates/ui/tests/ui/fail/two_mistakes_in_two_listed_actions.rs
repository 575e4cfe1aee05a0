use plugwright_sdk::{ConnectorDefinition, actions};

mod things {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, read)]
    pub async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod places {
    use plugwright_sdk::{ActionContext, Result, action};

    #[action("places.list", read)]
    pub async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![things::list, places::list]);

fn main() {}
