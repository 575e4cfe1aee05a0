//! `path!("/repos/{owner}", owner = ..)`: request paths.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, LitStr, Token};

use crate::errors::Errors;

/// A piece of a path template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(String),
    Segment(String),
    Segments(String),
}

impl Piece {
    /// Returns the name of the placeholder, if it is one.
    pub(crate) fn placeholder(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Segment(name) | Self::Segments(name) => Some(name),
        }
    }
}

/// Takes a template apart.
pub(crate) fn pieces(template: &LitStr) -> syn::Result<Vec<Piece>> {
    let text = template.value();
    let fail = |message: &str| Err(Error::new(template.span(), message));
    if !text.starts_with('/') {
        return fail("a path must start with `/`; it is relative to the connector's base URL");
    }
    if text.contains(['?', '#']) {
        return fail(
            "a path can't have a query or fragment; add query parameters with `.query(name, value)`",
        );
    }
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return fail("`{` without `}`; a placeholder is written `{name}`");
        };
        if !before.is_empty() {
            pieces.push(Piece::Literal(before.to_owned()));
        }
        let (name, several) = name
            .strip_prefix('+')
            .map_or((name, false), |name| (name, true));
        if name.starts_with("r#") || syn::parse_str::<Ident>(&format!("r#{name}")).is_err() {
            return fail(&format!(
                "`{{{name}}}` is not a placeholder; write a name such as `{{owner}}`"
            ));
        }
        pieces.push(if several {
            Piece::Segments(name.to_owned())
        } else {
            Piece::Segment(name.to_owned())
        });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    Ok(pieces)
}

struct Input {
    template: LitStr,
    values: Vec<(Ident, Expr)>,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let template = input.parse().map_err(|error: Error| {
            Error::new(
                error.span(),
                "a path is a string literal with placeholders: `path!(\"/repos/{owner}\", owner = repo.owner)`",
            )
        })?;
        let mut values = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let name = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            values.push((name, input.parse()?));
        }
        Ok(Self { template, values })
    }
}

pub(crate) fn expand(input: TokenStream, sdk: &TokenStream) -> TokenStream {
    let input: Input = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let pieces = match pieces(&input.template) {
        Ok(pieces) => pieces,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    for (name, _) in &input.values {
        if !pieces.iter().any(|piece| {
            piece
                .placeholder()
                .is_some_and(|placeholder| name == placeholder)
        }) {
            errors.at(name, format!("the path has no placeholder `{{{name}}}`"));
        }
    }
    if !errors.is_empty() {
        return errors.compile_errors();
    }
    build(&input.template, &pieces, sdk, |name| {
        input
            .values
            .iter()
            .find(|(given, _)| given == name)
            .map_or_else(
                || variable(name, input.template.span()).into_token_stream(),
                |(_, value)| quote!(#value),
            )
    })
}

/// Returns the variable that a placeholder stands for; a keyword stands for the raw one.
pub(crate) fn variable(name: &str, span: Span) -> Ident {
    let plain = syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str(&format!("r#{name}")));
    // Placeholders are checked when the template is taken apart.
    let mut variable = plain.unwrap_or_else(|_| Ident::new("placeholder", span));
    variable.set_span(span);
    variable
}

/// Writes the code that makes the path; `value` gives the expression for a placeholder.
pub(crate) fn build(
    template: &LitStr,
    pieces: &[Piece],
    sdk: &TokenStream,
    value: impl Fn(&str) -> TokenStream,
) -> TokenStream {
    let pieces = pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => quote!(#sdk::__private::Piece::Literal(#text)),
        Piece::Segment(name) => {
            let value = value(name);
            quote!(#sdk::__private::Piece::Segment(#name, &(#value)))
        }
        Piece::Segments(name) => {
            let value = value(name);
            quote!(#sdk::__private::Piece::Segments(#name, &(#value)))
        }
    });
    // A statement of its own drops the borrowed values, so that no future has to hold them.
    quote_spanned!(template.span()=> {
        let path = #sdk::__private::Path::from_pieces(&[#(#pieces),*]);
        path
    })
}
