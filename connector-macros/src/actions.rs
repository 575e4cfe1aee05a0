//! `actions![..]`: a list of definitions from a list of functions.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Path, Token};

pub(crate) fn expand(input: TokenStream, sdk: &TokenStream) -> TokenStream {
    let paths = match Punctuated::<Path, Token![,]>::parse_terminated.parse2(input) {
        Ok(paths) => paths,
        Err(error) => {
            let message =
                "actions are listed by the paths of their functions: `actions![issues::list]`";
            return Error::new(error.span(), message).to_compile_error();
        }
    };
    let definitions = paths.iter().map(
        |path| quote_spanned!(path.span()=> <#path as #sdk::__private::ActionFunction>::DEFINITION),
    );
    quote!(&[#(#definitions),*])
}
