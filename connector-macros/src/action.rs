//! `#[action]`: parse, validate, expand.

mod attribute;
mod function;
mod reconcile;
mod request;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

use crate::docs;
use crate::errors::Errors;
use crate::param;
use crate::params;
use crate::rule::Rule;
use crate::sdk::located;
use attribute::Attribute;
use function::Function;

/// The reason for lints: an action's signature is its interface.
const LINT_REASON: &str =
    "arguments are the action's parameters, and its errors are documented by the SDK";

pub(crate) fn expand(attribute: TokenStream, item: &TokenStream, sdk: &TokenStream) -> TokenStream {
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
    if function.is_method() {
        let body = function.body.clone().unwrap_or_else(|| quote!({ loop {} }));
        let kept = keep_function(&function, &body, &TokenStream::new());
        let errors = errors.compile_errors();
        return quote!(#kept #errors);
    }
    let description = docs::paragraphs(&function.attributes);
    if description.is_empty() {
        errors.at(
            &function.signature.ident,
            "an action needs a doc comment: callers read it as the description",
        );
    }
    let rules = Rule::read(&attribute.rules, &function.parameters, &mut errors);
    if let Some(reconcile) = &attribute.reconcile {
        reconcile.check(&function.parameters, &mut errors);
    }
    let request = request::body(&attribute, &function, sdk, &mut errors);
    let body = match (&function.body, request) {
        (Some(body), _) => named(body, &function),
        (None, Some(request)) if errors.is_empty() => request,
        // No second error from code that follows from a mistake.
        (None, _) => quote!({ loop {} }),
    };
    let body = authenticated(body, &attribute, &function, sdk);
    // What the body begins with now comes after a statement.
    let lints = attribute
        .auth
        .as_ref()
        .map(|_| quote!(#[allow(clippy::items_after_statements)]));
    let kept = keep_function(&function, &body, &lints.unwrap_or_default());
    let definition = if errors.is_empty() {
        define(&attribute, &function, &description, &rules, sdk)
    } else {
        // A stand-in, so that code which lists the action does not fail a second time.
        stand_in(&function, sdk)
    };
    let errors = errors.compile_errors();
    quote!(#kept #definition #errors)
}

/// Lets the requests of a body authenticate by the schemes that the attribute names.
fn authenticated(
    body: TokenStream,
    attribute: &Attribute,
    function: &Function,
    sdk: &TokenStream,
) -> TokenStream {
    let (Some(places), Some(context)) = (&attribute.auth, &function.context) else {
        return body;
    };
    let bound = quote!(let #context = &#sdk::__private::by_schemes(#context, &[#(#places),*]););
    let tokens = body.into_iter().map(|token| match token {
        TokenTree::Group(block) => {
            let inner = block.stream();
            let mut whole = Group::new(block.delimiter(), quote!(#bound #inner));
            whole.set_span(block.span());
            whole.into()
        }
        other => other,
    });
    tokens.collect()
}

/// Returns the author's body, where `params![..]` names renamed arguments as callers do.
fn named(body: &TokenStream, function: &Function) -> TokenStream {
    let renames: Vec<_> = function
        .parameters
        .iter()
        .filter_map(|parameter| Some((&parameter.ident, parameter.rules.rename.as_ref()?)))
        .collect();
    if renames.is_empty() {
        return body.clone();
    }
    params::renamed(body.clone(), &renames)
}

/// Writes the author's function without what only the macro understands.
fn keep_function(function: &Function, body: &TokenStream, lints: &TokenStream) -> TokenStream {
    let Function {
        attributes,
        visibility,
        ..
    } = function;
    let signature = function.plain_signature();
    let parameters: Vec<_> = function
        .parameters
        .iter()
        .filter(|parameter| !parameter.description.is_empty())
        .map(|parameter| {
            format!(
                "- `{}`: {}",
                parameter.wire_name(),
                parameter.description.replace('\n', " ")
            )
        })
        .collect();
    let list = if parameters.is_empty() {
        quote!()
    } else {
        let text = format!("\n# Parameters\n\n{}", parameters.join("\n"));
        quote!(#[doc = #text])
    };
    let broken = if function.body.is_none() {
        quote!(#[allow(unused_variables)])
    } else {
        quote!()
    };
    quote! {
        #(#attributes)*
        #list
        #broken
        #lints
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
    // Errors and the lint for dead code point to the function, not here.
    let span = Span::call_site().located_at(ident.span());
    quote_spanned! {span=>
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #visibility struct #ident {}
    }
}

fn stand_in(function: &Function, sdk: &TokenStream) -> TokenStream {
    let carrier = carrier(function);
    let ident = &function.signature.ident;
    let private = quote!(#sdk::__private);
    quote! {
        #carrier
        impl #private::ActionFunction for #ident {
            const INFO: #private::ActionInfo = #private::ActionInfo::STAND_IN;
            type Arguments = ();
            type Result = #private::UntypedResult;
            fn run(_: &#private::ActionContext, (): ()) -> #private::BoxFuture<'_, #private::UntypedResult> {
                loop {}
            }
        }
    }
}

fn define(
    attribute: &Attribute,
    function: &Function,
    description: &str,
    rules: &[Rule],
    sdk: &TokenStream,
) -> TokenStream {
    // Short names for the SDK's items: fewer tokens are less work for the compiler.
    let private = quote!(__sdk);
    let ident = &function.signature.ident;
    let carrier = carrier(function);
    let result = &function.result;
    let entries = function
        .parameters
        .iter()
        .map(|parameter| parameter.entry(&private));
    let described = function
        .parameters
        .iter()
        .filter_map(|parameter| parameter.check_described(&private));
    let (name, named) = name(attribute, ident, &private);
    let (rules, stated) = rules_of(rules, function, &private);
    let info = attribute.info(&name, description, &rules, &private);
    let mut types = quote!(());
    let mut patterns = quote!(());
    let values: Vec<_> = (0..function.parameters.len())
        .map(|index| format_ident!("a{index}"))
        .collect();
    for (parameter, value) in function.parameters.iter().zip(&values).rev() {
        let ty = &parameter.ty;
        types = quote!((#ty, #types));
        patterns = quote!((#value, #patterns));
    }
    // The function's name carries the span: names that are used twice, and a future that is not
    // `Send`, are reported there.
    let located = located(&private, ident.span());
    let flattens = function
        .parameters
        .iter()
        .any(|parameter| parameter.rules.flatten);
    let distinct = flattens.then(|| {
        quote_spanned! {ident.span()=>
            const _: () = #located::ParamEntry::assert_distinct(<#ident as #located::ActionFunction>::INFO.params);
        }
    });
    let form = form(attribute, result, &private);
    let count = function.parameters.len();
    let context = Ident::new("cx", function.context_span());
    let call =
        quote_spanned!(ident.span()=> #located::boxed::<Self>(#ident(#context, #(#values),*)));
    let reconcile = attribute
        .reconcile
        .as_ref()
        .map(|reconcile| reconcile.constant(ident, &function.parameters, &private));
    quote! {
        #carrier
        const _: () = {
            use #sdk::__private as #private;
            #named
            static __PARAMS: [#private::ParamEntry; #count] = [#(#entries),*];
            #stated
            #(#described)*
            impl #private::ActionFunction for #ident {
                const INFO: #private::ActionInfo = #info;
                type Arguments = #types;
                type Result = #result;
                #reconcile
                fn run(cx: &#private::ActionContext, #patterns: Self::Arguments) -> #private::BoxFuture<'_, #private::UntypedResult> {
                    #call
                }
            }
            #distinct
            #form
        };
    }
}

/// Writes what reports a result that is a list and no `Page`, or a `Page` of a request without pages.
/// Where the written type shows that it is neither, nothing.
fn form(attribute: &Attribute, result: &Type, private: &TokenStream) -> Option<TokenStream> {
    let reads_one_answer = attribute
        .request
        .as_ref()
        .is_some_and(|request| request.page.is_none());
    let is_page = |output: &Type| param::content(output, &["Page"]).is_some();
    let fits =
        |output: &Type| matches!(output, Type::Tuple(_)) || (!reads_one_answer && is_page(output));
    if param::content(result, &["Result"]).is_some_and(fits) {
        return None;
    }
    let here = located(private, result.span());
    let checked = quote_spanned! {result.span()=>
        const _: () = #here::assert_result(
            <#here::ResultForm<<#result as #here::ActionReturn>::Output>>::FORM,
            #reads_one_answer
        );
    };
    Some(quote! {
        use #private::OtherForm as _;
        #checked
    })
}

fn rules_of(
    rules: &[Rule],
    function: &Function,
    private: &TokenStream,
) -> (TokenStream, Option<TokenStream>) {
    if rules.is_empty() {
        return (quote!(&[]), None);
    }
    let count = rules.len();
    let list = Rule::list(rules, &function.parameters, &quote!(&__PARAMS), private);
    let stated = quote!(static __RULES: [#private::Rule; #count] = #list;);
    (quote!(&__RULES), Some(stated))
}

/// Writes the action's name, and the constant that makes it of the module and the function if the
/// attribute has none. The constant is reported at the function if it is not allowed.
fn name(
    attribute: &Attribute,
    ident: &Ident,
    private: &TokenStream,
) -> (TokenStream, Option<TokenStream>) {
    if let Some(name) = &attribute.name {
        return (name.to_token_stream(), None);
    }
    let span = ident.span();
    let private = located(private, span);
    let verb = format!(".{}", ident.unraw());
    let constant = quote_spanned! {span=>
        const __NAME: &str = #private::action_name(::core::concat!(::core::module_path!(), #verb));
    };
    (quote!(__NAME), Some(constant))
}

#[cfg(test)]
mod tests;
