//! Mistakes in the keys of parameters, refused by the macros.

mod param_key_default_above_range {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = 1.5, range(..1.5))]
        name: f64,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_below_range {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = 0, range(1..=100))]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_outside_length {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = "", length(1..))]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_twice {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = "a", default = "b")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_twice_in_two_attributes {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = "a")]
        #[param(default = "b")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_wrong_form {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default("a"))]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_deprecated_without_note {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(deprecated)]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_example_outside_range {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(example = 0, range(1..=100))]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_flatten_beside_another {
    use plugwright_sdk::{ActionContext, Params, Result, action};

    #[derive(Params)]
    struct Window {
        /// Where it starts.
        start: u32,
    }

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        #[param(flatten, rename = "other")] name: Window,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_flatten_wrong_type {
    use plugwright_sdk::{ActionContext, Params, Result, action};

    #[derive(Params)]
    struct Window {
        /// Where it starts.
        start: u32,
    }

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext, #[param(flatten = true)] name: Window) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_format_unknown {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(format = "e-mail")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_length_empty {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(length(3..3))]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_length_fraction {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(length(..=1.5))]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_length_negative {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(length(-1..))]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_options_wrong_form {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(options = ["red", "green"])]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_pattern_not_a_regular_expression {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(pattern = "a(")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_pattern_outside_the_subset {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(pattern = r"^\d+$")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_range_empty {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(range(5..1))]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_range_unbounded {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(range(..))]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_range_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(range = 5)]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_rename_empty {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(rename = "")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_rename_with_bad_letter {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(rename = "the name")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_rename_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(rename = 5)]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_provider_default_beside_default {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = "a", provider_default = "b")]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_send_as_body_twice {
    use plugwright_sdk::{ActionContext, Result, Value, action};

    /// Adds a thing.
    #[action("things.add", write, post = "/things")]
    async fn add(
        cx: &ActionContext,
        /// The thing.
        #[param(send_as = body)]
        thing: Value,
        /// Another one.
        #[param(send_as = body)]
        other: Value,
    ) -> Result<()>;
}

mod param_key_send_as_unknown {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Adds a thing.
    #[action("things.add", write, post = "/things", json)]
    async fn add(
        cx: &ActionContext,
        /// Whether it is new.
        #[param(send_as = number)]
        new: bool,
    ) -> Result<()>;
}

fn main() {}
