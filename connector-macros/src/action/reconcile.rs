//! `reconcile(natural = find_created(repo, title))`: the function that finds a write whose answer was lost.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, Path, Token, parenthesized};

use crate::errors::{Errors, error};
use crate::keys::{Entry, EntryValue};
use crate::parameter::Parameter;
use crate::sdk::located;

/// What a function goes by, and the variants of `ReconcileBy`.
const WAYS: &[(&str, &str)] = &[("key", "Key"), ("natural", "Natural")];

/// The function that finds a lost write, with the parameters that it takes.
pub(super) struct Reconcile {
    variant: &'static str,
    function: Path,
    arguments: Vec<Ident>,
}

impl Parse for Reconcile {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let way: Ident = input.parse()?;
        let known = WAYS.iter().find(|(name, _)| way == name);
        let (_, variant) = known.ok_or_else(|| syn::Error::new(way.span(), "no way"))?;
        input.parse::<Token![=]>()?;
        let function = input.parse()?;
        let content;
        parenthesized!(content in input);
        let arguments =
            Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, Ident::parse_any)?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self {
            variant,
            function,
            arguments: arguments.into_iter().collect(),
        })
    }
}

impl Reconcile {
    pub(super) fn read(entry: &Entry) -> syn::Result<Self> {
        let read = match &entry.value {
            EntryValue::Parenthesized(_, content) => syn::parse2(content.clone()).ok(),
            _ => None,
        };
        read.ok_or_else(|| {
            error(
                entry,
                "`reconcile` takes a function and the parameters to pass to it: `reconcile(key = find_created(title))` or `reconcile(natural = find_created(title))`",
            )
        })
    }

    /// Reports arguments that are no parameters of the action, or stand twice.
    pub(super) fn check(&self, parameters: &[Parameter], errors: &mut Errors) {
        for (index, name) in self.arguments.iter().enumerate() {
            if self.arguments[..index].contains(name) {
                errors.at(name, format!("`{name}` is passed twice; remove one"));
            } else if place(name, parameters).is_none() {
                errors.at(name, crate::rule::no_parameter(name, parameters));
            }
        }
    }

    /// Writes the constant of `ActionFunction`. A function that does not fit is reported where it is
    /// named.
    pub(super) fn constant(
        &self,
        action: &Ident,
        parameters: &[Parameter],
        private: &TokenStream,
    ) -> TokenStream {
        let function = &self.function;
        let span = function.span();
        let here = located(private, span);
        let mut arguments = Vec::new();
        let mut taken = vec![None; parameters.len()];
        for name in &self.arguments {
            let Some(place) = place(name, parameters) else {
                continue;
            };
            taken[place] = Some(format_ident!("a{place}"));
            let at_name = Span::call_site().located_at(name.span());
            arguments.push(Ident::new(&format!("a{place}"), at_name));
        }
        let (mut types, mut patterns) = (quote!(()), quote!(()));
        for (parameter, taken) in parameters.iter().zip(&taken).rev() {
            let ty = &parameter.ty;
            let pattern = taken
                .as_ref()
                .map_or_else(|| quote!(_), ToTokens::to_token_stream);
            types = quote!((#ty, #types));
            patterns = quote!((#pattern, #patterns));
        }
        let variant = Ident::new(self.variant, Span::call_site());
        let [context, lost] =
            ["cx", "lost"].map(|name| Ident::new(name, Span::call_site().located_at(span)));
        let found = quote_spanned!(span=>
            #here::boxed_outcome::<#action>(async move {
                #here::outcome::<#action>(#function(#context, &#lost, #(#arguments),*).await)
            })
        );
        quote! {
            const RECONCILE: #private::Option<#private::Reconcile<Self::Arguments>> = {
                fn __find(cx: &#private::ActionContext, lost: #private::Lost, #patterns: #types) -> #private::BoxFuture<'_, #private::UntypedOutcome> {
                    #found
                }
                #private::Some(#private::Reconcile { by: #private::ReconcileBy::#variant, find: __find })
            };
        }
    }
}

fn place(name: &Ident, parameters: &[Parameter]) -> Option<usize> {
    parameters
        .iter()
        .position(|parameter| parameter.ident.unraw() == name.unraw())
}
