//! Shared code of the tests of expansions.

use proc_macro2::TokenStream;
use quote::quote;

/// The SDK as an author's crate sees it.
pub(crate) fn sdk() -> TokenStream {
    quote!(::plugwright_sdk)
}

/// Writes generated code as a person would.
pub(crate) fn pretty(code: TokenStream) -> String {
    let text = code.to_string();
    syn::parse2(code).map_or(text, |file| prettyplease::unparse(&file))
}
