//! `#[model]`: types that actions return.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Item, Meta, Token, Type};

use crate::errors::Errors;

pub(crate) fn expand(
    attribute: &TokenStream,
    item: &TokenStream,
    sdk: &TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    if !attribute.is_empty() {
        errors.at(
            attribute,
            "`#[model]` takes no keys; use `#[serde(..)]` on the type and its fields",
        );
    }
    let mut parsed: Item = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.push(error);
            let errors = errors.compile_errors();
            return quote!(#item #errors);
        }
    };
    match &mut parsed {
        Item::Struct(item) => item.fields.iter_mut().for_each(leave_out_none),
        Item::Enum(item) => item
            .variants
            .iter_mut()
            .flat_map(|variant| variant.fields.iter_mut())
            .for_each(leave_out_none),
        other => {
            errors.at(&*other, "`#[model]` goes on a struct or an enum");
            let errors = errors.compile_errors();
            return quote!(#other #errors);
        }
    }
    let errors = errors.compile_errors();
    let serde = quote!(#sdk::__private::serde).to_string();
    let schemars = quote!(#sdk::__private::schemars).to_string();
    quote! {
        #errors
        // The schema's derive calls methods of these, which a module without a prelude lacks.
        #[allow(unused_imports)]
        use #sdk::__private::{From as _, Into as _};
        #[derive(
            ::core::clone::Clone,
            ::core::fmt::Debug,
            #sdk::__private::serde::Serialize,
            #sdk::__private::serde::Deserialize,
            #sdk::__private::schemars::JsonSchema,
        )]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
        #parsed
    }
}

/// What is absent is left out of outputs, never `null`.
fn leave_out_none(field: &mut Field) {
    let optional = match &field.ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "Option"),
        _ => false,
    };
    if optional && !field.attrs.iter().any(says_how_to_skip) {
        let skip: Attribute =
            syn::parse_quote!(#[serde(skip_serializing_if = "::core::option::Option::is_none")]);
        field.attrs.push(skip);
    }
}

/// Tells whether the author decides when a field is left out. What can't be read is left to serde,
/// which says what is wrong with it.
fn says_how_to_skip(attribute: &Attribute) -> bool {
    attribute.path().is_ident("serde")
        && attribute
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|keys| keys.iter().any(is_about_leaving_out))
}

fn is_about_leaving_out(key: &Meta) -> bool {
    ["skip", "skip_serializing", "skip_serializing_if", "flatten"]
        .iter()
        .any(|name| key.path().is_ident(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves_out_none(field: &TokenStream) -> bool {
        let item = quote!(struct Label { #field });
        let expanded = expand(&TokenStream::new(), &item, &quote!(sdk)).to_string();
        expanded.contains("Option::is_none") || expanded.contains("Option :: is_none")
    }

    #[test]
    fn an_absent_field_is_left_out_unless_the_author_says_how() {
        for field in [
            quote!(name: Option<String>),
            quote!(#[serde(rename = "skip_ci")] name: Option<String>),
            quote!(#[serde(alias = "flattened", rename = "flatten")] name: Option<String>),
            quote!(#[serde(skip_deserializing)] name: Option<String>),
            quote!(#[doc = "skip"] name: Option<String>),
        ] {
            assert!(leaves_out_none(&field), "{field}");
        }
        for field in [
            quote!(name: String),
            quote!(#[serde(skip)] name: Option<String>),
            quote!(#[serde(flatten)] name: Option<String>),
            quote!(#[serde(default, skip_serializing)] name: Option<String>),
        ] {
            assert!(!leaves_out_none(&field), "{field}");
        }
    }
}
