//! Mistakes in types that are parameters, refused by the macros.

mod derive_param_key_rename_all_unknown_case {
    use plugwright_sdk::Param;

    #[derive(Param)]
    #[param(rename_all = "Train-Case")]
    enum Colour {
        Red,
    }
}

mod derive_param_key_unknown_on_an_enum {
    use plugwright_sdk::Param;

    #[derive(Param)]
    #[param(rename = "colour")]
    enum Colour {
        Red,
    }
}

mod derive_param_mistake_in_a_used_type {
    use plugwright_sdk::{ActionContext, Param, Result, action};

    #[derive(Param)]
    #[param(rename_all = "Train-Case")]
    enum Colour {
        Red,
    }

    /// Lists things.
    #[action("things.list", read)]
    async fn list(
        _: &ActionContext,
        /// Only things of this colour.
        #[param(default = Colour::Red)]
        colour: Colour,
    ) -> Result<()> {
        let _ = colour;
        Ok(())
    }
}

mod derive_param_on_a_generic_type {
    use plugwright_sdk::Param;

    #[derive(Param)]
    struct Wrapped<T>(T);
}

mod derive_param_on_a_struct_of_several_fields {
    use plugwright_sdk::Param;

    #[derive(Param)]
    struct Window {
        start: u32,
        end: u32,
    }
}

mod derive_param_on_a_tuple_of_several_fields {
    use plugwright_sdk::Param;

    #[derive(Param)]
    struct Window(u32, u32);
}

mod derive_param_on_a_union {
    use plugwright_sdk::Param;

    #[derive(Param)]
    union Colour {
        red: u32,
    }
}

mod derive_param_on_an_empty_enum {
    use plugwright_sdk::Param;

    #[derive(Param)]
    enum Colour {}
}

mod derive_param_on_an_enum_with_fields {
    use plugwright_sdk::Param;

    #[derive(Param)]
    enum Colour {
        Red,
        Other(String),
    }
}

mod derive_param_text_without_pattern {
    use plugwright_sdk::Param;

    #[derive(Param)]
    #[param(text)]
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

mod derive_param_variant_key_rename_twice {
    use plugwright_sdk::Param;

    #[derive(Param)]
    enum Colour {
        #[param(rename = "red", rename = "dark")]
        Red,
    }
}

mod derive_param_variants_of_one_name {
    use plugwright_sdk::Param;

    #[derive(Param)]
    enum Colour {
        Red,
        #[param(rename = "red")]
        DarkRed,
    }
}

mod derive_params_field_borrowed {
    use plugwright_sdk::Params;

    #[derive(Params)]
    struct Window {
        /// Where it starts.
        start: &'static str,
    }
}

mod derive_params_key_on_the_struct {
    use plugwright_sdk::Params;

    #[derive(Params)]
    #[param(rename_all = "lowercase")]
    struct Window {
        /// Where it starts.
        start: u32,
    }
}

mod derive_params_key_unknown {
    use plugwright_sdk::Params;

    #[derive(Params)]
    struct Window {
        /// Where it starts.
        #[param(rename_all = "lowercase")]
        start: u32,
    }
}

mod derive_params_mistake_in_a_used_type {
    use plugwright_sdk::{ActionContext, Params, Result, action};

    #[derive(Params)]
    struct Window {
        /// Where it starts.
        #[param(send_as = digit)]
        start: u32,
    }

    /// Lists things.
    #[action("things.list", read, get = "/things")]
    async fn list(
        cx: &ActionContext,
        #[param(flatten)] window: Window,
        /// Another one.
        other: Window,
    ) -> Result<()>;
}

mod derive_params_on_a_generic_type {
    use plugwright_sdk::Params;

    #[derive(Params)]
    struct Window<T> {
        /// Where it starts.
        start: T,
    }
}

mod derive_params_on_a_tuple {
    use plugwright_sdk::Params;

    #[derive(Params)]
    struct Window(u32, u32);
}

mod derive_params_on_an_enum {
    use plugwright_sdk::Params;

    #[derive(Params)]
    enum Colour {
        Red,
    }
}

mod derive_params_key_send_as {
    use plugwright_sdk::Params;

    #[derive(Params)]
    struct Window {
        /// Whether it is open.
        #[param(send_as = digit)]
        open: bool,
    }
}

fn main() {}
