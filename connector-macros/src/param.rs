//! `#[param(..)]`: the rules that stand on one parameter.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, Meta, Type, UnOp};

use crate::errors::Errors;
use crate::keys::{self, Bounds, Entry};
use crate::pattern;

/// The keys of a parameter or of a field of `#[derive(Params)]`.
pub(crate) const PARAM_KEYS: &[&str] = &[
    "default", "range", "length", "pattern", "format", "options", "rename", "example", "deprecated", "flatten",
];

const FORMATS: &[(&str, &str)] = &[
    ("date", "Date"),
    ("date-time", "DateTime"),
    ("email", "Email"),
    ("uri", "Uri"),
    ("uuid", "Uuid"),
    ("ipv4", "Ipv4"),
    ("ipv6", "Ipv6"),
];

/// What the attributes of one parameter say.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) rename: Option<LitStr>,
    pub(crate) rename_all: Option<LitStr>,
    pub(crate) flatten: bool,
    pub(crate) text: bool,
    default: Option<Expr>,
    example: Option<Expr>,
    deprecated: Option<LitStr>,
    constraints: Vec<Constraint>,
}

struct Constraint {
    key: Ident,
    code: Code,
}

enum Code {
    Range(Bounds),
    Length(Bounds),
    Pattern(LitStr),
    Format(&'static str),
    OneOf(Expr),
}

impl Rules {
    /// Reads all `#[param(..)]` among `attributes`.
    pub(crate) fn read(attributes: &[Attribute], allowed: &[&str], errors: &mut Errors) -> Self {
        let mut entries = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("param")) {
            match &attribute.meta {
                Meta::List(list) => {
                    let parsed = list.parse_args_with(|input: syn::parse::ParseStream<'_>| Ok(keys::entries(input, errors)));
                    entries.extend(parsed.unwrap_or_default());
                }
                other => errors.at(other, format!("write `#[param(..)]` with one or more of: {}", allowed.join(", "))),
            }
        }
        let mut rules = Self::default();
        for entry in keys::checked(&entries, "param", allowed, errors) {
            let read = rules.take(entry);
            errors.keep(read);
        }
        if let Some(name) = rules.rename.take() {
            // The variants of an enum are values, which may be any text.
            rules.rename = if allowed == PARAM_KEYS { errors.keep(wire_name(name)) } else { Some(name) };
        }
        rules.check_default(errors);
        if rules.flatten && entries.len() > 1 {
            errors.at(&entries[0], "`flatten` stands alone: the other rules belong on the fields of the struct");
        }
        rules
    }

    fn take(&mut self, entry: &Entry) -> syn::Result<()> {
        match entry.key.to_string().as_str() {
            "default" => self.default = Some(entry.expression("value")?),
            "example" => self.example = Some(entry.expression("value")?),
            "deprecated" => self.deprecated = Some(entry.text()?),
            "rename" => self.rename = Some(entry.text()?),
            "rename_all" => self.rename_all = Some(entry.text()?),
            "flatten" => {
                entry.flag()?;
                self.flatten = true;
            }
            "text" => {
                entry.flag()?;
                self.text = true;
            }
            "range" => {
                let bounds = bounds(entry)?;
                self.constrain(entry, Code::Range(bounds));
            }
            "length" => {
                let bounds = bounds(entry)?;
                let whole = |bound: Option<f64>| bound.is_none_or(|bound| bound.fract() == 0.0 && (0.0..4.0e9).contains(&bound));
                if !whole(bounds.min) || !whole(bounds.max) {
                    return Err(syn::Error::new_spanned(entry, "`length` takes whole numbers that are not negative"));
                }
                self.constrain(entry, Code::Length(bounds));
            }
            "pattern" => {
                let text = entry.text()?;
                if let Some(fault) = pattern::fault(&text.value()) {
                    return Err(syn::Error::new(text.span(), fault));
                }
                self.constrain(entry, Code::Pattern(text));
            }
            "format" => {
                let text = entry.text()?;
                let known = FORMATS.iter().find(|(name, _)| *name == text.value());
                let Some((_, variant)) = known else {
                    let names: Vec<_> = FORMATS.iter().map(|(name, _)| *name).collect();
                    return Err(syn::Error::new(text.span(), format!("unknown format; allowed: {}", names.join(", "))));
                };
                self.constrain(entry, Code::Format(variant));
            }
            "options" => {
                let path = entry.expression("PATH")?;
                if !matches!(path, Expr::Path(_)) {
                    return Err(syn::Error::new_spanned(
                        path,
                        "`options` takes the path of a constant list of texts, such as `const STATES: &[&str]`",
                    ));
                }
                self.constrain(entry, Code::OneOf(path));
            }
            _ => {}
        }
        Ok(())
    }

    fn constrain(&mut self, entry: &Entry, code: Code) {
        self.constraints.push(Constraint { key: entry.key.clone(), code });
    }

    /// Compares a literal default with literal rules.
    fn check_default(&self, errors: &mut Errors) {
        let Some(default) = &self.default else {
            return;
        };
        for constraint in &self.constraints {
            match (&constraint.code, literal(default)) {
                (Code::Range(bounds), Some(Literal::Number(number))) if !bounds.contain(number) => {
                    errors.at(default, "the default is outside of `range`");
                }
                (Code::Length(bounds), Some(Literal::Text(text))) => {
                    let length = u32::try_from(text.chars().count()).map_or(f64::INFINITY, f64::from);
                    if !bounds.contain(length) {
                        errors.at(default, "the length of the default is outside of `length`");
                    }
                }
                _ => {}
            }
        }
    }


    /// Tells whether a rule says which texts are allowed.
    pub(crate) fn says_which_texts(&self) -> bool {
        self.constraints
            .iter()
            .any(|constraint| matches!(constraint.code, Code::Pattern(_) | Code::Format(_) | Code::OneOf(_)))
    }

    /// Writes the list of constraints.
    pub(crate) fn constraints(&self, private: &TokenStream) -> TokenStream {
        let constraints = self.constraints.iter().map(|constraint| match &constraint.code {
            Code::Range(bounds) => {
                let (min, max, exclusive) = (number(bounds.min, private), number(bounds.max, private), bounds.exclusive);
                quote!(#private::Constraint::Range { min: #min, max: #max, exclusive: #exclusive })
            }
            Code::Length(bounds) => {
                // Lengths are whole, so a maximum that is left out is one less.
                let max = bounds.max.map(|max| if bounds.exclusive { max - 1.0 } else { max });
                let (min, max) = (length(bounds.min, private), length(max, private));
                quote!(#private::Constraint::Length { min: #min, max: #max })
            }
            Code::Pattern(text) => quote!(#private::Constraint::Pattern({
                fn pattern() -> &'static #private::Pattern {
                    static PATTERN: #private::Pattern = #private::Pattern::new(#text);
                    &PATTERN
                }
                pattern
            })),
            Code::Format(variant) => {
                let variant = Ident::new(variant, constraint.key.span());
                quote!(#private::Constraint::Format(#private::Format::#variant))
            }
            Code::OneOf(path) => quote!(#private::Constraint::OneOf(#path)),
        });
        quote!(&[#(#constraints),*])
    }

    /// Writes the checks, made while compiling, that each rule fits the type.
    pub(crate) fn kind_checks(&self, kind: &TokenStream, private: &TokenStream) -> TokenStream {
        self.constraints
            .iter()
            .map(|constraint| {
                let key = constraint.key.to_string();
                let span = constraint.key.span();
                match constraint.code {
                    Code::Range(_) => quote_spanned!(span=> const _: () = #private::require_number(#kind);),
                    Code::Length(_) => quote_spanned!(span=> const _: () = #private::require_length(#kind);),
                    Code::Pattern(_) | Code::Format(_) | Code::OneOf(_) => {
                        quote_spanned!(span=> const _: () = #private::require_text(#key, #kind);)
                    }
                }
            })
            .collect()
    }

    /// Writes the `ParamSpec`.
    pub(crate) fn spec(&self, name: &str, description: &str, ty: &Type, private: &TokenStream) -> TokenStream {
        let argument = quote_spanned!(ty.span()=> <#ty as #private::Argument>);
        let constraints = self.constraints(private);
        let value = |expression: &Expr| {
            let converted = converted(expression, private);
            quote_spanned!(expression.span()=> #private::Some({
                fn value() -> #private::Value {
                    let value: #argument::Value = #converted;
                    #private::json_of(&value)
                }
                value
            }))
        };
        let none = quote!(#private::None);
        let default = self.default.as_ref().map_or_else(|| none.clone(), value);
        let example = self.example.as_ref().map_or_else(|| none.clone(), value);
        let deprecated = self.deprecated.as_ref().map_or(none, |note| quote!(#private::Some(#note)));
        let has_default = self.default.is_some();
        quote! {
            #private::ParamSpec {
                name: #name,
                description: #description,
                required: !#argument::OPTIONAL && !#has_default,
                nullable: #argument::NULLABLE,
                kind: #private::kind_of::<#ty>(),
                schema: #private::schema_of::<#ty>,
                constraints: #constraints,
                default: #default,
                example: #example,
                deprecated: #deprecated,
            }
        }
    }

    /// Writes the expression that takes the parameter out of `decoder`.
    pub(crate) fn take_code(&self, decoder: &Ident, spec: &Ident, ty: &Type, private: &TokenStream) -> TokenStream {
        if self.flatten {
            return quote_spanned!(ty.span()=> #decoder.flatten::<#ty>());
        }
        match &self.default {
            None => quote_spanned!(ty.span()=> #decoder.take::<#ty>(&#spec)),
            Some(default) => {
                let value = converted(default, private);
                quote_spanned!(ty.span()=> #decoder.take_or_default::<#ty>(&#spec, || #value))
            }
        }
    }
}

/// A text stands for any type that is made from text.
fn converted(expression: &Expr, private: &TokenStream) -> TokenStream {
    match literal(expression) {
        Some(Literal::Text(_)) => quote_spanned!(expression.span()=> #private::From::from(#expression)),
        _ => quote!(#expression),
    }
}

fn bounds(entry: &Entry) -> syn::Result<Bounds> {
    let bounds = entry.bounds()?;
    if bounds.are_empty() {
        return Err(syn::Error::new_spanned(entry, "nothing is within these bounds"));
    }
    Ok(bounds)
}

fn wire_name(name: LitStr) -> syn::Result<LitStr> {
    let text = name.value();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    if text.is_empty() || !text.chars().all(plain) {
        return Err(syn::Error::new(name.span(), "a name has letters, digits, `_`, `-` and `.` only"));
    }
    Ok(name)
}

fn number(bound: Option<f64>, private: &TokenStream) -> TokenStream {
    bound.map_or_else(|| quote!(#private::None), |bound| quote!(#private::Some(#bound)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked when it was read")]
fn length(bound: Option<f64>, private: &TokenStream) -> TokenStream {
    bound.map(|bound| bound as u32).map_or_else(|| quote!(#private::None), |bound| quote!(#private::Some(#bound)))
}

enum Literal {
    Number(f64),
    Text(String),
}

fn literal(expression: &Expr) -> Option<Literal> {
    match expression {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(number) => number.base10_parse().ok().map(Literal::Number),
            Lit::Float(number) => number.base10_parse().ok().map(Literal::Number),
            Lit::Str(text) => Some(Literal::Text(text.value())),
            _ => None,
        },
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match literal(expr)? {
            Literal::Number(number) => Some(Literal::Number(-number)),
            Literal::Text(_) => None,
        },
        _ => None,
    }
}

/// Removes what only the macros understand from a list of attributes.
pub(crate) fn without_param(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|attribute| !attribute.path().is_ident("param") && !attribute.path().is_ident("doc"))
        .collect()
}
