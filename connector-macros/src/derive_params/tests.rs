use insta::assert_snapshot;
use proc_macro2::TokenStream;
use quote::quote;

use crate::golden::{pretty, sdk};

fn expanded(item: TokenStream) -> String {
    pretty(super::expand(item, &sdk()))
}

#[test]
fn expands_a_struct() {
    assert_snapshot!(expanded(quote! {
        /// Limits of a list.
        pub struct Window {
            /// First day.
            #[param(format = "date", rename = "from")]
            pub since: Option<String>,
            /// Kind of thing.
            #[param(options = KINDS, default = "all")]
            pub r#type: String,
            #[param(flatten)]
            pub limits: Limits,
        }
    }));
}

#[test]
fn expands_a_struct_with_rules_over_its_fields() {
    assert_snapshot!(expanded(quote! {
        #[param(all_or_none(amount, unit), at_most_one(unit, r#type))]
        pub struct Duration {
            /// Number of units.
            pub amount: Option<u32>,
            /// Unit.
            pub unit: Option<String>,
            /// Kind.
            pub r#type: Option<String>,
        }
    }));
}

#[test]
fn puts_a_stand_in_for_a_struct_with_a_mistake() {
    assert_snapshot!(expanded(quote! {
        struct Window {
            since: &'static str,
        }
    }));
}
