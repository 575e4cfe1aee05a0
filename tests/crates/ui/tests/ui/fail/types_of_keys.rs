//! Keys of `#[param]` whose values do not fit the type of the parameter.

mod param_key_default_of_a_type_wrong_type {
    use plugwright_sdk::Param;

    /// Things per page.
    #[derive(Param)]
    #[param(default = "many")]
    struct PageSize(u32);
}

mod param_key_default_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = 5)]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_wrong_type_number {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = "5")]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_wrong_type_option {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = Some(5))]
        name: Option<u32>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_default_wrong_type_text_for_enum {
    use plugwright_sdk::{ActionContext, Param, Result, action};

    #[derive(Param)]
    enum Colour {
        Red,
    }

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(default = "red")]
        name: Colour,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_example_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(example = 5)]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_flatten_on_a_string {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        #[param(flatten)]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_flatten_on_an_option {
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
        #[param(flatten)]
        name: Option<Window>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_options_wrong_type {
    use plugwright_sdk::{ActionContext, Result, action};

    const COLOURS: &[u32] = &[1, 2];

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(options = COLOURS)]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_send_as_base64_on_a_string {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Saves a thing.
    #[action("things.save", write, put = "/thing", json)]
    async fn save(
        cx: &ActionContext,
        /// What.
        #[param(send_as = base64)]
        content: String,
    ) -> Result<()>;
}

mod param_key_send_as_digit_on_a_string {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things")]
    async fn list(
        cx: &ActionContext,
        /// Which.
        #[param(send_as = digit)]
        name: String,
    ) -> Result<()>;
}

fn main() {}
