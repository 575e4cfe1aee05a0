//! Where the SDK is, seen from the author's crate.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// Returns the path of the SDK, also when the author renamed it in `Cargo.toml`.
pub(crate) fn path() -> TokenStream {
    match crate_name("plugwright-sdk") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            quote!(::#name)
        }
        // Inside the SDK itself, and where no manifest can be read.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::plugwright_sdk),
    }
}
