//! `#[model]`: types that actions return.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Generics, Ident, Item, Meta, Token, parse_quote};

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
    let private = quote!(#sdk::__private);
    let mut checks = Checks::default();
    let (name, generics) = match &mut parsed {
        Item::Struct(item) => {
            checks.add(&item.ident, &item.generics, &mut item.fields, &private);
            (&item.ident, &item.generics)
        }
        Item::Enum(item) => {
            for variant in &mut item.variants {
                checks.add(&item.ident, &item.generics, &mut variant.fields, &private);
            }
            (&item.ident, &item.generics)
        }
        other => {
            errors.at(&*other, "`#[model]` goes on a struct or an enum");
            let errors = errors.compile_errors();
            return quote!(#other #errors);
        }
    };
    let checks = checks.expand(name, generics);
    let errors = errors.compile_errors();
    let serde = quote!(#private::serde).to_string();
    let schemars = quote!(#private::schemars).to_string();
    quote! {
        #errors
        // The derives call methods of these traits, which `no_implicit_prelude` hides.
        #[allow(unused_imports)]
        use #private::{From as _, Into as _, Present as _};
        #[derive(
            ::core::clone::Clone,
            ::core::fmt::Debug,
            #private::serde::Serialize,
            #private::serde::Deserialize,
            #private::schemars::JsonSchema,
        )]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
        #parsed
        #checks
    }
}

/// One function per field that tells whether its value is left out of outputs: what is absent is
/// never `null`. Whether a field can be absent is known of its type, which may be an alias, and so
/// not to this macro.
#[derive(Default)]
struct Checks(Vec<TokenStream>);

impl Checks {
    fn add(
        &mut self,
        owner: &Ident,
        generics: &Generics,
        fields: &mut Fields,
        private: &TokenStream,
    ) {
        // Leaving a value out of a tuple would move those after it.
        let Fields::Named(fields) = fields else {
            return;
        };
        let (_, arguments, _) = generics.split_for_impl();
        let arguments = arguments.as_turbofish();
        for field in &mut fields.named {
            if field.attrs.iter().any(says_how_to_skip) {
                continue;
            }
            let ty = &field.ty;
            let check = format_ident!("__is_absent_{}", self.0.len());
            let path = quote!(#owner #arguments::#check).to_string();
            self.0.push(quote! {
                fn #check(value: &#ty) -> bool {
                    <#private::Presence<#ty>>::is_absent(value)
                }
            });
            field
                .attrs
                .push(parse_quote!(#[serde(skip_serializing_if = #path)]));
            field.attrs.push(parse_quote!(
                #[schemars(!skip_serializing_if, transform = <#private::Presence<#ty>>::publish)]
            ));
        }
    }

    fn expand(self, owner: &Ident, generics: &Generics) -> TokenStream {
        if self.0.is_empty() {
            return TokenStream::new();
        }
        let (parameters, arguments, bounds) = generics.split_for_impl();
        let checks = self.0;
        quote! {
            #[automatically_derived]
            #[allow(dead_code)]
            impl #parameters #owner #arguments #bounds {
                #(#checks)*
            }
        }
    }
}

/// Returns whether the author decides when a field is left out. What can't be read is left to serde,
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

    fn is_checked(field: &TokenStream) -> bool {
        let item = quote!(struct Label { #field });
        let expanded = expand(&TokenStream::new(), &item, &quote!(sdk)).to_string();
        expanded.contains("skip_serializing_if = \"Label :: __is_absent_0\"")
    }

    #[test]
    fn an_absent_field_is_left_out_unless_the_author_says_how() {
        for field in [
            quote!(name: Option<String>),
            quote!(name: Maybe<String>),
            quote!(#[serde(rename = "skip_ci")] name: Option<String>),
            quote!(#[serde(alias = "flattened", rename = "flatten")] name: Option<String>),
            quote!(#[serde(skip_deserializing)] name: Option<String>),
            quote!(#[doc = "skip"] name: Option<String>),
        ] {
            assert!(is_checked(&field), "{field}");
        }
        for field in [
            quote!(#[serde(skip)] name: Option<String>),
            quote!(#[serde(flatten)] name: Option<String>),
            quote!(#[serde(default, skip_serializing)] name: Option<String>),
            quote!(#[serde(skip_serializing_if = "is_empty")] name: Option<String>),
        ] {
            assert!(!is_checked(&field), "{field}");
        }
    }
}
