use insta::assert_snapshot;
use proc_macro2::TokenStream;
use quote::quote;

use super::Case;
use crate::golden::{pretty, sdk};

fn expanded(item: TokenStream) -> String {
    pretty(super::expand(item, &sdk()))
}

#[test]
fn expands_an_enum() {
    assert_snapshot!(expanded(quote! {
        /// Why it was closed.
        #[param(rename_all = "kebab-case")]
        enum Reason {
            /// The work is done.
            Completed,
            NotPlanned,
            #[param(rename = "too heated")]
            Heated,
        }
    }));
}

#[test]
fn expands_a_newtype() {
    assert_snapshot!(expanded(quote! {
        /// Things per page.
        ///
        /// The provider gives no more.
        #[param(range(1..=9), default = 5, provider_default = 3, example = 7)]
        struct PageSize(u32);
    }));
}

#[test]
fn expands_a_type_made_from_text() {
    assert_snapshot!(expanded(quote! {
        #[param(text, pattern = "^[a-z]+/[a-z]+$", length(3..), example = "a/b")]
        struct Repo {
            owner: String,
            name: String,
        }
    }));
}

#[test]
fn puts_a_stand_in_for_a_type_with_a_mistake() {
    assert_snapshot!(expanded(quote! {
        #[param(patern = "^a$")]
        struct Name(String);
    }));
}

#[test]
fn writes_names_in_every_case() {
    let names = [
        ("snake_case", "not_planned"),
        ("kebab-case", "not-planned"),
        ("lowercase", "notplanned"),
        ("UPPERCASE", "NOTPLANNED"),
        ("SCREAMING_SNAKE_CASE", "NOT_PLANNED"),
        ("camelCase", "notPlanned"),
        ("PascalCase", "NotPlanned"),
    ];
    for (case, expected) in names {
        let written = Case::named(case).map(|case| case.apply("NotPlanned"));
        assert_eq!(written.as_deref(), Some(expected), "{case}");
    }
    assert!(Case::named("Train-Case").is_none());
}
