//! Where the SDK is, seen from the author's crate.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::Ident;

/// Returns the path of the SDK, also when the author renamed it in `Cargo.toml`.
pub(crate) fn path() -> TokenStream {
    match crate_name("plugwright-sdk") {
        Ok(FoundCrate::Name(name)) => {
            let name: Ident = syn::parse_str(&name)
                .unwrap_or_else(|_| Ident::new("plugwright_sdk", Span::call_site()));
            quote!(::#name)
        }
        // Inside the SDK itself, and where no manifest can be read.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::plugwright_sdk),
    }
}

/// Gives tokens the place of what they follow from, so that errors are shown there.
pub(crate) fn located(tokens: &TokenStream, span: Span) -> TokenStream {
    let place = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.clone().into_iter().map(place).collect()
}
