//! `#[model]`: types that actions return.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Field, Item, Type};

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

fn says_how_to_skip(attribute: &Attribute) -> bool {
    attribute.path().is_ident("serde") && {
        let text = attribute.to_token_stream().to_string();
        text.contains("skip") || text.contains("flatten")
    }
}
