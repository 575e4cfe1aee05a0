//! Mistakes in functions and items, refused by the macros.

mod argument_unused {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, post = "/things")]
    async fn list(
        cx: &ActionContext,
        /// Which.
        name: String,
    ) -> Result<()>;
}

mod body_and_request {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things")]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod body_missing {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod cassettes_folder_missing {
    use plugwright_sdk::cassettes;

    static CASSETTES: &[(&str, &str)] = cassettes!("tests/no-such-folder");
}

mod context_by_value {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(cx: ActionContext) -> Result<()> {
        drop(cx);
        Ok(())
    }
}

mod context_missing {
    use plugwright_sdk::{Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list() -> Result<()> {
        Ok(())
    }
}

mod context_mutable {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(cx: &mut ActionContext) -> Result<()> {
        let _ = cx;
        Ok(())
    }
}

mod context_replaced_by_parameter {
    use plugwright_sdk::{Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        /// Which.
        name: String,
    ) -> Result<()> {
        drop(name);
        Ok(())
    }
}

mod context_unnamed_in_one_call {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things")]
    async fn list(_: &ActionContext) -> Result<()>;
}

mod description_empty {
    use plugwright_sdk::{ActionContext, Result, action};

    ///
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod description_missing {
    use plugwright_sdk::{ActionContext, Result, action};

    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod effect_missing {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list")]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod effect_twice {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, write)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod generic_lifetime {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list<'a>(_: &'a ActionContext) -> Result<()> {
        Ok(())
    }
}

mod generics {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list<T: ToString>(
        _: &ActionContext,
        /// Which.
        name: T,
    ) -> Result<()> {
        drop(name.to_string());
        Ok(())
    }
}

mod impl_trait_argument {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: impl ToString,
    ) -> Result<()> {
        drop(name.to_string());
        Ok(())
    }
}

mod mistake_in_a_listed_action {
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

    /// Lists things.
    #[action("things.list", reed)]
    pub async fn list(
        cx: &ActionContext,
        /// Which.
        name: String,
    ) -> Result<String> {
        drop(cx.params());
        Ok(name)
    }

    pub static CONNECTOR: ConnectorDefinition =
        ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![list]);

    async fn call(cx: &ActionContext) -> Result<String> {
        list(cx, "a".to_owned()).await
    }
}

mod model_on_a_function {
    use plugwright_sdk::model;

    #[model]
    fn thing() {}
}

mod model_with_keys {
    use plugwright_sdk::model;

    #[model(rename_all = "camelCase")]
    struct Thing {
        name: String,
    }
}

mod not_async {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod on_a_struct {
    use plugwright_sdk::action;

    /// Lists things.
    #[action("things.list", read)]
    struct List;
}

mod recursive_params {
    use plugwright_sdk::Params;

    #[derive(Params)]
    struct Node {
        /// What is below.
        children: Vec<Node>,
    }
}

mod result_missing {
    use plugwright_sdk::{ActionContext, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) {}
}

mod self_receiver {
    use plugwright_sdk::{ActionContext, Result, action};

    struct Things;

    impl Things {
        /// Lists things.
        #[action("things.list", read)]
        async fn list(&self, _: &ActionContext) -> Result<()> {
            Ok(())
        }
    }
}

mod two_bodies_json_and_form {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, post = "/things", json, form)]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod two_items {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list")]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    /// Gets a thing.
    #[action("things.get", read, title = 5)]
    async fn get(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod two_mistakes_in_one_item {
    use plugwright_sdk::{ActionContext, Result, action};

    #[action("things.list", reed, titel = "Things")]
    async fn list(_: &ActionContext, name: &str) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod two_mistakes_in_two_listed_actions {
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
        ConnectorDefinition::new("things", "Things", "1.0.0")
            .actions(actions![things::list, places::list]);
}

mod two_requests {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, get = "/things", post = "/things")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod variadic {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext, names: ...) -> Result<()> {
        Ok(())
    }
}

mod where_clause {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<()>
    where
        String: Clone,
    {
        Ok(())
    }
}

fn main() {}
