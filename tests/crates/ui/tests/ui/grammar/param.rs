//! Mistakes in the names and types of parameters, refused by the macros.

mod param_assigned {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param = "a"]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_borrowed {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: &str,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_borrowed_inside {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: Option<&'static str>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_names_twice_by_rename {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: String,
        /// Which other.
        #[param(rename = "name")]
        other: String,
    ) -> Result<()> {
        let _ = (name, other);
        Ok(())
    }
}

mod param_names_twice_in_one_struct {
    use plugwright_sdk::Params;

    #[derive(Params)]
    struct Names {
        /// Which.
        name: String,
        /// Which other.
        #[param(rename = "name")]
        other: String,
    }
}

mod param_pattern_argument {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        (name, other): (String, String),
    ) -> Result<()> {
        let _ = (name, other);
        Ok(())
    }
}

mod param_unnamed {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        _: String,
    ) -> Result<()> {
        Ok(())
    }
}

mod param_without_parentheses {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

fn main() {}
