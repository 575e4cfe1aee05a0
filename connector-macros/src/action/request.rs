//! The body of a one-call action.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::attribute::{Attribute, Request};
use super::function::Function;
use crate::errors::Errors;
use crate::parameter::Parameter;
use crate::path;

/// Writes the body of a function that has none, after the request in its attribute.
pub(super) fn body(
    attribute: &Attribute,
    function: &Function,
    sdk: &TokenStream,
    errors: &mut Errors,
) -> Option<TokenStream> {
    match (&attribute.request, &function.body) {
        // The faults of the request are reported already.
        (None, _) if attribute.names_request => None,
        (None, None) => {
            errors.at(
                &function.signature.ident,
                "write a body, or name the request to make: `#[action(\"resource.verb\", read, get = \"/path/{name}\")]`",
            );
            None
        }
        (None, Some(_)) => None,
        (Some(request), Some(_)) => {
            errors.at(
                &request.path,
                "this action has two bodies: a request in its attribute and a block; end the function with `;` or remove the request",
            );
            None
        }
        (Some(request), None) => one_call(request, function, sdk, errors),
    }
}

fn one_call(
    request: &Request,
    function: &Function,
    sdk: &TokenStream,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let pieces = errors.keep(path::pieces(&request.path))?;
    let placeholders: Vec<_> = pieces.iter().filter_map(path::Piece::placeholder).collect();
    let names: Vec<_> = function
        .parameters
        .iter()
        .map(|parameter| parameter.ident.unraw().to_string())
        .collect();
    for placeholder in &placeholders {
        if !names.iter().any(|name| name == placeholder) {
            errors.at(
                &request.path,
                format!(
                    "path placeholder `{{{placeholder}}}` has no argument; arguments are: {}",
                    listed(&names)
                ),
            );
        }
    }
    let Some(context) = &function.context else {
        errors.at(
            &function.signature.ident,
            "a one-call action must name its context: `cx: &ActionContext`",
        );
        return None;
    };
    let rest = function.parameters.iter().filter(|parameter| {
        !placeholders
            .iter()
            .any(|name| parameter.ident.unraw() == name)
    });
    let mut added = TokenStream::new();
    for parameter in rest {
        match place(request, parameter) {
            Some(call) => added.extend(call),
            None => errors.at(
                &parameter.ident,
                format!(
                    "argument `{0}` is not used by this request: put `{{{0}}}` into the path, or add `json` or `form` to send it in the body",
                    parameter.ident
                ),
            ),
        }
    }
    if request.is_optional {
        added.extend(quote!(.optional_body()));
    }
    let method = &request.method;
    let path = path::build(&request.path, &pieces, sdk, |name| {
        path::variable(name, request.path.span()).into_token_stream()
    });
    // A strategy that is none is reported there, a result that can't be read from an answer at its
    // type; the compiler looks at both ends of the expression.
    let (span, end) = match &request.page {
        Some(strategy) => (
            strategy.span(),
            quote_spanned!(strategy.span()=> .page(#strategy).await),
        ),
        None => (
            function.result.span(),
            quote_spanned!(function.result.span()=> .fetch().await),
        ),
    };
    let mut context = context.clone();
    context.set_span(span);
    Some(quote_spanned!(function.end=> { #context.#method(#path) #added #end }))
}

/// Says how a parameter that is not in the path is sent.
fn place(request: &Request, parameter: &Parameter) -> Option<TokenStream> {
    let (ident, name) = (&parameter.ident, parameter.wire_name());
    let flatten = parameter.rules.flatten;
    if request.method == "get" || request.method == "delete" {
        return Some(if flatten {
            quote!(.query_params(&#ident))
        } else {
            quote!(.query(#name, #ident))
        });
    }
    let body = request.body.as_ref()?;
    Some(match (body == "json", flatten) {
        (true, true) => quote!(.fields(&#ident)),
        (true, false) => quote!(.field(#name, #ident)),
        (false, true) => quote!(.form_fields(&#ident)),
        (false, false) => quote!(.form(#name, #ident)),
    })
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
