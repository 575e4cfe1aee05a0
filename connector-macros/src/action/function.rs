//! The function under `#[action]`: its signature is parsed, its body is passed on untouched.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, Ident, Pat, PatType, ReturnType, Signature, Token, Type, Visibility, braced,
};

use crate::errors::Errors;
use crate::param::{PARAM_KEYS, Rules, without_param};
use crate::parameter::{Parameter, check_names};

pub(super) struct Function {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) signature: Signature,
    /// The block with its braces; none for a function without a body.
    pub(super) body: Option<TokenStream>,
    /// Where the `;` is that stands for a body.
    pub(super) end: Span,
    pub(super) context: Option<Ident>,
    pub(super) parameters: Vec<Parameter>,
    /// The type behind `->`.
    pub(super) result: Type,
}

struct Raw {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: Option<TokenStream>,
    end: Span,
}

impl Parse for Raw {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let mut end = Span::call_site();
        let body = if input.peek(Token![;]) {
            end = input.parse::<Token![;]>()?.span;
            None
        } else {
            let content;
            let braces = braced!(content in input);
            let tokens: TokenStream = content.parse()?;
            let mut body = TokenStream::new();
            braces.surround(&mut body, |body| body.extend(tokens));
            Some(body)
        };
        Ok(Self {
            attributes,
            visibility,
            signature,
            body,
            end,
        })
    }
}

impl Function {
    /// Parses the item; mistakes in the signature are added to `errors`.
    pub(super) fn parse(item: TokenStream, errors: &mut Errors) -> syn::Result<Self> {
        let Raw {
            attributes,
            visibility,
            signature,
            body,
            end,
        } = syn::parse2(item).map_err(|error| {
            syn::Error::new(
                error.span(),
                format!("`#[action]` goes on an `async fn`: {error}"),
            )
        })?;
        if let Some(receiver) = signature.receiver() {
            errors.at(
                receiver,
                "an action must be a free function: move it out of the `impl` and take no `self`",
            );
            let result = syn::parse_quote!(());
            return Ok(Self {
                attributes,
                visibility,
                signature,
                body,
                end,
                context: None,
                parameters: Vec::new(),
                result,
            });
        }
        check_qualifiers(&signature, errors);
        let mut arguments = signature.inputs.iter();
        let context = context(arguments.next(), &signature, errors);
        let parameters: Vec<_> = arguments
            .filter_map(|argument| parameter(argument, errors))
            .collect();
        check_names(&parameters, errors);
        let result = match &signature.output {
            ReturnType::Type(_, result) => (**result).clone(),
            ReturnType::Default => {
                errors.at(&signature.ident, "an action returns `Result<T>`");
                syn::parse_quote!(())
            }
        };
        Ok(Self {
            attributes,
            visibility,
            signature,
            body,
            end,
            context,
            parameters,
            result,
        })
    }

    /// Returns whether it stands in an `impl` or a trait, where there is no place for a definition.
    pub(super) fn is_method(&self) -> bool {
        self.signature.receiver().is_some()
    }

    pub(super) fn context_span(&self) -> Span {
        self.signature
            .inputs
            .first()
            .map_or_else(Span::call_site, |context| match context {
                FnArg::Typed(context) => context.ty.span(),
                FnArg::Receiver(receiver) => receiver.span(),
            })
    }

    pub(super) fn plain_signature(&self) -> TokenStream {
        let mut signature = self.signature.clone();
        // Reported already, and nowhere allowed.
        signature.variadic = None;
        for argument in &mut signature.inputs {
            if let FnArg::Typed(argument) = argument {
                argument.attrs = without_param(&argument.attrs)
                    .into_iter()
                    .cloned()
                    .collect();
            }
        }
        // Kept even where it is missing, so that `.await` in the body is no second mistake.
        if signature.asyncness.is_none() {
            signature.asyncness = Some(Token![async](signature.fn_token.span));
        }
        quote!(#signature)
    }
}

fn check_qualifiers(signature: &Signature, errors: &mut Errors) {
    if signature.asyncness.is_none() {
        errors.at(
            signature.fn_token,
            "an action must be async: write `async fn`",
        );
    }
    let generics = &signature.generics;
    if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
        errors.at(
            generics,
            "an action can't be generic: its parameters need concrete types",
        );
    } else if !generics.params.is_empty() {
        errors.at(
            generics,
            "an action can't have lifetime parameters: its parameters are owned",
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.at(
            clause,
            "an action can't have a `where` clause: its parameters have concrete types",
        );
    }
    if let Some(variadic) = &signature.variadic {
        errors.at(variadic, "an action can't be variadic");
    }
}

fn context(argument: Option<&FnArg>, signature: &Signature, errors: &mut Errors) -> Option<Ident> {
    let wanted = "the first argument must be the context: `cx: &ActionContext`";
    let Some(argument) = argument else {
        errors.at(&signature.ident, wanted);
        return None;
    };
    match argument {
        FnArg::Typed(PatType { pat, ty, .. }) if is_shared_reference(ty) => match &**pat {
            Pat::Ident(name) => Some(name.ident.clone()),
            Pat::Wild(_) => None,
            other => {
                errors.at(other, wanted);
                None
            }
        },
        FnArg::Typed(PatType { pat, ty, .. }) => {
            errors.at(quote!(#pat #ty), wanted);
            None
        }
        FnArg::Receiver(_) => None,
    }
}

fn is_shared_reference(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_none())
}

fn parameter(argument: &FnArg, errors: &mut Errors) -> Option<Parameter> {
    let FnArg::Typed(PatType { attrs, pat, ty, .. }) = argument else {
        return None;
    };
    let rules = Rules::read(attrs, PARAM_KEYS, errors);
    let Pat::Ident(name) = &**pat else {
        let message = match &**pat {
            Pat::Wild(_) => "a parameter needs a name: callers pass it by name",
            _ => "a parameter must be a plain name; destructure it in the body",
        };
        errors.at(pat, message);
        return None;
    };
    if name.by_ref.is_some() || name.subpat.is_some() {
        errors.at(
            name,
            "a parameter must be a plain name; destructure it in the body",
        );
    }
    if let Type::ImplTrait(generic) = &**ty {
        errors.at(
            generic,
            "an action can't be generic: its parameters need concrete types",
        );
    }
    Some(Parameter::new(&name.ident, ty, attrs, rules, errors))
}
