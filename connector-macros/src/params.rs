//! `params![title, body]`: parameters of a request under their names.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Ident, LitStr, Token};

use crate::errors::Errors;

struct Item {
    name: LitStr,
    value: TokenStream,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (name, variable) = if input.peek(LitStr) {
            (input.parse::<LitStr>()?, None)
        } else {
            let variable = input.call(Ident::parse_any).map_err(|error| {
                Error::new(
                    error.span(),
                    "parameters are named by their variables: `params![title, q = query, \"per-page\" = size]`",
                )
            })?;
            let name = LitStr::new(&variable.unraw().to_string(), variable.span());
            (name, Some(variable))
        };
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            input.parse::<Expr>()?.into_token_stream()
        } else if let Some(variable) = variable {
            variable.into_token_stream()
        } else {
            return Err(Error::new(
                name.span(),
                format!("say what is sent as `{0}`: `\"{0}\" = value`", name.value()),
            ));
        };
        Ok(Self { name, value })
    }
}

pub(crate) fn expand(input: TokenStream, sdk: &TokenStream) -> TokenStream {
    let items = match Punctuated::<Item, Token![,]>::parse_terminated.parse2(input) {
        Ok(items) => items,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let mut names = Vec::new();
    for Item { name, .. } in &items {
        if names.contains(&name.value()) {
            errors.at(
                name,
                format!("`{}` is given twice; remove one", name.value()),
            );
        }
        names.push(name.value());
    }
    if !errors.is_empty() {
        return errors.compile_errors();
    }
    let pairs = items.iter().map(
        |Item { name, value }| quote_spanned!(name.span()=> (#name, &(#value) as &dyn #sdk::http::RequestValue)),
    );
    // A statement of its own drops the borrowed values, so that no future has to hold them.
    quote!({
        let params = #sdk::http::ParamValues::new(&[#(#pairs),*]);
        params
    })
}

/// Writes `"per-page" = size` where a `params![..]` in a function's body names the argument `size`
/// that callers know as `per-page`. Nothing else of the body is read.
pub(crate) fn renamed(body: TokenStream, renames: &[(&Ident, &LitStr)]) -> TokenStream {
    let mut before = [None, None];
    body.into_iter()
        .map(|token| {
            let token = match token {
                TokenTree::Group(group) => {
                    let content = if is_params(&before) {
                        renamed_items(group.stream(), renames)
                    } else {
                        group.stream()
                    };
                    same_group(&group, renamed(content, renames))
                }
                other => other,
            };
            let [_, last] = std::mem::take(&mut before);
            before = [last, Some(token.clone())];
            token
        })
        .collect()
}

fn is_params(before: &[Option<TokenTree>; 2]) -> bool {
    matches!(
        before,
        [Some(TokenTree::Ident(name)), Some(TokenTree::Punct(sign))]
            if name == "params" && sign.as_char() == '!'
    )
}

fn same_group(group: &Group, content: TokenStream) -> TokenTree {
    let mut same = Group::new(group.delimiter(), content);
    same.set_span(group.span());
    same.into()
}

fn renamed_items(items: TokenStream, renames: &[(&Ident, &LitStr)]) -> TokenStream {
    let mut tokens = items.into_iter().peekable();
    let mut written = TokenStream::new();
    let mut at_start = true;
    while let Some(token) = tokens.next() {
        let stands_alone = at_start && tokens.peek().is_none_or(is_comma);
        if let (true, TokenTree::Ident(variable)) = (stands_alone, &token)
            && let Some((_, name)) = renames.iter().find(|(argument, _)| *argument == variable)
        {
            written.extend(quote!(#name = #variable));
        } else {
            token.to_tokens(&mut written);
        }
        at_start = is_comma(&token);
    }
    written
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',')
}

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;
    use crate::golden::{pretty, sdk};

    #[test]
    fn expands_names_and_expressions() {
        let input = quote!(title, r#type, q = query.trim(), "per-page" = size,);
        let code = expand(input, &sdk());
        insta::assert_snapshot!(pretty(quote!(fn given() -> ParamValues #code)));
    }

    #[test]
    fn a_body_keeps_all_but_the_names_of_renamed_arguments() {
        let name = LitStr::new("per-page", proc_macro2::Span::call_site());
        let size = format_ident!("size");
        for (body, expected) in [
            (
                quote!(x.query_params(params![size, sort])),
                quote!(x.query_params(params!["per-page" = size, sort])),
            ),
            (
                quote!(if a { sdk::params!(sort, size) } else { b }),
                quote!(if a {
                    sdk::params!(sort, "per-page" = size)
                } else {
                    b
                }),
            ),
            (
                quote!(params![q = size, size = other, n = f(size)]),
                quote!(params![q = size, size = other, n = f(size)]),
            ),
            (
                quote!(vec![size] no Rust (params)),
                quote!(vec![size] no Rust (params)),
            ),
        ] {
            let written = renamed(body, &[(&size, &name)]);
            assert_eq!(written.to_string(), expected.to_string());
        }
    }
}
