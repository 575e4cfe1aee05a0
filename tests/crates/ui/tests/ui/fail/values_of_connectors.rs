//! Definitions of connectors that can not be, found when constants are evaluated.

mod connector_action_twice {
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

    /// Does something.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .actions(actions![list, list]);
}

mod connector_auth_place_unknown {
    use plugwright_sdk::{ActionContext, Auth, ConnectorDefinition, Result, action, actions};

    /// Does something.
    #[action("things.list", read, auth = [1])]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .auth(&[Auth::bearer_token("Token")])
        .actions(actions![list]);
}

mod connector_name_empty {
    use plugwright_sdk::{ConnectorDefinition, actions};

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("", "Things", "1.0.0")
        .actions(actions![]);
}

mod connector_name_reserved {
    use plugwright_sdk::{ConnectorDefinition, actions};

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("connections", "Things", "1.0.0")
        .actions(actions![]);
}

mod connector_name_with_bad_letter {
    use plugwright_sdk::{ConnectorDefinition, actions};

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("My_Things", "Things", "1.0.0")
        .actions(actions![]);
}

mod connector_oauth_endpoint {
    use plugwright_sdk::{Auth, ConnectorDefinition, actions};

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .auth(&[Auth::oauth2("https://example.com/authorize", "https://{host}/token", &[])])
        .actions(actions![]);
}

mod connector_scope_undeclared {
    use plugwright_sdk::{ActionContext, Auth, ConnectorDefinition, Result, action, actions, scope};

    /// Does something.
    #[action("things.list", read, scopes = ["things:read"])]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .auth(&[Auth::oauth2("https://example.com/authorize", "https://example.com/token", &[scope("things:write", "Change things")])])
        .actions(actions![list]);
}

mod connector_scope_without_oauth {
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

    /// Does something.
    #[action("things.list", read, scopes = ["things:read"])]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .actions(actions![list]);
}

mod connector_tool_name_too_long {
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

    /// Does something.
    #[action("things_that_have_a_long_name.list_with_every_detail_there_is", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .actions(actions![list]);
}

mod connector_two_actions_of_one_name {
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

    /// Does something.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    /// Does something.
    #[action("things.list", read)]
    async fn list_all(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .actions(actions![list, list_all]);
}

mod connector_two_spellings_of_one_name {
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

    /// Does something.
    #[action("a.b_c", read)]
    async fn first(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    /// Does something.
    #[action("a_b.c", read)]
    async fn second(_: &ActionContext) -> Result<()> {
        Ok(())
    }

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .actions(actions![first, second]);
}

fn main() {}
