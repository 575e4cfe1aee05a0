//! `path!("/repos/{owner}", owner = ..)`: request paths.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Error, Expr, Ident, LitStr, Token};

use crate::errors::Errors;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(String),
    Segment(String),
    Segments(String),
    OptionalSegment(String),
    OptionalSegments(String),
}

impl Piece {
    pub(crate) fn placeholder(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Segment(name)
            | Self::Segments(name)
            | Self::OptionalSegment(name)
            | Self::OptionalSegments(name) => Some(name),
        }
    }

    fn is_optional(&self) -> bool {
        matches!(self, Self::OptionalSegment(_) | Self::OptionalSegments(_))
    }
}

pub(crate) fn pieces(template: &LitStr) -> syn::Result<Vec<Piece>> {
    let text = template.value();
    let fail = |message: &str| Err(Error::new(template.span(), message));
    if !text.starts_with('/') {
        return fail("a path must start with `/`; it is relative to the connector's base URL");
    }
    if text.contains(['?', '#']) {
        return fail(
            "a path can't have a query or fragment; add query parameters with `.query(name, value)`, or with `query(name = value)` in the attribute",
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
        let piece = match placeholder(name) {
            Ok(piece) => piece,
            Err(message) => return fail(&message),
        };
        if piece.is_optional() && !after.is_empty() {
            return fail(&format!(
                "`{{{name}}}` may be left out, so it must be the last part"
            ));
        }
        if piece.is_optional() && before.ends_with('/') {
            return fail(&format!(
                "`{{{name}}}` brings its own slash; remove the one before it"
            ));
        }
        pieces.push(piece);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    Ok(pieces)
}

fn placeholder(text: &str) -> Result<Piece, String> {
    let is_name = |name: &str| {
        !name.starts_with("r#") && syn::parse_str::<Ident>(&format!("r#{name}")).is_ok()
    };
    let (rest, optional) = text
        .strip_prefix('/')
        .map_or((text, false), |rest| (rest, true));
    let (name, several) = rest
        .strip_prefix('+')
        .map_or((rest, false), |name| (name, true));
    if is_name(name) {
        let piece = match (optional, several) {
            (false, false) => Piece::Segment,
            (false, true) => Piece::Segments,
            (true, false) => Piece::OptionalSegment,
            (true, true) => Piece::OptionalSegments,
        };
        return Ok(piece(name.to_owned()));
    }
    // As other templates write what is meant.
    let meant = name.trim_matches(['*', '?', '.', '+', '/']);
    let advice = if !is_name(meant) {
        "write a name such as `{owner}`".to_owned()
    } else if name.contains('?') {
        format!("a last part that may be left out is `{{/{meant}}}`")
    } else {
        format!("several segments are `{{+{meant}}}`")
    };
    Err(format!("`{{{text}}}` is not a placeholder; {advice}"))
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
    let pieces = pieces.iter().map(|piece| {
        let (variant, name) = match piece {
            Piece::Literal(text) => return quote!(#sdk::__private::Piece::Literal(#text)),
            Piece::Segment(name) => (quote!(Segment), name),
            Piece::Segments(name) => (quote!(Segments), name),
            Piece::OptionalSegment(name) => (quote!(OptionalSegment), name),
            Piece::OptionalSegments(name) => (quote!(OptionalSegments), name),
        };
        let value = value(name);
        // A value that can't stand in a path is reported there.
        let value = quote_spanned!(value.span()=> &(#value));
        quote!(#sdk::__private::Piece::#variant(#name, #value))
    });
    // A statement of its own drops the borrowed values, so that no future has to hold them.
    quote_spanned!(template.span()=> {
        let path = #sdk::__private::Path::from_pieces(&[#(#pieces),*]);
        path
    })
}
