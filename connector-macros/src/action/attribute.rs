//! What stands in `#[action(..)]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, LitStr, Token};

use crate::errors::Errors;
use crate::keys::{self, Entry};

const EFFECTS: &[(&str, &str)] = &[("read", "Read"), ("write", "Write"), ("destructive", "Destructive")];

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

const KEYS: &[&str] = &[
    "read", "write", "destructive", "idempotent", "title", "scopes", "deprecated", "get", "post", "put", "patch",
    "delete", "json", "form", "page",
];

/// The attribute, read and checked.
pub(super) struct Attribute {
    pub(super) name: LitStr,
    /// Variant of `Effect`.
    pub(super) effect: String,
    pub(super) request: Option<Request>,
    idempotent: bool,
    title: Option<LitStr>,
    scopes: Vec<LitStr>,
    deprecated: Option<LitStr>,
}

/// The request of a one-call action.
pub(super) struct Request {
    pub(super) method: Ident,
    pub(super) path: LitStr,
    pub(super) body: Option<Ident>,
    pub(super) page: Option<Expr>,
}

impl Attribute {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut attribute = Self {
            name: LitStr::new("broken.action", Span::call_site()),
            effect: "Read".to_owned(),
            request: None,
            idempotent: false,
            title: None,
            scopes: Vec::new(),
            deprecated: None,
        };
        let mut entries = Vec::new();
        let parsed = (|input: ParseStream<'_>| {
            match input.parse::<LitStr>() {
                Ok(name) => attribute.name = checked_name(name, errors),
                Err(error) => errors.push(syn::Error::new(
                    error.span(),
                    "an action starts with its name: `#[action(\"resource.verb\", read)]`",
                )),
            }
            if !input.is_empty() && input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            }
            entries = keys::entries(input, errors);
            Ok(())
        })
        .parse2(tokens);
        errors.keep(parsed);
        let kept = keys::checked(&entries, "action", KEYS, errors);
        attribute.take_effect(&kept, errors);
        attribute.take_request(&kept, errors);
        for entry in kept {
            let read = attribute.take(entry);
            errors.keep(read);
        }
        attribute
    }

    fn take(&mut self, entry: &Entry) -> syn::Result<()> {
        match entry.key.to_string().as_str() {
            "idempotent" => {
                entry.flag()?;
                self.idempotent = true;
            }
            "title" => self.title = Some(entry.text()?),
            "scopes" => self.scopes = entry.texts()?,
            "deprecated" => self.deprecated = Some(entry.text()?),
            _ => {}
        }
        Ok(())
    }

    fn take_effect(&mut self, entries: &[&Entry], errors: &mut Errors) {
        let mut given = None;
        for entry in entries {
            let Some((_, variant)) = EFFECTS.iter().find(|(key, _)| entry.key == key) else {
                continue;
            };
            errors.keep(entry.flag());
            if given.is_some() {
                errors.at(&entry.key, "an action has one effect: `read`, `write` or `destructive`");
            }
            given = Some(*variant);
        }
        match given {
            Some(variant) => variant.clone_into(&mut self.effect),
            None => errors.at(
                &self.name,
                "say what the action does to the world: `read`, `write` or `destructive` after its name",
            ),
        }
    }

    fn take_request(&mut self, entries: &[&Entry], errors: &mut Errors) {
        let mut body: Option<Ident> = None;
        let mut page = None;
        for entry in entries {
            if entry.key == "json" || entry.key == "form" {
                errors.keep(entry.flag());
                if body.is_some() {
                    errors.at(&entry.key, "a request has one body: `json` or `form`");
                }
                body = Some(entry.key.clone());
            }
            if entry.key == "page" {
                page = errors.keep(entry.expression("LinkHeader"));
            }
        }
        for entry in entries {
            if !METHODS.contains(&entry.key.to_string().as_str()) {
                continue;
            }
            let Some(path) = errors.keep(entry.text()) else {
                continue;
            };
            if self.request.is_some() {
                errors.at(&entry.key, "an action makes one request here; for several, write a body");
                continue;
            }
            let method = entry.key.clone();
            if let (Some(body), true) = (&body, method == "get" || method == "delete") {
                errors.at(body, format!("a `{method}` request has no body; its parameters go into the query"));
            }
            self.request = Some(Request { method, path, body: body.clone(), page: page.clone() });
        }
        if self.request.is_none() {
            for entry in entries.iter().filter(|entry| ["json", "form", "page"].iter().any(|key| entry.key == key)) {
                errors.push(syn::Error::new(
                    keys::span(entry),
                    format!("`{}` belongs to a one-call action: say its request, such as `get = \"/path\"`", entry.key),
                ));
            }
        }
    }

    /// Writes the builder calls for what is not the default.
    pub(super) fn settings(&self) -> TokenStream {
        let title = self.title.as_ref().map(|title| quote!(.title(#title)));
        let idempotent = self.idempotent.then(|| quote!(.idempotent()));
        let scopes = &self.scopes;
        let scopes = (!scopes.is_empty()).then(|| quote!(.scopes(&[#(#scopes),*])));
        let deprecated = self.deprecated.as_ref().map(|note| quote!(.deprecated(#note)));
        quote!(#title #idempotent #scopes #deprecated)
    }
}

fn checked_name(name: LitStr, errors: &mut Errors) -> LitStr {
    let text = name.value();
    let parts: Vec<_> = text.split('.').collect();
    let plain = |part: &&str| {
        part.starts_with(|letter: char| letter.is_ascii_lowercase())
            && part.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    };
    if parts.len() < 2 || !parts.iter().all(plain) {
        errors.at(
            &name,
            format!("action name `{text}` is not allowed: use `resource.verb` in lower-case letters, digits and `_`"),
        );
    }
    name
}
