//! Names that do not exist, or that a macro can not use.

mod actions_plain_function {
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, actions};

    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![list]);
}

mod actions_private_function {
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
}

mod actions_unknown_function {
    use plugwright_sdk::{ConnectorDefinition, actions};

    mod things {}

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![things::list]);
}

mod param_type_unknown {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: Thing,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod path_macro_value_missing {
    use plugwright_sdk::{http::Path, path};

    fn thing() -> Path {
        path!("/things/{id}")
    }
}

mod reconcile_with_an_unknown_function {
    use plugwright_sdk::{ActionContext, Result, Value, action};

    /// Creates a thing.
    #[action("things.create", write, reconcile(natural = find_created(name)))]
    async fn create(
        _: &ActionContext,
        /// Name.
        name: String,
        /// Shelf.
        shelf: Option<u32>,
    ) -> Result<Value> {
        let _ = (name, shelf);
        Ok(Value::Null)
    }
}

fn main() {}
