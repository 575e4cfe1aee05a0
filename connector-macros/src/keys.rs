//! The `key`, `key = value` and `key(..)` lists inside attributes.

mod bounds;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Error, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Token, parenthesized};

pub(crate) use bounds::Bounds;

use crate::errors::{Errors, error};
use crate::rule::RULE_KEYS;

pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: EntryValue,
}

pub(crate) enum EntryValue {
    Absent,
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
                    format!("`{key}` has no value after `=`"),
                ));
            }
            EntryValue::Assigned(sign, input.parse()?)
        } else if input.peek(Paren) {
            let content;
            let paren = parenthesized!(content in input);
            EntryValue::Parenthesized(paren, content.parse()?)
        } else {
            EntryValue::Absent
        };
        Ok(Self { key, value })
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.key.to_tokens(tokens);
        match &self.value {
            EntryValue::Absent => {}
            EntryValue::Assigned(sign, value) => {
                sign.to_tokens(tokens);
                value.to_tokens(tokens);
            }
            // The author's parentheses, so that an error covers the entry and no more.
            EntryValue::Parenthesized(paren, content) => {
                paren.surround(tokens, |tokens| content.to_tokens(tokens));
            }
        }
    }
}

impl Entry {
    fn wrong(&self, takes: &str) -> Error {
        error(self, format!("`{}` takes {takes}", self.key))
    }

    /// Reads `key` alone.
    pub(crate) fn flag(&self) -> syn::Result<()> {
        match self.value {
            EntryValue::Absent => Ok(()),
            _ => Err(self.wrong(&format!("no value: write `{}` alone", self.key))),
        }
    }

    /// Reads `key = "text"`; `example` is such a text.
    pub(crate) fn text(&self, example: &str) -> syn::Result<LitStr> {
        match &self.value {
            EntryValue::Assigned(
                _,
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }),
            ) => Ok(text.clone()),
            _ => Err(self.wrong(&format!("a string: `{} = \"{example}\"`", self.key))),
        }
    }

    /// Reads `key = expression`; `example` is such an expression, and `what` says what it is.
    pub(crate) fn expression(&self, what: &str, example: &str) -> syn::Result<Expr> {
        match &self.value {
            EntryValue::Assigned(_, value) => Ok(value.clone()),
            _ => Err(self.wrong(&format!("{what}: `{} = {example}`", self.key))),
        }
    }

    pub(crate) fn word(&self, words: &[&str]) -> syn::Result<Ident> {
        if let EntryValue::Assigned(_, Expr::Path(path)) = &self.value
            && let Some(word) = path.path.get_ident()
            && words.iter().any(|known| word == known)
        {
            return Ok(word.clone());
        }
        let example = words.first().unwrap_or(&"word");
        let takes = format!("one of {}: `{} = {example}`", words.join(", "), self.key);
        Err(self.wrong(&takes))
    }

    /// Reads `key`, `key(optional)` or `key(name = value, ..)`: where parameters go, whether nothing
    /// goes there if none is given, and what goes there always.
    pub(crate) fn body(&self) -> syn::Result<(bool, Vec<Constant>)> {
        const TAKES: &str = "no value, `optional` or constants";
        match &self.value {
            EntryValue::Absent => return Ok((false, Vec::new())),
            EntryValue::Parenthesized(_, content) => {
                if content.to_string() == "optional" {
                    return Ok((true, Vec::new()));
                }
                if let Some(constants) = constants(content) {
                    return Ok((false, constants));
                }
            }
            EntryValue::Assigned(..) => {}
        }
        let key = &self.key;
        Err(self.wrong(&format!(
            "{TAKES}: `{key}`, `{key}(optional)` or `{key}(kind = \"file\")`"
        )))
    }

    /// Reads `key(name = value, ..)`; `example` is such a constant.
    pub(crate) fn constants(&self, example: &str) -> syn::Result<Vec<Constant>> {
        let constants = match &self.value {
            EntryValue::Parenthesized(_, content) => constants(content),
            _ => None,
        };
        constants.ok_or_else(|| self.wrong(&format!("constants: `{}({example})`", self.key)))
    }

    /// Reads `key = ["text", any("text", ..)]` or `key = any("text", ..)`: texts, each with those that
    /// stand for it as well.
    pub(crate) fn texts(&self) -> syn::Result<Vec<Vec<LitStr>>> {
        const TAKES: &str =
            "strings, or `any(..)` of several: `[\"repo\"]`, `any(\"repo\", \"public_repo\")`";
        let element = |element: &Expr| {
            alternatives(element)
                .ok_or_else(|| error(element, format!("`{}` takes {TAKES}", self.key)))
        };
        match &self.value {
            EntryValue::Assigned(_, Expr::Array(array)) => {
                array.elems.iter().map(element).collect()
            }
            EntryValue::Assigned(_, any @ Expr::Call(_)) => Ok(vec![element(any)?]),
            _ => Err(self.wrong(TAKES)),
        }
    }

    /// Reads `key = none` or `key = [0, 2]`: places in a list.
    pub(crate) fn places(&self) -> syn::Result<Vec<LitInt>> {
        const TAKES: &str = "`none`, or places in the connector's `.auth(..)`: `[0]`, `[1, 2]`";
        let place = |element: &Expr| match element {
            Expr::Lit(ExprLit {
                lit: Lit::Int(place),
                ..
            }) if place.suffix().is_empty() && place.base10_parse::<u16>().is_ok() => {
                Ok(place.clone())
            }
            other => Err(error(other, format!("`{}` takes {TAKES}", self.key))),
        };
        match &self.value {
            EntryValue::Assigned(_, Expr::Path(none)) if none.path.is_ident("none") => {
                Ok(Vec::new())
            }
            EntryValue::Assigned(_, Expr::Array(array)) if !array.elems.is_empty() => {
                array.elems.iter().map(place).collect()
            }
            _ => Err(self.wrong(TAKES)),
        }
    }

    /// Reads `key(one, other)`: two or more names.
    pub(crate) fn names(&self) -> syn::Result<Vec<Ident>> {
        let names = match &self.value {
            EntryValue::Parenthesized(_, content) => {
                let names = |input: ParseStream<'_>| {
                    Punctuated::<_, Token![,]>::parse_terminated_with(input, Ident::parse_any)
                };
                names.parse2(content.clone())
            }
            _ => Ok(Punctuated::new()),
        };
        match names {
            Ok(names) if names.len() > 1 => Ok(names.into_iter().collect()),
            _ => Err(self.wrong(&format!(
                "the names of two or more parameters: `{}(first, second)`",
                self.key
            ))),
        }
    }

    /// Reads `key(bounds)`, such as `range(1..=100)`.
    pub(crate) fn bounds(&self) -> syn::Result<Bounds> {
        let wrong = || {
            self.wrong(&format!(
                "numeric bounds: `{0}(1..=100)`, `{0}(1..)` or `{0}(..=100)`",
                self.key
            ))
        };
        match &self.value {
            EntryValue::Parenthesized(_, content) => {
                syn::parse2(content.clone()).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Constant {
    pub(crate) name: LitStr,
    pub(crate) value: Expr,
}

impl Parse for Constant {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = if input.peek(LitStr) {
            input.parse()?
        } else {
            let name = input.call(Ident::parse_any)?;
            LitStr::new(&name.unraw().to_string(), name.span())
        };
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        Ok(Self { name, value })
    }
}

fn constants(content: &TokenStream) -> Option<Vec<Constant>> {
    let constants = Punctuated::<Constant, Token![,]>::parse_terminated;
    let constants = constants.parse2(content.clone()).ok()?;
    (!constants.is_empty()).then(|| constants.into_iter().collect())
}

/// Returns the text, or those within `any(..)`.
fn alternatives(expression: &Expr) -> Option<Vec<LitStr>> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(vec![text.clone()]),
        Expr::Call(call) if call.func.to_token_stream().to_string() == "any" => {
            let texts: Option<Vec<_>> = call.args.iter().map(alternatives).collect();
            let texts = texts?.concat();
            (texts.len() > 1).then_some(texts)
        }
        _ => None,
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

/// Reports each key that is not allowed or stands twice, which only those of rules may, and returns the others.
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
        } else if !RULE_KEYS.contains(&key.as_str()) && kept.iter().any(|other| other.key == key) {
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

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    fn bounds(text: &str) -> Option<Bounds> {
        syn::parse_str(text).ok()
    }

    const fn between(min: Option<f64>, max: Option<f64>, exclusive: bool) -> Bounds {
        Bounds {
            min,
            max,
            exclusive,
        }
    }

    #[test]
    fn reads_bounds() {
        for (text, expected) in [
            ("1..=100", between(Some(1.0), Some(100.0), false)),
            ("1..100", between(Some(1.0), Some(100.0), true)),
            ("1..", between(Some(1.0), None, false)),
            ("..=100", between(None, Some(100.0), false)),
            ("..100", between(None, Some(100.0), true)),
            ("7", between(Some(7.0), Some(7.0), false)),
            ("-1.5..=0.5", between(Some(-1.5), Some(0.5), false)),
            ("-5..=-1", between(Some(-5.0), Some(-1.0), false)),
            ("1_000..", between(Some(1000.0), None, false)),
        ] {
            assert_eq!(bounds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_are_no_bounds() {
        for text in [
            "", "..", "..=", "1..=", "a..b", "1...2", "1..2..3", "\"1\"..", "1..100 5", "--1..",
            "1e999..",
        ] {
            assert_eq!(bounds(text), None, "{text}");
        }
    }

    #[test]
    fn tells_which_numbers_are_within() {
        let inclusive = between(Some(1.0), Some(3.0), false);
        assert!(inclusive.contain(1.0) && inclusive.contain(3.0) && !inclusive.contain(0.9));
        let exclusive = between(Some(1.0), Some(3.0), true);
        assert!(exclusive.contain(2.9) && !exclusive.contain(3.0));
        assert!(between(None, Some(3.0), false).contain(-1e9));
        assert!(between(Some(1.0), None, false).contain(1e9));
    }

    #[test]
    fn tells_bounds_with_nothing_within() {
        assert!(between(Some(2.0), Some(1.0), false).are_empty());
        assert!(between(Some(1.0), Some(1.0), true).are_empty());
        assert!(!between(Some(1.0), Some(1.0), false).are_empty());
        assert!(!between(Some(1.0), None, false).are_empty());
    }

    /// Reads a list and returns its keys, and what was wrong with it.
    fn read(text: &str) -> (Vec<String>, String) {
        let mut errors = Errors::default();
        let entries = (|input: ParseStream<'_>| Ok(entries(input, &["a", "b"], &mut errors)))
            .parse_str(text)
            .unwrap_or_default();
        let keys = checked(&entries, "param", &["a", "b"], &mut errors)
            .iter()
            .map(|entry| entry.key.to_string())
            .collect();
        (keys, errors.compile_errors().to_string())
    }

    #[test]
    fn goes_on_behind_an_entry_that_it_cannot_read() {
        for text in ["5, b", "a =, b", "a = = 5, b", ", b", "a 5 6, b", "a b"] {
            let (keys, errors) = read(text);
            assert!(keys.contains(&"b".to_owned()), "{text}");
            assert_eq!(
                errors.matches("compile_error").count(),
                1,
                "{text}: {errors}"
            );
        }
    }

    #[test]
    fn takes_a_list_with_and_without_a_comma_at_its_end() {
        for text in ["a, b", "a, b,", "a = 1, b(2),"] {
            assert_eq!(
                read(text),
                (vec!["a".to_owned(), "b".to_owned()], String::new())
            );
        }
        assert_eq!(read(""), (Vec::new(), String::new()));
    }
}
