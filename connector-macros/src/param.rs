//! `#[param(..)]`: the rules that stand on one parameter.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, GenericArgument, Ident, Lit, LitStr, Meta, PathArguments,
    PathSegment, Type, TypePath, UnOp,
};

use crate::errors::Errors;
use crate::keys::{self, Bounds, Entry};
use crate::pattern;
use crate::sdk::located;

/// The keys of a parameter or of a field of `#[derive(Params)]`.
pub(crate) const PARAM_KEYS: &[&str] = &[
    "default",
    "provider_default",
    "range",
    "length",
    "pattern",
    "format",
    "options",
    "rename",
    "example",
    "deprecated",
    "flatten",
    "send_as",
];

const FORMS: &[&str] = &["base64", "text", "digit", "body"];

const FORMATS: &[(&str, &str)] = &[
    ("date", "Date"),
    ("date-time", "DateTime"),
    ("email", "Email"),
    ("uri", "Uri"),
    ("uuid", "Uuid"),
    ("ipv4", "Ipv4"),
    ("ipv6", "Ipv6"),
];

#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) rename: Option<LitStr>,
    pub(crate) rename_all: Option<LitStr>,
    pub(crate) flatten: bool,
    /// How a one-call action sends it, if not as it is.
    pub(crate) send_as: Option<Ident>,
    pub(crate) text: bool,
    /// Whether a rule says which texts are allowed, though perhaps not in a form that can be read.
    pub(crate) says_which_texts: bool,
    pub(crate) default: Option<Stated>,
    pub(crate) provider_default: Option<Stated>,
    pub(crate) example: Option<Stated>,
    pub(crate) deprecated: Option<LitStr>,
    constraints: Vec<Constraint>,
}

pub(crate) struct Stated {
    pub(crate) key: Ident,
    pub(crate) value: Expr,
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
        let entries = entries(attributes, allowed, errors);
        let mut rules = Self::default();
        for entry in keys::checked(&entries, "param", allowed, errors) {
            let read = rules.take(entry);
            errors.keep(read);
        }
        if let Some(name) = rules.rename.take() {
            // The variants of an enum are values, which may be any text.
            rules.rename = if allowed == PARAM_KEYS {
                errors.keep(checked_name(name))
            } else {
                Some(name)
            };
        }
        let stated = [&rules.default, &rules.provider_default, &rules.example];
        for Stated { key, value } in stated.into_iter().flatten() {
            rules.check_value(key, value, errors);
        }
        if let (Some(_), Some(second), true) = (
            &rules.default,
            &rules.provider_default,
            allowed == PARAM_KEYS,
        ) {
            errors.at(
                &second.key,
                "a parameter has one default: `default` is sent, and `provider_default` says what the provider does if nothing is sent; remove one",
            );
        }
        if rules.flatten
            && let Some(other) = entries.iter().find(|entry| entry.key != "flatten")
        {
            errors.at(
                other,
                "`flatten` stands alone: other rules belong on the fields of the struct",
            );
        }
        rules
    }

    fn take(&mut self, entry: &Entry) -> syn::Result<()> {
        self.says_which_texts |= ["pattern", "format", "options"]
            .iter()
            .any(|key| entry.key == key);
        match entry.key.to_string().as_str() {
            "default" => self.default = Some(stated(entry)?),
            "provider_default" => self.provider_default = Some(stated(entry)?),
            "example" => self.example = Some(stated(entry)?),
            "deprecated" => self.deprecated = Some(entry.text("use labels")?),
            "rename" => self.rename = Some(entry.text("name")?),
            "rename_all" => self.rename_all = Some(entry.text("kebab-case")?),
            "flatten" => {
                self.flatten = true;
                entry.flag()?;
            }
            "send_as" => self.send_as = Some(entry.word(FORMS)?),
            "text" => {
                self.text = true;
                entry.flag()?;
            }
            "range" => {
                let bounds = bounds(entry)?;
                self.constrain(entry, Code::Range(bounds));
            }
            "length" => {
                let bounds = bounds(entry)?;
                let whole = |bound: Option<f64>| {
                    bound.is_none_or(|bound| bound.fract() == 0.0 && (0.0..4.0e9).contains(&bound))
                };
                if !whole(bounds.min) || !whole(bounds.max) {
                    return Err(syn::Error::new_spanned(
                        entry,
                        "`length` takes non-negative integers",
                    ));
                }
                self.constrain(entry, Code::Length(bounds));
            }
            "pattern" => {
                let text = entry.text("^[a-z]+$")?;
                if let Some(fault) = pattern::fault(&text.value()) {
                    return Err(syn::Error::new(text.span(), fault));
                }
                self.constrain(entry, Code::Pattern(text));
            }
            "format" => {
                let text = entry.text("date")?;
                let known = FORMATS.iter().find(|(name, _)| *name == text.value());
                let Some((_, variant)) = known else {
                    let names: Vec<_> = FORMATS.iter().map(|(name, _)| *name).collect();
                    return Err(syn::Error::new(
                        text.span(),
                        format!("unknown format; allowed: {}", names.join(", ")),
                    ));
                };
                self.constrain(entry, Code::Format(variant));
            }
            "options" => {
                let path = entry.expression("the path of a constant list of strings", "STATES")?;
                if !matches!(path, Expr::Path(_)) {
                    return Err(syn::Error::new_spanned(
                        path,
                        "`options` takes the path of a constant list of strings, such as `const STATES: &[&str]`",
                    ));
                }
                self.constrain(entry, Code::OneOf(path));
            }
            _ => {}
        }
        Ok(())
    }

    fn constrain(&mut self, entry: &Entry, code: Code) {
        self.constraints.push(Constraint {
            key: entry.key.clone(),
            code,
        });
    }

    fn check_value(&self, key: &Ident, value: &Expr, errors: &mut Errors) {
        for constraint in &self.constraints {
            match (&constraint.code, literal(value)) {
                (Code::Range(bounds), Some(Literal::Number(number))) if !bounds.contain(number) => {
                    errors.at(value, format!("`{key}` is outside of `range`"));
                }
                (Code::Length(bounds), Some(Literal::Text(text))) => {
                    let length =
                        u32::try_from(text.chars().count()).map_or(f64::INFINITY, f64::from);
                    if !bounds.contain(length) {
                        errors.at(
                            value,
                            format!("the length of `{key}` is outside of `length`"),
                        );
                    }
                }
                _ => {}
            }
        }
    }

    pub(crate) fn constraints(&self, private: &TokenStream) -> TokenStream {
        let constraints = self.constraints.iter().map(|constraint| match &constraint.code {
            Code::Range(bounds) => {
                let (min, max, exclusive) = (option(bounds.min.as_ref(), private), option(bounds.max.as_ref(), private), bounds.exclusive);
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

    /// Returns whether the rules apply to a type of a well-known name, so that the compiler need not
    /// look.
    pub(crate) fn fit(&self, ty: &Type) -> bool {
        let fits: fn(&Code) -> bool = match plain_name(ty).as_deref() {
            Some("String") => |code| !matches!(code, Code::Range(_)),
            Some("Vec" | "BTreeMap") => |code| matches!(code, Code::Length(_)),
            Some("u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "f64") => {
                |code| matches!(code, Code::Range(_))
            }
            _ => |_| false,
        };
        self.constraints
            .iter()
            .all(|constraint| fits(&constraint.code))
    }

    pub(crate) fn first_constraint(&self) -> Option<Span> {
        self.constraints
            .first()
            .map(|constraint| constraint.key.span())
    }

    /// Writes the check, made while compiling, that the rules on a type of its own fit it.
    pub(crate) fn fit_check(&self, kind: &TokenStream, private: &TokenStream) -> TokenStream {
        let Some(span) = self.first_constraint() else {
            return TokenStream::new();
        };
        let private = located(private, span);
        quote_spanned!(span=> const _: () = #private::Constraint::assert_fit(__CONSTRAINTS, #kind);)
    }
}

/// Writes `<ty as Argument>::member`, at the type: a type that is none is reported there.
pub(crate) fn argument(ty: &Type, member: &str, private: &TokenStream) -> TokenStream {
    of_trait(ty, "Argument", member, private)
}

pub(crate) fn flatten(ty: &Type, member: &str, private: &TokenStream) -> TokenStream {
    of_trait(ty, "Flatten", member, private)
}

/// Writes `<ty as Name>::member`, at the type.
pub(crate) fn of_trait(
    ty: &(impl ToTokens + Spanned),
    name: &str,
    member: &str,
    private: &TokenStream,
) -> TokenStream {
    let span = ty.span();
    let (private, name, member) = (
        located(private, span),
        Ident::new(name, span),
        Ident::new(member, span),
    );
    quote_spanned!(span=> <#ty as #private::#name>::#member)
}

/// A string literal is allowed for any type that is parsed from a string.
pub(crate) fn converted(expression: &Expr, private: &TokenStream) -> TokenStream {
    match literal(expression) {
        Some(Literal::Text(_)) => {
            let private = located(private, expression.span());
            quote_spanned!(expression.span()=> #private::FromLiteral::from_literal(#expression))
        }
        _ => quote!(#expression),
    }
}

pub(crate) fn option(value: Option<&impl ToTokens>, private: &TokenStream) -> TokenStream {
    value.map_or_else(
        || quote!(#private::None),
        |value| quote!(#private::Some(#value)),
    )
}

/// Returns the entries of all `#[param(..)]` among `attributes`.
pub(crate) fn entries(
    attributes: &[Attribute],
    allowed: &[&str],
    errors: &mut Errors,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("param"))
    {
        match &attribute.meta {
            Meta::List(list) => {
                let parsed = list.parse_args_with(|input: syn::parse::ParseStream<'_>| {
                    Ok(keys::entries(input, allowed, errors))
                });
                entries.extend(parsed.unwrap_or_default());
            }
            other => errors.at(
                other,
                format!(
                    "write `#[param(..)]` with one or more of: {}",
                    allowed.join(", ")
                ),
            ),
        }
    }
    entries
}

fn stated(entry: &Entry) -> syn::Result<Stated> {
    Ok(Stated {
        key: entry.key.clone(),
        value: entry.expression("a value", "30")?,
    })
}

fn bounds(entry: &Entry) -> syn::Result<Bounds> {
    let bounds = entry.bounds()?;
    if bounds.are_empty() {
        return Err(syn::Error::new_spanned(
            entry,
            "the range is empty; the lower bound comes first, as in `1..=100`",
        ));
    }
    Ok(bounds)
}

fn checked_name(name: LitStr) -> syn::Result<LitStr> {
    let text = name.value();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    if text.is_empty() || !text.chars().all(plain) {
        return Err(syn::Error::new(
            name.span(),
            "a name may have only letters, digits, `_`, `-` and `.`",
        ));
    }
    Ok(name)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked when it was read"
)]
fn length(bound: Option<f64>, private: &TokenStream) -> TokenStream {
    option(bound.map(|bound| bound as u32).as_ref(), private)
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
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match literal(expr)? {
            Literal::Number(number) => Some(Literal::Number(-number)),
            Literal::Text(_) => None,
        },
        _ => None,
    }
}

/// Returns the name of a type that is written as one, or of that within an `Option` or a `Patch`.
fn plain_name(ty: &Type) -> Option<String> {
    if let Some(inner) = content(ty, &["Option", "Patch"]) {
        return plain_name(inner);
    }
    segment(ty).map(|segment| segment.ident.to_string())
}

/// Returns the first type between the angle brackets of a type that is written with one of these names.
pub(crate) fn content<'a>(ty: &'a Type, names: &[&str]) -> Option<&'a Type> {
    let segment = segment(ty).filter(|segment| names.iter().any(|name| segment.ident == name))?;
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the one segment of a type that is a name without a path before it.
fn segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(TypePath {
            qself: None, path, ..
        }) if path.segments.len() == 1 => path.segments.first(),
        _ => None,
    }
}

pub(crate) fn borrow(tokens: TokenStream) -> Option<TokenTree> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Punct(punct) if punct.as_char() == '&' => Some(TokenTree::Punct(punct)),
        TokenTree::Group(group) => borrow(group.stream()),
        _ => None,
    })
}

pub(crate) fn without_param(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|attribute| {
            !attribute.path().is_ident("param") && !attribute.path().is_ident("doc")
        })
        .collect()
}
