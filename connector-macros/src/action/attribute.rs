//! The arguments of `#[action(..)]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::token::Paren;
use syn::{Expr, Ident, LitInt, LitStr, Token};

use crate::errors::Errors;
use crate::keys::{self, Constant, Entry, EntryValue};
use crate::param::option;
use crate::rule::RULE_KEYS;

use super::reconcile::Reconcile;

const EFFECTS: &[(&str, &str)] = &[
    ("read", "Read"),
    ("write", "Write"),
    ("destructive", "Destructive"),
];

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

const KEYS: &[&str] = &[
    "read",
    "write",
    "destructive",
    "idempotent",
    "title",
    "scopes",
    "auth",
    "deprecated",
    "reconcile",
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "json",
    "form",
    "query",
    "page",
    "exactly_one",
    "at_most_one",
    "all_or_none",
    "requires",
];

const OF_REQUESTS: &[&str] = &["json", "form", "query", "page"];

pub(super) struct Attribute {
    /// None for an action that is named after its module and function.
    pub(super) name: Option<LitStr>,
    /// Variant of `Effect`.
    pub(super) effect: String,
    /// What is read once the parameters are known.
    pub(super) rules: Vec<Entry>,
    pub(super) request: Option<Request>,
    /// Whether a request is asked for, though perhaps not in a form that can be read.
    pub(super) names_request: bool,
    pub(super) reconcile: Option<Reconcile>,
    idempotent: bool,
    title: Option<LitStr>,
    /// All of these, of each any one.
    scopes: Vec<Vec<LitStr>>,
    /// Places of auth schemes; none for all of them.
    pub(super) auth: Option<Vec<LitInt>>,
    deprecated: Option<LitStr>,
}

pub(super) struct Request {
    pub(super) method: Ident,
    pub(super) path: LitStr,
    pub(super) body: Option<Ident>,
    /// What every body has, beside the parameters.
    pub(super) fields: Vec<Constant>,
    /// What every query has.
    pub(super) query: Vec<Constant>,
    /// Whether there is no body if none of its parameters is given.
    pub(super) is_optional: bool,
    pub(super) page: Option<Expr>,
}

impl Attribute {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut attribute = Self {
            name: None,
            effect: "Read".to_owned(),
            rules: Vec::new(),
            request: None,
            names_request: false,
            reconcile: None,
            idempotent: false,
            title: None,
            scopes: Vec::new(),
            auth: None,
            deprecated: None,
        };
        let mut entries = Vec::new();
        let mut starts_well = true;
        let parsed = (|input: ParseStream<'_>| {
            if let Ok(name) = input.parse::<LitStr>() {
                attribute.name = Some(checked_name(name, errors));
                input.parse::<Option<Token![,]>>()?;
            } else if !input.is_empty() && !starts_with_entry(input) {
                starts_well = false;
                errors.push(syn::Error::new(input.span(), "`#[action]` starts with the effect, or with a name of its own: `#[action(read)]` or `#[action(\"resource.verb\", read)]`"));
                keys::skip_to_comma(input);
                input.parse::<Option<Token![,]>>()?;
            }
            entries = keys::entries(input, KEYS, errors);
            Ok(())
        })
        .parse2(tokens);
        errors.keep(parsed);
        let kept = keys::checked(&entries, "action", KEYS, errors);
        let has_effect = attribute.take_effect(&kept, errors);
        if !has_effect && starts_well && !entries.iter().any(may_be_an_effect) {
            let message = "state the action's effect: `read`, `write` or `destructive`";
            match &attribute.name {
                Some(name) => errors.at(name, message),
                None => errors.push(syn::Error::new(Span::call_site(), message)),
            }
        }
        attribute.take_request(&kept, errors);
        for entry in &kept {
            let read = attribute.take(entry);
            errors.keep(read);
        }
        let can_be_repeated = attribute.effect == "Read" || attribute.idempotent;
        for entry in kept {
            if entry.key == "reconcile" && has_effect && can_be_repeated {
                errors.at(
                    entry,
                    "`reconcile` is for writes that are not idempotent; this action can be repeated",
                );
            }
        }
        entries.retain(|entry| RULE_KEYS.iter().any(|key| entry.key == key));
        attribute.rules = entries;
        attribute
    }

    fn take(&mut self, entry: &Entry) -> syn::Result<()> {
        match entry.key.to_string().as_str() {
            "idempotent" => {
                entry.flag()?;
                self.idempotent = true;
            }
            "title" => self.title = Some(entry.text("List issues")?),
            "scopes" => self.scopes = entry.texts()?,
            "auth" => self.auth = Some(entry.places()?),
            "deprecated" => self.deprecated = Some(entry.text("use issues.search")?),
            "reconcile" => self.reconcile = Some(Reconcile::read(entry)?),
            _ => {}
        }
        Ok(())
    }

    fn take_effect(&mut self, entries: &[&Entry], errors: &mut Errors) -> bool {
        let mut given = false;
        for entry in entries {
            let Some((_, variant)) = EFFECTS.iter().find(|(key, _)| entry.key == key) else {
                continue;
            };
            errors.keep(entry.flag());
            if given {
                errors.at(
                    &entry.key,
                    "an action has one effect: `read`, `write` or `destructive`",
                );
            }
            (*variant).clone_into(&mut self.effect);
            given = true;
        }
        given
    }

    fn take_request(&mut self, entries: &[&Entry], errors: &mut Errors) {
        let mut body: Option<Ident> = None;
        let (mut fields, mut query) = (Vec::new(), Vec::new());
        let mut is_optional = false;
        let mut page = None;
        for entry in entries {
            if entry.key == "query" {
                query = errors
                    .keep(entry.constants("recursive = 1"))
                    .unwrap_or_default();
            }
            if entry.key == "json" || entry.key == "form" {
                let (optional, constants) = errors.keep(entry.body()).unwrap_or_default();
                is_optional |= optional;
                fields = constants;
                if body.is_some() {
                    errors.at(&entry.key, "a request has one body: `json` or `form`");
                }
                body = Some(entry.key.clone());
            }
            if entry.key == "page" {
                page = errors.keep(entry.expression("a pagination", "LinkHeader"));
            }
        }
        for entry in entries {
            if !METHODS.contains(&entry.key.to_string().as_str()) {
                continue;
            }
            if self.names_request {
                errors.at(
                    &entry.key,
                    "a one-call action makes one request; for several, write a body",
                );
                continue;
            }
            self.names_request = true;
            let Some(path) = errors.keep(entry.text("/path")) else {
                continue;
            };
            let method = entry.key.clone();
            if let (Some(body), true) = (&body, method == "get" || method == "delete") {
                errors.at(
                    body,
                    format!("a `{method}` request has no body; its parameters go into the query"),
                );
            }
            self.request = Some(Request {
                method,
                path,
                body: body.clone(),
                fields: fields.clone(),
                query: query.clone(),
                is_optional,
                page: page.clone(),
            });
        }
        if !self.names_request {
            for entry in entries
                .iter()
                .filter(|entry| OF_REQUESTS.iter().any(|key| entry.key == key))
            {
                errors.at(
                    entry,
                    format!(
                        "`{}` is for one-call actions: add the request, such as `get = \"/path\"`",
                        entry.key
                    ),
                );
            }
        }
    }

    pub(super) fn info(
        &self,
        name: &TokenStream,
        description: &str,
        rules: &TokenStream,
        private: &TokenStream,
    ) -> TokenStream {
        let (idempotent, scopes) = (self.idempotent, &self.scopes);
        let effect = Ident::new(&self.effect, Span::call_site());
        let schemes = match &self.auth {
            Some(places) => quote!(#private::Some(&[#(#places),*])),
            None => quote!(#private::None),
        };
        let [title, deprecated] =
            [&self.title, &self.deprecated].map(|text| option(text.as_ref(), private));
        quote! {
            #private::ActionInfo {
                name: #name,
                title: #title,
                description: #description,
                effect: #private::Effect::#effect,
                idempotent: #idempotent,
                scopes: &[#(&[#(#scopes),*]),*],
                schemes: #schemes,
                deprecated: #deprecated,
                params: &__PARAMS,
                rules: #rules
            }
        }
    }
}

/// Returns whether a key is next, or a word that stands where one should.
fn starts_with_entry(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok()
        && (ahead.is_empty()
            || ahead.peek(Token![,])
            || ahead.peek(Token![=])
            || ahead.peek(Paren)
            || ahead.peek(Ident::peek_any))
}

/// Returns whether this is a word that is no key: perhaps a misspelt effect.
fn may_be_an_effect(entry: &Entry) -> bool {
    matches!(entry.value, EntryValue::Absent) && !KEYS.iter().any(|key| entry.key == key)
}

fn checked_name(name: LitStr, errors: &mut Errors) -> LitStr {
    let text = name.value();
    let parts: Vec<_> = text.split('.').collect();
    let plain = |part: &&str| {
        part.starts_with(|letter: char| letter.is_ascii_lowercase())
            && part.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
            })
    };
    if parts.len() < 2 || !parts.iter().all(plain) {
        errors.at(
            &name,
            format!("action name `{text}` is not allowed: use `resource.verb` in lower-case letters, digits and `_`"),
        );
    }
    name
}
