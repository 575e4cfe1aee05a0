//! The `key`, `key = value` and `key(..)` lists inside attributes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Ident, Lit, LitStr, Token, parenthesized};

use crate::errors::Errors;

/// One entry of an attribute.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Given,
}

/// What stands behind the key.
pub(crate) enum Given {
    Nothing,
    Assigned(Expr),
    Parenthesized(TokenStream),
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Given::Assigned(input.parse()?)
        } else if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            Given::Parenthesized(content.parse()?)
        } else {
            Given::Nothing
        };
        Ok(Self { key, value })
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let key = &self.key;
        tokens.extend(match &self.value {
            Given::Nothing => quote!(#key),
            Given::Assigned(value) => quote!(#key = #value),
            Given::Parenthesized(content) => quote!(#key(#content)),
        });
    }
}

impl Entry {
    /// Reports a value of the wrong form.
    fn wrong(&self, form: &str) -> Error {
        Error::new_spanned(self, format!("`{}` is written as {form}", self.key))
    }

    /// Reads `key` alone.
    pub(crate) fn flag(&self) -> syn::Result<()> {
        match self.value {
            Given::Nothing => Ok(()),
            _ => Err(self.wrong(&format!("`{}` alone", self.key))),
        }
    }

    /// Reads `key = "text"`.
    pub(crate) fn text(&self) -> syn::Result<LitStr> {
        match &self.value {
            Given::Assigned(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Ok(text.clone()),
            _ => Err(self.wrong(&format!("`{} = \"text\"`", self.key))),
        }
    }

    /// Reads `key = expression`.
    pub(crate) fn expression(&self, example: &str) -> syn::Result<Expr> {
        match &self.value {
            Given::Assigned(value) => Ok(value.clone()),
            _ => Err(self.wrong(&format!("`{} = {example}`", self.key))),
        }
    }

    /// Reads `key = ["text", ..]`.
    pub(crate) fn texts(&self) -> syn::Result<Vec<LitStr>> {
        let wrong = || self.wrong(&format!("`{} = [\"text\", ..]`", self.key));
        let Given::Assigned(Expr::Array(array)) = &self.value else {
            return Err(wrong());
        };
        array
            .elems
            .iter()
            .map(|element| match element {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
                _ => Err(wrong()),
            })
            .collect()
    }

    /// Reads `key(bounds)`, such as `range(1..=100)`.
    pub(crate) fn bounds(&self) -> syn::Result<Bounds> {
        let example = format!("`{0}(1..=100)`, `{0}(1..)` or `{0}(..=100)`, with numbers", self.key);
        let Given::Parenthesized(content) = &self.value else {
            return Err(self.wrong(&example));
        };
        syn::parse2::<Bounds>(content.clone()).map_err(|_| self.wrong(&example))
    }
}

/// Bounds of a number or of a length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    /// Whether the maximum itself is left out.
    pub(crate) exclusive: bool,
}

impl Parse for Bounds {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        let min = number(input)?;
        if min.is_some() && input.is_empty() {
            return Ok(Self { min, max: min, exclusive: false });
        }
        let exclusive = if input.peek(Token![..=]) {
            input.parse::<Token![..=]>()?;
            false
        } else {
            input.parse::<Token![..]>()?;
            true
        };
        let max = number(input)?;
        if !input.is_empty() || (min.is_none() && max.is_none()) {
            return Err(Error::new(span, "bounds"));
        }
        Ok(Self { min, max, exclusive: exclusive && max.is_some() })
    }
}

fn number(input: ParseStream<'_>) -> syn::Result<Option<f64>> {
    if input.is_empty() || input.peek(Token![..]) || input.peek(Token![..=]) {
        return Ok(None);
    }
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    let value: f64 = match input.parse()? {
        Lit::Int(literal) => literal.base10_parse()?,
        Lit::Float(literal) => literal.base10_parse()?,
        other => return Err(Error::new(other.span(), "a number")),
    };
    Ok(Some(if negative { -value } else { value }))
}

impl Bounds {
    /// Tells whether a number is within.
    pub(crate) fn contain(self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min)
            && self.max.is_none_or(|max| if self.exclusive { number < max } else { number <= max })
    }

    /// Tells whether nothing can be within.
    pub(crate) fn are_empty(self) -> bool {
        match (self.min, self.max) {
            (Some(min), Some(max)) if self.exclusive => min >= max,
            (Some(min), Some(max)) => min > max,
            _ => false,
        }
    }
}

/// Reads all entries of an attribute; one that can't be parsed ends the list.
pub(crate) fn entries(input: ParseStream<'_>, errors: &mut Errors) -> Vec<Entry> {
    let mut entries = Vec::new();
    while !input.is_empty() {
        match input.parse::<Entry>() {
            Ok(entry) => entries.push(entry),
            Err(error) => {
                errors.push(error);
                // The rest can't be told apart; it is taken so that no second error follows.
                drop(input.parse::<TokenStream>());
                return entries;
            }
        }
        if !input.is_empty()
            && let Err(error) = input.parse::<Token![,]>()
        {
            errors.push(error);
            drop(input.parse::<TokenStream>());
        }
    }
    entries
}

/// Reports each key that is not allowed or stands twice, and returns the others.
pub(crate) fn checked<'a>(entries: &'a [Entry], attribute: &str, allowed: &[&str], errors: &mut Errors) -> Vec<&'a Entry> {
    let mut kept: Vec<&Entry> = Vec::new();
    for entry in entries {
        let key = entry.key.to_string();
        if !allowed.contains(&key.as_str()) {
            errors.at(
                &entry.key,
                format!("unknown key `{key}` in `#[{attribute}]`; allowed here: {}", allowed.join(", ")),
            );
        } else if kept.iter().any(|other| other.key == key) {
            errors.at(&entry.key, format!("`{key}` is given twice in `#[{attribute}]`"));
        } else {
            kept.push(entry);
        }
    }
    kept
}

/// Returns the span of an entry's whole text.
pub(crate) fn span(entry: &Entry) -> Span {
    entry.span()
}
