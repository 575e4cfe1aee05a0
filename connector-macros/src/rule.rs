//! Rules over several parameters: `exactly_one(task_id, project_id)` and its like.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::keys::Entry;
use crate::param::argument;
use crate::parameter::Parameter;
use crate::sdk::located;

/// Keys of rules, and the variants that they stand for. Each may be given several times.
const RULES: &[(&str, &str)] = &[
    ("exactly_one", "ExactlyOne"),
    ("at_most_one", "AtMostOne"),
    ("all_or_none", "AllOrNone"),
    ("requires", "Requires"),
];

pub(crate) const RULE_KEYS: &[&str] = &["exactly_one", "at_most_one", "all_or_none", "requires"];

pub(crate) struct Rule {
    variant: &'static str,
    names: Vec<Ident>,
}

impl Rule {
    pub(crate) fn read<'a>(
        entries: impl IntoIterator<Item = &'a Entry>,
        parameters: &[Parameter],
        errors: &mut Errors,
    ) -> Vec<Self> {
        let mut rules = Vec::new();
        for entry in entries {
            let Some((_, variant)) = RULES.iter().find(|(key, _)| entry.key == key) else {
                continue;
            };
            if let Some(names) = errors.keep(entry.names()) {
                check(&names, parameters, errors);
                rules.push(Self { variant, names });
            }
        }
        rules
    }

    /// Writes the list of rules. What the compiler alone knows it reports at the names: whether a
    /// parameter may be left out, and what the fields of a flattened struct are, which `entries` has.
    pub(crate) fn list(
        rules: &[Self],
        parameters: &[Parameter],
        entries: &TokenStream,
        private: &TokenStream,
    ) -> TokenStream {
        let rules = rules.iter().map(|rule| {
            let variant = Ident::new(rule.variant, proc_macro2::Span::call_site());
            let names = rule
                .names
                .iter()
                .map(|name| wire_name(name, parameters, entries, private));
            quote!(#private::Rule::#variant(&[#(#names),*]))
        });
        quote!([#(#rules),*])
    }
}

fn wire_name(
    name: &Ident,
    parameters: &[Parameter],
    entries: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let span = name.span();
    let located = located(private, span);
    match find(name, parameters) {
        Some(parameter) => {
            let wire_name = parameter.wire_name();
            let of = argument(&parameter.ty, "TYPE", private);
            quote_spanned!(span=> #located::optional(#wire_name, #of))
        }
        None => {
            let name = name.unraw().to_string();
            quote_spanned!(span=> #located::optional_among(#name, #entries))
        }
    }
}

fn find<'a>(name: &Ident, parameters: &'a [Parameter]) -> Option<&'a Parameter> {
    parameters
        .iter()
        .find(|parameter| parameter.ident.unraw() == name.unraw() && !parameter.rules.flatten)
}

fn check(names: &[Ident], parameters: &[Parameter], errors: &mut Errors) {
    let flattens = parameters.iter().any(|parameter| parameter.rules.flatten);
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            errors.at(
                name,
                format!("`{name}` is named twice in this rule; remove one"),
            );
        } else if find(name, parameters).is_none() && !flattens {
            errors.at(name, no_parameter(name, parameters));
        }
    }
}

pub(crate) fn no_parameter(name: &Ident, parameters: &[Parameter]) -> String {
    let known: Vec<_> = parameters
        .iter()
        .map(|parameter| parameter.ident.unraw().to_string())
        .collect();
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    format!("`{name}` is not a parameter; parameters are: {known}")
}
