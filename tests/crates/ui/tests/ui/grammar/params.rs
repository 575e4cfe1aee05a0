//! Mistakes in lists of parameters, refused by the macro.

mod params_name_twice {
    use plugwright_sdk::{http::ParamValues, params};

    fn given(name: u32, other: u32) -> ParamValues {
        params![name, name = other]
    }
}

mod params_not_a_name {
    use plugwright_sdk::{http::ParamValues, params};

    fn given() -> ParamValues {
        params![5]
    }
}

mod params_text_without_value {
    use plugwright_sdk::{http::ParamValues, params};

    fn given() -> ParamValues {
        params!["per-page"]
    }
}

mod params_without_comma {
    use plugwright_sdk::{http::ParamValues, params};

    fn given(name: u32, other: u32) -> ParamValues {
        params![name other]
    }
}

fn main() {}
