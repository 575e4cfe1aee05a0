//! The `key`, `key = value` and `key(..)` lists inside attributes.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::token::Paren;
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
    Assigned(Token![=], Expr),
    Parenthesized(Paren, TokenStream),
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            let sign = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(Error::new(
                    key.span(),
                    format!("`{key}` has no value behind `=`"),
                ));
            }
            Given::Assigned(sign, input.parse()?)
        } else if input.peek(Paren) {
            let content;
            let paren = parenthesized!(content in input);
            Given::Parenthesized(paren, content.parse()?)
        } else {
            Given::Nothing
        };
        Ok(Self { key, value })
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.key.to_tokens(tokens);
        match &self.value {
            Given::Nothing => {}
            Given::Assigned(sign, value) => {
                sign.to_tokens(tokens);
                value.to_tokens(tokens);
            }
            // The author's parentheses, so that an error covers the entry and no more.
            Given::Parenthesized(paren, content) => {
                paren.surround(tokens, |tokens| content.to_tokens(tokens));
            }
        }
    }
}

impl Entry {
    /// Reports a value of the wrong form.
    fn wrong(&self, takes: &str) -> Error {
        Error::new_spanned(self, format!("`{}` takes {takes}", self.key))
    }

    /// Reads `key` alone.
    pub(crate) fn flag(&self) -> syn::Result<()> {
        match self.value {
            Given::Nothing => Ok(()),
            _ => Err(self.wrong(&format!("no value: write `{}` alone", self.key))),
        }
    }

    /// Reads `key = "text"`; `example` is such a text.
    pub(crate) fn text(&self, example: &str) -> syn::Result<LitStr> {
        match &self.value {
            Given::Assigned(
                _,
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }),
            ) => Ok(text.clone()),
            _ => Err(self.wrong(&format!("a text: `{} = \"{example}\"`", self.key))),
        }
    }

    /// Reads `key = expression`; `example` is such an expression, and `what` says what it is.
    pub(crate) fn expression(&self, what: &str, example: &str) -> syn::Result<Expr> {
        match &self.value {
            Given::Assigned(_, value) => Ok(value.clone()),
            _ => Err(self.wrong(&format!("{what}: `{} = {example}`", self.key))),
        }
    }

    /// Reads `key = ["text", ..]`; `example` is such a text.
    pub(crate) fn texts(&self, example: &str) -> syn::Result<Vec<LitStr>> {
        let takes = format!("a list of texts: `{} = [\"{example}\"]`", self.key);
        let Given::Assigned(_, Expr::Array(array)) = &self.value else {
            return Err(self.wrong(&takes));
        };
        array
            .elems
            .iter()
            .map(|element| match element {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Ok(text.clone()),
                other => Err(Error::new_spanned(
                    other,
                    format!("`{}` takes {takes}", self.key),
                )),
            })
            .collect()
    }

    /// Reads `key(bounds)`, such as `range(1..=100)`.
    pub(crate) fn bounds(&self) -> syn::Result<Bounds> {
        let wrong = || {
            self.wrong(&format!(
                "bounds that are numbers: `{0}(1..=100)`, `{0}(1..)` or `{0}(..=100)`",
                self.key
            ))
        };
        match &self.value {
            Given::Parenthesized(_, content) => syn::parse2(content.clone()).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
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
            return Ok(Self {
                min,
                max: min,
                exclusive: false,
            });
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
        Ok(Self {
            min,
            max,
            exclusive: exclusive && max.is_some(),
        })
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
            && self.max.is_none_or(|max| {
                if self.exclusive {
                    number < max
                } else {
                    number <= max
                }
            })
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

/// Reads all entries of an attribute; one that can't be parsed is reported and left out.
pub(crate) fn entries(input: ParseStream<'_>, allowed: &[&str], errors: &mut Errors) -> Vec<Entry> {
    let mut entries = Vec::new();
    while !input.is_empty() {
        if !input.peek(Ident::peek_any) {
            errors.push(input.error(format!(
                "expected a key; allowed here: {}",
                allowed.join(", ")
            )));
            skip_to_comma(input);
        } else if let Some(entry) = errors.keep(input.parse()) {
            entries.push(entry);
            if !input.is_empty() && !input.peek(Token![,]) {
                errors.push(input.error("expected `,` between two keys"));
                // What follows is a key whose comma was forgotten, or the rest of a value.
                if !input.peek(Ident::peek_any) {
                    skip_to_comma(input);
                }
            }
        } else {
            skip_to_comma(input);
        }
        // A missing comma is reported above.
        let _ = input.parse::<Option<Token![,]>>();
    }
    entries
}

/// Takes the rest of an entry that can't be read.
pub(crate) fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // Any token is a token tree, so this takes one each time.
        let _ = input.parse::<TokenTree>();
    }
}

/// Reports each key that is not allowed or stands twice, and returns the others.
pub(crate) fn checked<'a>(
    entries: &'a [Entry],
    attribute: &str,
    allowed: &[&str],
    errors: &mut Errors,
) -> Vec<&'a Entry> {
    let mut kept: Vec<&Entry> = Vec::new();
    for entry in entries {
        let key = entry.key.to_string();
        if !allowed.contains(&key.as_str()) {
            errors.at(
                &entry.key,
                format!(
                    "unknown key `{key}` in `#[{attribute}]`; allowed here: {}",
                    allowed.join(", ")
                ),
            );
        } else if kept.iter().any(|other| other.key == key) {
            errors.at(
                &entry.key,
                format!("`{key}` is given twice in `#[{attribute}]`; remove one"),
            );
        } else {
            kept.push(entry);
        }
    }
    kept
}
