//! Types that can not be returned, and paths, reconcilers and lists whose types do not fit.

mod actions_forgotten {
    use plugwright_sdk::ConnectorDefinition;

    pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0");
}

mod one_call_optional_path_of_a_string {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Gets a thing.
    #[action("things.get", read, get = "/things{/id}")]
    async fn get(
        cx: &ActionContext,
        /// Which.
        id: String,
    ) -> Result<()>;
}

mod one_call_output_without_derives {
    use plugwright_sdk::{ActionContext, Result, action};

    struct Thing {
        _name: String,
    }

    /// Gets a thing.
    #[action("things.get", read, get = "/thing")]
    async fn get(cx: &ActionContext) -> Result<Thing>;
}

mod one_call_path_option {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Gets a thing.
    #[action("things.get", read, get = "/things/{id}")]
    async fn get(
        cx: &ActionContext,
        /// Which.
        id: Option<u64>,
    ) -> Result<()>;
}

mod output_page_without_derives {
    use plugwright_sdk::{ActionContext, Page, Result, action};

    struct Thing {
        _name: String,
    }

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<Page<Thing>> {
        Ok(Page::new(vec![Thing { _name: String::new() }]))
    }
}

mod output_without_derives {
    use plugwright_sdk::{ActionContext, Result, action};

    struct Thing {
        _name: String,
    }

    /// Gets a thing.
    #[action("things.get", read)]
    async fn get(_: &ActionContext) -> Result<Thing> {
        Ok(Thing { _name: String::new() })
    }
}

mod output_without_schema {
    use plugwright_sdk::{ActionContext, Result, action};

    #[derive(plugwright_sdk::serde::Serialize)]
    #[serde(crate = "plugwright_sdk::serde")]
    struct Thing {
        name: String,
    }

    /// Gets a thing.
    #[action("things.get", read)]
    async fn get(_: &ActionContext) -> Result<Thing> {
        Ok(Thing { name: String::new() })
    }
}

mod path_macro_option {
    use plugwright_sdk::{http::Path, path};

    fn thing(id: Option<u64>) -> Path {
        path!("/things/{id}")
    }
}

mod reconcile_not_async {
    use plugwright_sdk::{ActionContext, Lost, Outcome, Result, Value, action};

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

    fn find_created(_: &ActionContext, _: &Lost, _: String) -> Result<Outcome<Value>> {
        Ok(Outcome::NotDone)
    }
}

mod reconcile_of_another_output {
    use plugwright_sdk::{ActionContext, Lost, Outcome, Result, Value, action};

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

    async fn find_created(_: &ActionContext, _: &Lost, name: String) -> Result<Outcome<String>> {
        Ok(Outcome::Done(name))
    }
}

mod reconcile_with_a_parameter_missing {
    use plugwright_sdk::{ActionContext, Lost, Outcome, Result, Value, action};

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

    async fn find_created(
        _: &ActionContext,
        _: &Lost,
        _: String,
        _: Option<u32>,
    ) -> Result<Outcome<Value>> {
        Ok(Outcome::NotDone)
    }
}

mod reconcile_with_a_parameter_of_another_type {
    use plugwright_sdk::{ActionContext, Lost, Outcome, Result, Value, action};

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

    async fn find_created(_: &ActionContext, _: &Lost, _: u32) -> Result<Outcome<Value>> {
        Ok(Outcome::NotDone)
    }
}

mod result_not_result {
    use plugwright_sdk::{ActionContext, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> String {
        String::new()
    }
}

mod result_of_another_error {
    use plugwright_sdk::{ActionContext, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

mod result_option {
    use plugwright_sdk::{ActionContext, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(_: &ActionContext) -> Option<String> {
        None
    }
}

fn main() {}
