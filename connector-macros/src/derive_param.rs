//! `#[derive(Param)]`: enums, newtypes and types made from text.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, Ident, LitStr, Type, parse_quote};

use crate::docs;
use crate::errors::Errors;
use crate::param::{Rules, Stated, converted, of_trait};

const TYPE_KEYS: &[&str] = &[
    "text",
    "range",
    "length",
    "pattern",
    "format",
    "options",
    "default",
    "provider_default",
    "example",
];
const ENUM_KEYS: &[&str] = &["rename_all"];
const VARIANT_KEYS: &[&str] = &["rename"];

pub(crate) fn expand(item: TokenStream, sdk: &TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    if !input.generics.params.is_empty() {
        errors.at(
            &input.generics,
            "parameters can't be generic: they need concrete types",
        );
    }
    let private = quote!(#sdk::__private);
    let mut kind = quote!(#private::Kind::String);
    let code = match &input.data {
        Data::Enum(data) => expand_enum(&input, data, &private, &mut errors),
        Data::Struct(data) => {
            let rules = Rules::read(&input.attrs, TYPE_KEYS, &mut errors);
            match &data.fields {
                _ if rules.text => {
                    if !rules.says_which_texts {
                        errors.at(
                            &input.ident,
                            "a type parsed from a string must say which strings it accepts: add `pattern`, `format` or `options` to `#[param(text)]`",
                        );
                    }
                    from_text(&input, &rules, &private)
                }
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                    kind = of_trait(&fields.unnamed[0].ty, "Param", "KIND", &private);
                    newtype(&input, &fields.unnamed[0].ty, &rules, &private)
                }
                _ => {
                    errors.at(
                        &input.ident,
                        "`Param` is for enums and newtypes; for a struct of several fields derive `Params`, for a type with `FromStr` and `Display` add `#[param(text, pattern = \"..\")]`",
                    );
                    TokenStream::new()
                }
            }
        }
        Data::Union(_) => {
            errors.at(&input.ident, "a union can't be a parameter");
            TokenStream::new()
        }
    };
    if errors.is_empty() {
        return code;
    }
    let errors = errors.compile_errors();
    if !input.generics.params.is_empty() {
        return errors;
    }
    let stand_in = stand_in(&input.ident, &kind, &private);
    quote!(#errors #stand_in)
}

/// Writes what keeps code that uses a broken type from failing a second time.
pub(crate) fn stand_in(name: &Ident, kind: &TokenStream, private: &TokenStream) -> TokenStream {
    quote! {
        impl #private::Param for #name {
            const KIND: #private::Kind = #kind;
            fn schema() -> #private::JsonObject {
                loop {}
            }
            fn decode(_: #private::Value, _: &mut #private::At<'_>) -> #private::Option<Self> {
                loop {}
            }
            fn encode(&self) -> #private::Value {
                loop {}
            }
        }
        impl #private::WireValue for #name {}
    }
}

fn expand_enum(
    input: &DeriveInput,
    data: &DataEnum,
    private: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let container = Rules::read(&input.attrs, ENUM_KEYS, errors);
    let case = match container.rename_all.as_ref() {
        None => Case::Snake,
        Some(name) => match Case::named(&name.value()) {
            Some(case) => case,
            None => {
                errors.at(name, "unknown case; allowed: snake_case, kebab-case, lowercase, UPPERCASE, SCREAMING_SNAKE_CASE, camelCase, PascalCase");
                Case::Snake
            }
        },
    };
    let mut idents = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut notes = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(
                variant,
                "a variant of a parameter can't have fields: it stands for a string",
            );
        }
        let rules = Rules::read(&variant.attrs, VARIANT_KEYS, errors);
        let name = rules.rename.as_ref().map_or_else(
            || case.apply(&variant.ident.unraw().to_string()),
            LitStr::value,
        );
        if names.contains(&name) {
            let message = format!("two variants are written `{name}`; rename one of them");
            match &rules.rename {
                Some(rename) => errors.at(rename, message),
                None => errors.at(&variant.ident, message),
            }
        }
        idents.push(&variant.ident);
        names.push(name);
        notes.push(docs::line(&variant.attrs));
    }
    if idents.is_empty() {
        errors.at(&input.ident, "an enum without variants has no values");
    }
    let name = &input.ident;
    let description = description(&input.attrs);
    quote! {
        const _: () = {
            const VALUES: &[(&str, &str)] = &[#((#names, #notes)),*];
            impl #private::Param for #name {
                const KIND: #private::Kind = #private::Kind::String;
                #description
                fn schema() -> #private::JsonObject {
                    #private::enum_schema(VALUES)
                }
                fn decode(value: #private::Value, at: &mut #private::At<'_>) -> #private::Option<Self> {
                    match value.as_str() {
                        #(#private::Some(#names) => #private::Some(Self::#idents),)*
                        _ => #private::unknown_variant(&value, VALUES, at),
                    }
                }
                fn encode(&self) -> #private::Value {
                    #private::From::from(match self {
                        #(Self::#idents => #names,)*
                    })
                }
            }
            impl #private::WireValue for #name {}
        };
    }
}

/// Writes what parameters without a doc comment of their own are described by.
pub(crate) fn description(attributes: &[Attribute]) -> Option<TokenStream> {
    let description = docs::summary(attributes);
    (!description.is_empty()).then(|| quote!(const DESCRIPTION: &'static str = #description;))
}

fn values(inner: &Type, rules: &Rules, private: &TokenStream) -> TokenStream {
    let values = [&rules.default, &rules.provider_default, &rules.example];
    values
        .into_iter()
        .flatten()
        .map(|Stated { key, value }| {
            let name = Ident::new(&key.to_string().to_uppercase(), value.span());
            let converted = converted(value, private);
            let encode = of_trait(inner, "Param", "encode", private);
            quote_spanned! {value.span()=>
                const #name: #private::Option<fn() -> #private::Value> = #private::Some(|| {
                    let value: #inner = #converted;
                    #encode(&value)
                });
            }
        })
        .collect()
}

fn newtype(input: &DeriveInput, inner: &Type, rules: &Rules, private: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let stated = values(inner, rules, private);
    let description = description(&input.attrs);
    let constraints = rules.constraints(private);
    let [kind, depth, schema, decode, encode] = [
        "KIND",
        "DEPTH_IF_NOT_RECURSIVE",
        "schema",
        "decode_within",
        "encode",
    ]
    .map(|member| of_trait(inner, "Param", member, private));
    let checks = rules.fit_check(&kind, private);
    quote! {
        const _: () = {
            const __CONSTRAINTS: &[#private::Constraint] = #constraints;
            #checks
            impl #private::Param for #name {
                const KIND: #private::Kind = #kind;
                const DEPTH_IF_NOT_RECURSIVE: usize = #depth;
                #description
                #stated
                fn schema() -> #private::JsonObject {
                    #private::constrained_schema(#schema(), __CONSTRAINTS)
                }
                fn decode(value: #private::Value, at: &mut #private::At<'_>) -> #private::Option<Self> {
                    #decode(value, __CONSTRAINTS, at).map(Self)
                }
                fn encode(&self) -> #private::Value {
                    #encode(&self.0)
                }
            }
            impl #private::WireValue for #name where for<'a> #private::WireFields<'a, #inner>: #private::WireValue {}
        };
    }
}

fn from_text(input: &DeriveInput, rules: &Rules, private: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let stated = values(&parse_quote!(#private::String), rules, private);
    let description = description(&input.attrs);
    let constraints = rules.constraints(private);
    let checks = rules.fit_check(&quote!(#private::Kind::String), private);
    let [decode, encode] =
        ["decode_text", "encode_text"].map(|member| of_trait(name, "Text", member, private));
    quote! {
        const _: () = {
            const __CONSTRAINTS: &[#private::Constraint] = #constraints;
            #checks
            impl #private::Param for #name {
                const KIND: #private::Kind = #private::Kind::String;
                #description
                #stated
                fn schema() -> #private::JsonObject {
                    #private::constrained_schema(<#private::String as #private::Param>::schema(), __CONSTRAINTS)
                }
                fn decode(value: #private::Value, at: &mut #private::At<'_>) -> #private::Option<Self> {
                    #decode(value, __CONSTRAINTS, at)
                }
                fn encode(&self) -> #private::Value {
                    #encode(self)
                }
            }
            impl #private::WireValue for #name {}
        };
    }
}

#[derive(Clone, Copy)]
enum Case {
    Snake,
    Kebab,
    Lower,
    Upper,
    ScreamingSnake,
    Camel,
    Pascal,
}

impl Case {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "snake_case" => Self::Snake,
            "kebab-case" => Self::Kebab,
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "camelCase" => Self::Camel,
            "PascalCase" => Self::Pascal,
            _ => return None,
        })
    }

    fn apply(self, variant: &str) -> String {
        let mut snake = String::new();
        for letter in variant.chars() {
            if letter.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
        }
        match self {
            Self::Snake => snake,
            Self::Kebab => snake.replace('_', "-"),
            Self::Lower => variant.to_lowercase(),
            Self::Upper => variant.to_uppercase(),
            Self::ScreamingSnake => snake.to_uppercase(),
            Self::Pascal => variant.to_owned(),
            Self::Camel => {
                let mut letters = variant.chars();
                letters
                    .next()
                    .map(|first| first.to_lowercase().chain(letters).collect())
                    .unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests;
