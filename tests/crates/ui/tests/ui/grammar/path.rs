//! Mistakes in paths, refused by the macros.

mod path_brace_not_closed {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things/{thing")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_macro_not_a_text {
    use plugwright_sdk::{http::Path, path};

    fn thing(id: u32) -> Path {
        path!(id)
    }
}

mod path_macro_unknown_value {
    use plugwright_sdk::{http::Path, path};

    fn thing(id: u32) -> Path {
        path!("/things/{id}", id = id, name = "a")
    }
}

mod path_placeholder_is_the_context {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things/{cx}")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_placeholder_not_a_name {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things/{thing-id}")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_placeholder_without_any_argument {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things/{thing}")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_placeholder_without_argument {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things/{thing}")]
    async fn list(
        cx: &ActionContext,
        /// Which.
        name: String,
    ) -> Result<()>;
}

mod path_with_query {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things?all=true")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_without_slash {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "things")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_optional_part_after_a_slash {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things/{/thing}")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_optional_part_not_last {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/things{/thing}/parts")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_placeholder_of_several_segments_written_otherwise {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/files/{*path}")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

mod path_placeholder_that_may_be_left_out_written_otherwise {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read, get = "/files/{path?}")]
    async fn list(cx: &ActionContext) -> Result<()>;
}

fn main() {}
