//! Types that can not be parameters.

mod action_key_page_wrong_type {
    use plugwright_sdk::{ActionContext, Page, Result, Value, action};

    /// Lists things.
    #[action("things.list", read, get = "/things", page = 5)]
    async fn list(cx: &ActionContext) -> Result<Page<Value>>;
}

mod context_of_another_type {
    use plugwright_sdk::{Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(cx: &String) -> Result<()> {
        drop(cx.clone());
        Ok(())
    }
}

mod derive_param_newtype_without_param {
    use plugwright_sdk::Param;

    struct Inner;

    #[derive(Param)]
    struct Outer(Inner);
}

mod derive_param_text_without_from_str {
    use plugwright_sdk::Param;

    #[derive(Param)]
    #[param(text, pattern = "^[a-z]+$")]
    struct Name(String);
}

mod derive_params_field_without_param {
    use plugwright_sdk::Params;

    struct Place;

    #[derive(Params)]
    struct Window {
        /// Where it starts.
        start: Place,
    }
}

mod file_as_a_field {
    use plugwright_sdk::{ActionContext, FileInput, Result, action};

    /// Saves a picture.
    #[action("pictures.save", write)]
    async fn save(
        cx: &ActionContext,
        /// The picture.
        content: FileInput,
    ) -> Result<()> {
        cx.put("/picture").field("content", content).fetch().await
    }
}

mod file_in_a_list_as_a_query {
    use plugwright_sdk::{ActionContext, FileInput, Result, action};

    /// Saves pictures.
    #[action("pictures.save", write)]
    async fn save(
        cx: &ActionContext,
        /// The pictures.
        content: Vec<FileInput>,
    ) -> Result<()> {
        cx.put("/picture").query("content", content).fetch().await
    }
}

mod file_in_a_one_call_action {
    use plugwright_sdk::{ActionContext, FileInput, Result, action};

    /// Saves a picture.
    #[action("pictures.save", write, put = "/picture", json)]
    async fn save(
        cx: &ActionContext,
        /// The picture.
        content: FileInput,
    ) -> Result<()>;
}

mod file_in_an_option_as_a_field {
    use plugwright_sdk::{ActionContext, FileInput, Result, action};

    /// Saves a picture.
    #[action("pictures.save", write)]
    async fn save(
        cx: &ActionContext,
        /// The picture.
        content: Option<FileInput>,
    ) -> Result<()> {
        cx.put("/picture").field("content", content).fetch().await
    }
}

mod file_in_params_as_fields {
    use plugwright_sdk::{ActionContext, FileInput, Params, Result, action};

    /// A picture.
    #[derive(Params)]
    struct Picture {
        /// Its name.
        name: String,
        /// The picture.
        content: FileInput,
    }

    /// Saves a picture.
    #[action("pictures.save", write)]
    async fn save(
        cx: &ActionContext,
        #[param(flatten)] picture: Picture,
    ) -> Result<()> {
        cx.put("/picture").fields(&picture).fetch().await
    }
}

mod param_option_of_option {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: Option<Option<String>>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_type_f32 {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: f32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_type_hash_map {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: std::collections::HashMap<String, String>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_type_without_param {
    use plugwright_sdk::{ActionContext, Result, action};

    struct Thing;

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

mod param_type_without_param_in_a_list {
    use plugwright_sdk::{ActionContext, Result, action};

    struct Thing;

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: Vec<Thing>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_type_without_param_in_an_option {
    use plugwright_sdk::{ActionContext, Result, action};

    struct Thing;

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: Option<Thing>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod request_params_of_a_number {
    use plugwright_sdk::{ActionContext, Result, Value, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(cx: &ActionContext) -> Result<Value> {
        cx.get("/things").query_params(5_u32).fetch().await
    }
}

fn main() {}
