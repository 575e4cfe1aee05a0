//! A parameter: an argument of an action, or a field of a `#[derive(Params)]` struct.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Type};

use crate::docs;
use crate::errors::Errors;
use crate::param::{Rules, argument, borrow, converted, flatten, option};
use crate::sdk::located;

const BORROWED: &str =
    "a parameter must be owned: take `String` instead of `&str`, `Vec<T>` instead of `&[T]`";

pub(crate) struct Parameter {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// What its doc comment says; without one, what that of its type says.
    pub(crate) description: String,
    pub(crate) rules: Rules,
}

impl Parameter {
    pub(crate) fn new(
        ident: &Ident,
        ty: &Type,
        attributes: &[Attribute],
        rules: Rules,
        errors: &mut Errors,
    ) -> Self {
        if let Some(borrow) = borrow(ty.to_token_stream()) {
            errors.at(borrow, BORROWED);
        }
        Self {
            ident: ident.clone(),
            ty: ty.clone(),
            description: docs::paragraphs(attributes),
            rules,
        }
    }

    pub(crate) fn wire_name(&self) -> String {
        match &self.rules.rename {
            Some(name) => name.value(),
            None => self.ident.unraw().to_string(),
        }
    }

    pub(crate) fn entry(&self, private: &TokenStream) -> TokenStream {
        if self.rules.flatten {
            let entries = flatten(&self.ty, "FIELDS", private);
            return quote!(#private::ParamEntry::Flatten(#entries));
        }
        let spec = self.spec(private);
        quote!(#private::ParamEntry::One(#spec))
    }

    /// Writes the `ParamSpec`: a literal, which costs the compiler less than a call. The rules have
    /// the span of the first, so that one which does not fit the type is reported there.
    fn spec(&self, private: &TokenStream) -> TokenStream {
        let rules = &self.rules;
        let name = self.wire_name();
        let of = argument(&self.ty, "TYPE", private);
        let description = self.described(&of);
        let constraints = rules.constraints(private);
        let constraints = match rules.first_constraint() {
            Some(span) if !rules.fit(&self.ty) => {
                let located = located(private, span);
                quote_spanned!(span=> #located::fitting(#constraints, #of))
            }
            _ => constraints,
        };
        let default = self.default(&of, private);
        let example = rules
            .example
            .as_ref()
            .map(|example| self.value(&example.value, private));
        let example = option(example.as_ref(), private);
        let deprecated = option(rules.deprecated.as_ref(), private);
        quote! {
            #private::ParamSpec {
                of: #of,
                name: #name,
                description: #description,
                constraints: #constraints,
                default: #default,
                example: #example,
                deprecated: #deprecated
            }
        }
    }

    fn described(&self, of: &TokenStream) -> TokenStream {
        if self.description.is_empty() {
            quote!(#of.description())
        } else {
            self.description.to_token_stream()
        }
    }

    /// Writes what reports at the name that there is no description: whether the type has one is
    /// known to the compiler alone. A constant of its own, so that all such parameters are reported at
    /// once.
    pub(crate) fn check_described(&self, private: &TokenStream) -> Option<TokenStream> {
        if self.rules.flatten || !self.description.is_empty() {
            return None;
        }
        let (name, span) = (self.wire_name(), self.ident.span());
        let of = argument(&self.ty, "TYPE", private);
        let located = located(private, span);
        Some(quote_spanned!(span=> const _: () = #located::assert_described(#name, #of);))
    }

    /// Writes what makes the default. The compiler knows whether the type is one whose absence is
    /// sent as a value, and reports at the key if the default is of the other kind.
    fn default(&self, of: &TokenStream, private: &TokenStream) -> TokenStream {
        let (check, stated) = match (&self.rules.default, &self.rules.provider_default) {
            (Some(sent), _) => ("sent", sent),
            (None, Some(provided)) => ("provided", provided),
            (None, None) => return quote!(#private::None),
        };
        let span = stated.key.span();
        let (located, check) = (located(private, span), Ident::new(check, span));
        let value = self.value(&stated.value, private);
        quote_spanned!(span=> #located::#check(#of, #value))
    }

    fn value(&self, value: &Expr, private: &TokenStream) -> TokenStream {
        let converted = converted(value, private);
        let [of, json] = ["Value", "json"].map(|member| argument(&self.ty, member, private));
        quote_spanned!(value.span()=> || {
            let value: #of = #converted;
            #json(&value)
        })
    }
}

/// Reports each parameter that has the name of one before it. Those of flattened structs are known
/// to the compiler alone, which compares them all.
pub(crate) fn check_names(parameters: &[Parameter], errors: &mut Errors) {
    let mut names = Vec::new();
    for parameter in parameters {
        if parameter.rules.flatten {
            continue;
        }
        let name = parameter.wire_name();
        if names.contains(&name) {
            let message = format!("two parameters are named `{name}`; rename one of them");
            match &parameter.rules.rename {
                Some(rename) => errors.at(rename, message),
                None => errors.at(&parameter.ident, message),
            }
        }
        names.push(name);
    }
}
