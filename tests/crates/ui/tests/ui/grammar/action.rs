//! Mistakes in the attribute of an action and in lists of actions, refused by the macros.

mod action_key_form_on_get {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things", form)]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod action_key_form_without_request {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, form)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_get_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = 5)]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod action_key_json_on_get {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things", json)]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod action_key_json_without_request {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, json)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_not_a_name {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, 5)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_page_without_request {
    use plugwright_sdk::{ActionContext, Page, Result, Value, action};

    /// Lists things.
    #[action("things.list", read, page = plugwright_sdk::pagination::LinkHeader)]
    async fn list(_: &ActionContext) -> Result<Page<Value>> {
        Ok(Page::new(vec![]))
    }
}

mod action_key_page_wrong_form {
    use plugwright_sdk::{ActionContext, Page, Result, Value, action};

    /// Lists things.
    #[action("things.list", read, get = "/things", page)]
    async fn list(cx: &ActionContext) -> Result<Page<Value>>;
}

mod action_key_read_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read = true)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_scopes_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, scopes = "a")]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_reconcile_wrong_form {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, reconcile = find_created)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_reconcile_of_a_read {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, reconcile(key = find_created()))]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_reconcile_with_an_unknown_parameter {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, reconcile(natural = find_created(shelf, row)))]
    async fn list(
        _: &ActionContext,
        /// Shelf.
        shelf: String,
    ) -> Result<()> {
        let _ = shelf;
        Ok(())
    }
}

mod action_rule_of_an_unknown_parameter {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, exactly_one(shelf, row))]
    async fn list(
        _: &ActionContext,
        /// Shelf.
        shelf: Option<String>,
        /// Room.
        room: Option<String>,
    ) -> Result<()> {
        let _ = (shelf, room);
        Ok(())
    }
}

mod action_rule_of_one_parameter {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, exactly_one(shelf))]
    async fn list(
        _: &ActionContext,
        /// Shelf.
        shelf: Option<String>,
    ) -> Result<()> {
        let _ = shelf;
        Ok(())
    }
}

mod action_rule_of_one_parameter_twice {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, exactly_one(shelf, shelf))]
    async fn list(
        _: &ActionContext,
        /// Shelf.
        shelf: Option<String>,
    ) -> Result<()> {
        let _ = shelf;
        Ok(())
    }
}

mod action_key_scopes_wrong_type_inside {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, scopes = ["a", 5])]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_title_twice {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, title = "One", title = "Two")]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_title_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, title = 5)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_value_missing {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, title =)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_keys_without_comma {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read idempotent)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_name_twice {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", "things.get", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_name_with_bad_letter {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.List-all", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_name_without_resource {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("list", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_name_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action(things.list, read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_with_neither_name_nor_effect {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action(title = "Things")]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_without_attribute_arguments {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod actions_not_a_path {
    use plugwright_sdk::{ConnectorDefinition, actions};

    pub static CONNECTOR: ConnectorDefinition =
        ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions!["things.list"]);
}

mod action_key_json_constant_not_a_name {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, post = "/things", json(5 = 1))]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod action_key_json_constant_without_value {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, post = "/things", json(kind))]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod action_key_json_constant_twice {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, post = "/things", json(kind = "a", kind = "b"))]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod action_key_query_without_constants {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things", query)]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod action_key_query_without_request {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", write, query(all = true))]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

mod action_key_auth_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, auth = "Token")]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

fn main() {}
