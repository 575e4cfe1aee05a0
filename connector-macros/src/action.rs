//! `#[action]`: parse, validate, expand.

mod attribute;
mod function;
mod request;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::docs;
use crate::errors::Errors;
use attribute::Attribute;
use function::{Function, Parameter};

/// The message to the linter: what an action's signature looks like is the action's interface.
const LINT_REASON: &str = "arguments are the action's parameters, and its errors are documented by the SDK";

pub(crate) fn expand(attribute: TokenStream, item: TokenStream, sdk: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let attribute = Attribute::parse(attribute, &mut errors);
    let function = match Function::parse(item.clone(), &mut errors) {
        Ok(function) => function,
        Err(error) => {
            errors.push(error);
            let errors = errors.compile_errors();
            return quote!(#item #errors);
        }
    };
    let description = docs::paragraphs(&function.attributes);
    if description.is_empty() {
        errors.at(
            &function.signature.ident,
            "an action needs a doc comment: callers read it as the description",
        );
    }
    let request = request::body(&attribute, &function, sdk, &mut errors);
    let body = match (&function.body, request) {
        (Some(body), _) => quote!({ #body }),
        (None, Some(request)) => request,
        (None, None) => quote!({ loop {} }),
    };
    let kept = keep_function(&function, &body);
    let definition = if errors.is_empty() {
        define(&attribute, &function, &description, sdk)
    } else {
        // A stand-in, so that code which lists the action does not fail a second time.
        stand_in(&function, sdk)
    };
    let errors = errors.compile_errors();
    quote!(#kept #definition #errors)
}

/// Writes the author's function without what only the macro understands.
fn keep_function(function: &Function, body: &TokenStream) -> TokenStream {
    let Function { attributes, visibility, .. } = function;
    let signature = function.plain_signature();
    let parameters: Vec<_> = function
        .parameters
        .iter()
        .filter(|parameter| !parameter.description.is_empty())
        .map(|parameter| format!("- `{}`: {}", parameter.wire_name(), parameter.description.replace('\n', " ")))
        .collect();
    let list = if parameters.is_empty() {
        quote!()
    } else {
        let text = format!("\n# Parameters\n\n{}", parameters.join("\n"));
        quote!(#[doc = #text])
    };
    let broken = if function.body.is_none() { quote!(#[allow(unused_variables)]) } else { quote!() };
    quote! {
        #(#attributes)*
        #list
        #broken
        #[allow(
            clippy::too_many_arguments,
            clippy::missing_errors_doc,
            clippy::needless_pass_by_value,
            clippy::unused_async,
            reason = #LINT_REASON
        )]
        #visibility #signature #body
    }
}

/// Writes the type that carries the definition under the function's own path.
fn carrier(function: &Function) -> TokenStream {
    let (visibility, ident) = (&function.visibility, &function.signature.ident);
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)]
        #visibility struct #ident {}
    }
}

fn stand_in(function: &Function, sdk: &TokenStream) -> TokenStream {
    let carrier = carrier(function);
    let ident = &function.signature.ident;
    let name = format!("broken.{}", ident.to_string().to_lowercase());
    let private = quote!(#sdk::__private);
    quote! {
        #carrier
        impl #private::ActionFunction for #ident {
            const DEFINITION: &'static #private::ActionDefinition = &#private::ActionDefinition::stand_in(#name);
        }
    }
}

fn define(attribute: &Attribute, function: &Function, description: &str, sdk: &TokenStream) -> TokenStream {
    let private = quote!(#sdk::__private);
    let ident = &function.signature.ident;
    let carrier = carrier(function);
    let name = &attribute.name;
    let effect = Ident::new(&attribute.effect, ident.span());
    let settings = attribute.settings();

    let specs: Vec<_> = (0..function.parameters.len()).map(|index| format_ident!("P{index}")).collect();
    let values: Vec<_> = (0..function.parameters.len()).map(|index| format_ident!("a{index}")).collect();
    let decoder = format_ident!("decoder");
    let consts = function.parameters.iter().zip(&specs).map(|(parameter, spec)| spec_const(parameter, spec, &private));
    let entries = function.parameters.iter().zip(&specs).map(|(parameter, spec)| entry(parameter, spec, &private));
    let takes = function.parameters.iter().zip(&specs).zip(&values).map(|((parameter, spec), value)| {
        let take = parameter.rules.take_code(&decoder, spec, &parameter.ty, &private);
        quote!(let #value = #take;)
    });
    let result = &function.result;
    let output = quote_spanned!(result.span()=> <#private::OutputOf<#result> as #private::Output>);
    // The function's name carries the span, so that a future that is not `Send` is reported there.
    let call = quote_spanned!(ident.span()=> #private::boxed(async move { #private::finish(#ident(cx, #(#values),*).await) }));
    quote! {
        #carrier
        const _: () = {
            #(#consts)*
            const ENTRIES: &[#private::ParamEntry] = &[#(#entries),*];
            fn decode(decoder: &mut #private::Decoder<'_>) -> #private::Option<#private::Invocation> {
                #(#takes)*
                #(let #values = #values?;)*
                #private::Some(#private::Invocation::new(move |cx| #call))
            }
            impl #private::ActionFunction for #ident {
                const DEFINITION: &'static #private::ActionDefinition = &#private::ActionDefinition::new(
                    #name,
                    #private::Effect::#effect,
                    #description,
                    #output::RETURNS,
                    ENTRIES,
                    #output::schema,
                    decode,
                )
                #settings;
            }
        };
    }
}

fn spec_const(parameter: &Parameter, spec: &Ident, private: &TokenStream) -> TokenStream {
    if parameter.rules.flatten {
        return quote!();
    }
    let ty = &parameter.ty;
    let body = parameter.rules.spec(&parameter.wire_name(), &parameter.description, ty, private);
    let kind = quote!(#private::kind_of::<#ty>());
    let checks = parameter.rules.kind_checks(&kind, private);
    quote! {
        const #spec: #private::ParamSpec = #body;
        #checks
    }
}

fn entry(parameter: &Parameter, spec: &Ident, private: &TokenStream) -> TokenStream {
    let ty = &parameter.ty;
    if parameter.rules.flatten {
        quote_spanned!(ty.span()=> #private::ParamEntry::Flatten(<#ty as #private::Params>::ENTRIES))
    } else {
        quote!(#private::ParamEntry::One(#spec))
    }
}

#[cfg(test)]
mod tests;
