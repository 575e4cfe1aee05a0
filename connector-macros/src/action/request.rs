//! The body of a one-call action.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::attribute::{Attribute, Request};
use super::function::Function;
use crate::errors::Errors;
use crate::keys::Constant;
use crate::param::argument;
use crate::parameter::Parameter;
use crate::path;
use crate::sdk::located;

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
        (None, Some(_)) => {
            for key in function
                .parameters
                .iter()
                .filter_map(|parameter| parameter.rules.send_as.as_ref())
            {
                errors.at(
                    key,
                    "`send_as` is for one-call actions; the body of this one sends its parameters",
                );
            }
            None
        }
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
    let is_in_path = |parameter: &&Parameter| {
        placeholders
            .iter()
            .any(|name| parameter.ident.unraw() == name)
    };
    let private = quote!(#sdk::__private);
    let mut checks = TokenStream::new();
    for parameter in function.parameters.iter().filter(is_in_path) {
        let here = located(&private, parameter.ty.span());
        let of = argument(&parameter.ty, "TYPE", &private);
        checks.extend(
            quote_spanned!(parameter.ty.span()=> const _: () = #here::assert_in_path(#of);),
        );
        if let Some(key) = &parameter.rules.send_as {
            errors.at(
                key,
                "`send_as` is for parameters in the query or body; this one is in the path",
            );
        }
    }
    let rest: Vec<_> = function
        .parameters
        .iter()
        .filter(|parameter| !is_in_path(parameter))
        .collect();
    let mut bodies = rest
        .iter()
        .filter_map(|parameter| parameter.rules.send_as.as_ref())
        .filter(|form| *form == "body");
    for second in bodies.by_ref().skip(1) {
        errors.at(second, "a request has one body; another parameter is it");
    }
    let mut added = constants(request, &rest, errors);
    for parameter in &rest {
        match place(request, parameter, &private, errors) {
            Some(call) => added.extend(call),
            None => errors.at(
                &parameter.ident,
                format!(
                    "argument `{0}` is not used by this request: put `{{{0}}}` into the path, add `json` or `form` to send it in the body, or `#[param(send_as = body)]` to make it the body",
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
        // A type that can't stand in a path is reported there.
        let parameter = function
            .parameters
            .iter()
            .find(|parameter| parameter.ident.unraw() == name);
        let span = parameter.map_or_else(|| request.path.span(), |parameter| parameter.ty.span());
        path::variable(name, span).into_token_stream()
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
            quote_spanned!(function.result.span()=> .fetch_one().await),
        ),
    };
    let mut context = context.clone();
    context.set_span(span);
    Some(quote_spanned!(function.end=> { #checks #context.#method(#path) #added #end }))
}

fn constants(request: &Request, rest: &[&Parameter], errors: &mut Errors) -> TokenStream {
    let in_query = request.method == "get" || request.method == "delete";
    let field = match &request.body {
        Some(body) if body == "form" => quote!(form),
        _ => quote!(field),
    };
    let mut added = TokenStream::new();
    let places = [
        (&request.query, quote!(query), in_query),
        (&request.fields, field, !in_query),
    ];
    for (constants, call, has_parameters) in places {
        let mut names: Vec<String> = Vec::new();
        if has_parameters {
            names.extend(rest.iter().map(|parameter| parameter.wire_name()));
        }
        for Constant { name, value } in constants {
            if names.contains(&name.value()) {
                errors.at(
                    name,
                    format!("`{}` is sent twice; remove one of the two", name.value()),
                );
            }
            names.push(name.value());
            added.extend(quote_spanned!(value.span()=> .#call(#name, #value)));
        }
    }
    added
}

fn place(
    request: &Request,
    parameter: &Parameter,
    private: &TokenStream,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let (ident, name) = (&parameter.ident, parameter.wire_name());
    let flatten = parameter.rules.flatten;
    let in_query = request.method == "get" || request.method == "delete";
    let mut value = ident.to_token_stream();
    if let Some(form) = &parameter.rules.send_as {
        let here = located(private, form.span());
        if form == "body" {
            if in_query {
                errors.at(form, format!("a `{}` request has no body", request.method));
            } else if let Some(body) = &request.body {
                errors.at(
                    form,
                    format!("a request has one body: `{body}` in the attribute, or this parameter"),
                );
            }
            return Some(quote_spanned!(form.span()=> .whole_body(&#ident)));
        }
        value = if form == "digit" {
            quote_spanned!(form.span()=> #here::Digit::digit(&#ident))
        } else {
            if request.body.as_ref().is_none_or(|body| body != "json") {
                errors.at(
                    form,
                    format!("`{form}` puts a file into a JSON body: add `json` to the attribute"),
                );
                return Some(TokenStream::new());
            }
            quote_spanned!(form.span()=> #here::File::#form(&#ident))
        };
    }
    if in_query {
        return Some(if flatten {
            quote!(.query_params(&#ident))
        } else {
            quote!(.query(#name, #value))
        });
    }
    let body = request.body.as_ref()?;
    Some(match (body == "json", flatten) {
        (true, true) => quote!(.fields(&#ident)),
        (true, false) => quote!(.field(#name, #value)),
        (false, true) => quote!(.form_fields(&#ident)),
        (false, false) => quote!(.form(#name, #value)),
    })
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
