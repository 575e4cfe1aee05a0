//! Values of attributes that do not fit, found when constants are evaluated.

mod derive_param_key_length_on_a_number {
    use plugwright_sdk::Param;

    #[derive(Param)]
    #[param(length(1..))]
    struct Count(u32);
}

mod derive_param_key_range_on_text {
    use plugwright_sdk::Param;

    #[derive(Param)]
    #[param(text, pattern = "^a$", range(1..))]
    struct Name(String);

    impl std::str::FromStr for Name {
        type Err = &'static str;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            Ok(Self(text.to_owned()))
        }
    }

    impl std::fmt::Display for Name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(&self.0)
        }
    }
}

mod one_call_page_without_pagination {
    use plugwright_sdk::{ActionContext, Page, Result, action, model};

    /// A thing.
    #[model]
    struct Thing {
        /// Its name.
        name: String,
    }

    /// Lists things.
    #[action("things.list", read, get = "/things")]
    async fn list(cx: &ActionContext) -> Result<Page<Thing>>;
}

mod one_call_path_list {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Gets things.
    #[action("things.get", read, get = "/things/{ids}")]
    async fn get(
        cx: &ActionContext,
        /// Which.
        ids: Vec<u64>,
    ) -> Result<()>;
}

mod param_key_default_of_an_option {
    use plugwright_sdk::{ActionContext, Patch, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// How many.
        #[param(default = 30)]
        size: Option<u32>,
        /// New note.
        #[param(default = "none")]
        note: Patch<String>,
    ) -> Result<()> {
        let _ = (size, note);
        Ok(())
    }
}

mod param_key_format_on_a_number {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(format = "uuid")]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_length_on_a_number {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(length(1..=9))]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_options_on_a_number {
    use plugwright_sdk::{ActionContext, Result, action};

    const COLOURS: &[&str] = &["red", "green"];

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(options = COLOURS)]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_pattern_on_a_number {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(pattern = "^a$")]
        name: u32,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_provider_default_of_a_plain_value {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// How many.
        #[param(provider_default = 30)]
        size: u32,
    ) -> Result<()> {
        let _ = size;
        Ok(())
    }
}

mod param_key_range_on_a_string {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(range(1..=9))]
        name: String,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_key_range_on_an_option_of_a_list {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        #[param(range(1..=9))]
        name: Option<Vec<u32>>,
    ) -> Result<()> {
        let _ = name;
        Ok(())
    }
}

mod param_names_twice_by_flatten {
    use plugwright_sdk::{ActionContext, Params, Result, action};

    #[derive(Params)]
    struct Names {
        /// Which.
        name: String,
    }

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: String,
        #[param(flatten)]
        other: Names,
    ) -> Result<()> {
        let _ = (name, other);
        Ok(())
    }
}

mod param_without_doc {
    use plugwright_sdk::{ActionContext, Params, Result, action};

    #[derive(Params)]
    struct Place {
        shelf: String,
        /// Row on the shelf.
        row: u32,
        floor: u8,
    }

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        name: String,
        numbers: Option<Vec<u32>>,
        place: Place,
    ) -> Result<()> {
        let _ = (name, numbers, place.shelf, place.row, place.floor);
        Ok(())
    }
}

mod result_list {
    use plugwright_sdk::{ActionContext, Result, action, model};

    /// A thing.
    #[model]
    struct Thing {
        /// Its name.
        name: String,
    }

    /// Lists things.
    #[action("things.list", read, get = "/things")]
    async fn list(cx: &ActionContext) -> Result<Vec<Thing>>;
}

mod rule_of_a_field_that_is_not_flattened {
    use plugwright_sdk::{ActionContext, Params, Result, action};

    /// Where.
    #[derive(Params)]
    struct Place {
        /// Shelf.
        shelf: Option<u32>,
    }

    /// Lists things.
    #[action("things.list", read, exactly_one(name, shelf), requires(name, row))]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: Option<String>,
        #[param(flatten)] place: Place,
    ) -> Result<()> {
        let _ = (name, place.shelf);
        Ok(())
    }
}

mod rule_of_a_required_parameter {
    use plugwright_sdk::{ActionContext, Params, Result, action};

    #[derive(Params)]
    #[param(all_or_none(shelf, row))]
    struct Place {
        /// Shelf.
        shelf: Option<u32>,
        /// Row.
        #[param(default = 1)]
        row: u32,
    }

    /// Lists things.
    #[action("things.list", read, exactly_one(name, number))]
    async fn list(
        _: &ActionContext,
        /// Which.
        name: String,
        /// Which.
        number: Option<u32>,
        /// Where.
        place: Place,
    ) -> Result<()> {
        let _ = (name, number, place.shelf, place.row);
        Ok(())
    }
}

fn main() {}
