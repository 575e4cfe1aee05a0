//! Mistakes in `#[param(..)]` and `#[derive(Param)]`.

use super::{Mistake, mistakes, of_argument, one, tokens};
use crate::golden::sdk;

fn of_param(item: &str) -> Vec<Mistake> {
    mistakes(|| crate::derive_param::expand(tokens(item), &sdk()))
}

#[test]
fn a_key_of_a_parameter_stands_once() {
    for (attribute, kind, key) in [
        (r#"default = "a", default = "b""#, "String", "default"),
        (
            r#"deprecated = "use the other", deprecated = "use the other""#,
            "String",
            "deprecated",
        ),
        (r#"example = "a", example = "a""#, "String", "example"),
        ("flatten, flatten", "Window", "flatten"),
        (r#"format = "uuid", format = "uuid""#, "String", "format"),
        (
            "provider_default = 5, provider_default = 6",
            "Option<u32>",
            "provider_default",
        ),
        ("length(1..=9), length(1..=9)", "String", "length"),
        ("options = COLOURS, options = COLOURS", "String", "options"),
        (r#"pattern = "^a$", pattern = "^a$""#, "String", "pattern"),
        ("range(1..=9), range(1..=9)", "u32", "range"),
        (r#"rename = "other", rename = "other""#, "String", "rename"),
    ] {
        let message = format!("`{key}` is given twice in `#[param]`; remove one");
        assert_eq!(
            of_argument(attribute, kind),
            one(&message, key),
            "{attribute}"
        );
    }
}

#[test]
fn a_key_of_a_parameter_has_a_value_of_its_type() {
    for (attribute, kind, message) in [
        (
            r#"default("a")"#,
            "String",
            "`default` takes a value: `default = 30`",
        ),
        (
            "provider_default",
            "Option<String>",
            "`provider_default` takes a value: `provider_default = 30`",
        ),
        (
            "example",
            "String",
            "`example` takes a value: `example = 30`",
        ),
        (
            "deprecated = true",
            "String",
            r#"`deprecated` takes a string: `deprecated = "use labels"`"#,
        ),
        (
            "flatten = true",
            "Window",
            "`flatten` takes no value: write `flatten` alone",
        ),
        (
            "format = 5",
            "String",
            r#"`format` takes a string: `format = "date"`"#,
        ),
        (
            "pattern = 5",
            "String",
            r#"`pattern` takes a string: `pattern = "^[a-z]+$"`"#,
        ),
        (
            "rename = 5",
            "String",
            r#"`rename` takes a string: `rename = "name"`"#,
        ),
        (
            "send_as = hex",
            "String",
            "`send_as` takes one of base64, text, digit, body: `send_as = base64`",
        ),
    ] {
        assert_eq!(
            of_argument(attribute, kind),
            one(message, attribute),
            "{attribute}"
        );
    }
    for (attribute, kind, key) in [
        ("length = 5", "String", "length"),
        ("length(a..b)", "String", "length"),
        ("range = 5", "u32", "range"),
        (r#"range("a".."b")"#, "u32", "range"),
    ] {
        let message = format!(
            "`{key}` takes numeric bounds: `{key}(1..=100)`, `{key}(1..)` or `{key}(..=100)`"
        );
        assert_eq!(
            of_argument(attribute, kind),
            one(&message, attribute),
            "{attribute}"
        );
    }
}

#[test]
fn a_key_of_a_derived_parameter_is_known_stands_once_and_has_a_value_of_its_type() {
    for (item, at, message) in [
        (
            r#"#[param(rename_all = "kebab-case", rename_all = "lowercase")] enum Colour { Red }"#,
            "rename_all",
            "`rename_all` is given twice in `#[param]`; remove one",
        ),
        (
            "#[param(rename_all = 5)] enum Colour { Red }",
            "rename_all = 5",
            r#"`rename_all` takes a string: `rename_all = "kebab-case"`"#,
        ),
        (
            r#"#[param(rename = "colour")] enum Colour { Red }"#,
            "rename",
            "unknown key `rename` in `#[param]`; allowed here: rename_all",
        ),
        (
            r#"enum Colour { #[param(rename = "red", rename = "dark")] Red }"#,
            "rename",
            "`rename` is given twice in `#[param]`; remove one",
        ),
        (
            "enum Colour { #[param(rename = 5)] Red }",
            "rename = 5",
            r#"`rename` takes a string: `rename = "name"`"#,
        ),
        (
            "enum Colour { #[param(default)] Red }",
            "default",
            "unknown key `default` in `#[param]`; allowed here: rename",
        ),
        (
            r#"#[param(text, text, pattern = "^[a-z]+$")] struct Name(String);"#,
            "text",
            "`text` is given twice in `#[param]`; remove one",
        ),
        (
            r#"#[param(text = true, pattern = "^[a-z]+$")] struct Name(String);"#,
            "text = true",
            "`text` takes no value: write `text` alone",
        ),
        (
            r#"#[param(patern = "^a$")] struct Name(String);"#,
            "patern",
            "unknown key `patern` in `#[param]`; allowed here: text, range, length, pattern, format, options, default, provider_default, example",
        ),
    ] {
        assert_eq!(of_param(item), one(message, at), "{item}");
    }
}
