//! `#[model]`: types that actions return.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{Attribute, Field, Item, Type};

use crate::errors::Errors;
use crate::keys;

pub(crate) fn expand(attribute: TokenStream, item: TokenStream, sdk: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = (|input: syn::parse::ParseStream<'_>| Ok(keys::entries(input, &mut errors))).parse2(attribute);
    for entry in parsed.iter().flatten() {
        errors.at(&entry.key, "`#[model]` takes no keys; use `#[serde(..)]` on the type and its fields");
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
        other => errors.at(other.to_token_stream(), "`#[model]` goes on a struct or an enum"),
    }
    let errors = errors.compile_errors();
    let serde = quote!(#sdk::__private::serde).to_string();
    let schemars = quote!(#sdk::__private::schemars).to_string();
    quote! {
        #errors
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
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == "Option"),
        _ => false,
    };
    if optional && !field.attrs.iter().any(says_how_to_skip) {
        let skip: Attribute = syn::parse_quote!(#[serde(skip_serializing_if = "::core::option::Option::is_none")]);
        field.attrs.push(skip);
    }
}

fn says_how_to_skip(attribute: &Attribute) -> bool {
    attribute.path().is_ident("serde") && {
        let text = attribute.to_token_stream().to_string();
        text.contains("skip") || text.contains("flatten")
    }
}
