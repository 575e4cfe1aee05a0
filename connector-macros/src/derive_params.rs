//! `#[derive(Params)]`: structs of parameters.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident};

use crate::derive_param;
use crate::errors::Errors;
use crate::keys;
use crate::param::{self, PARAM_KEYS, Rules, argument, flatten};
use crate::parameter::{Parameter, check_names};
use crate::rule::{RULE_KEYS, Rule};
use crate::sdk::located;

pub(crate) fn expand(item: TokenStream, sdk: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    if !input.generics.params.is_empty() {
        errors.at(
            &input.generics,
            "parameters can't be generic: they need concrete types",
        );
    }
    let fields = fields(&input, &mut errors);
    let entries = param::entries(&input.attrs, RULE_KEYS, &mut errors);
    let entries = keys::checked(&entries, "param", RULE_KEYS, &mut errors);
    let rules = Rule::read(entries, &fields, &mut errors);
    if errors.is_empty() {
        return implement(&input, &fields, &rules, sdk);
    }
    let errors = errors.compile_errors();
    if !input.generics.params.is_empty() {
        return errors;
    }
    let stand_in = stand_in(&input.ident, sdk);
    quote!(#errors #stand_in)
}

/// Writes what keeps code that uses a broken struct from failing a second time.
fn stand_in(name: &Ident, sdk: &TokenStream) -> TokenStream {
    let private = quote!(#sdk::__private);
    let param = derive_param::stand_in(name, &quote!(#private::Kind::Object), &private);
    quote! {
        #param
        impl #private::Params for #name {
            const ENTRIES: &'static [#private::ParamEntry] = &[];
            fn take(_: &mut #private::Decoder<'_>) -> #private::Option<Self> {
                loop {}
            }
            fn put(&self, _: &mut #private::JsonObject) {
                loop {}
            }
        }
    }
}

fn fields(input: &DeriveInput, errors: &mut Errors) -> Vec<Parameter> {
    let Data::Struct(data) = &input.data else {
        errors.at(
            &input.ident,
            "`Params` is for structs; for an enum derive `Param`",
        );
        return Vec::new();
    };
    let Fields::Named(named) = &data.fields else {
        errors.at(
            &input.ident,
            "`Params` is for structs with named fields; for a newtype derive `Param`",
        );
        return Vec::new();
    };
    let mut fields = Vec::new();
    for field in &named.named {
        let Some(ident) = &field.ident else { continue };
        let rules = Rules::read(&field.attrs, PARAM_KEYS, errors);
        if let Some(key) = &rules.send_as {
            errors.at(key, "`send_as` is for the arguments of one-call actions");
        }
        if mentions(field.ty.to_token_stream(), &input.ident) {
            errors.at(
                &field.ty,
                format!("`{}` contains itself; parameters can't be recursive: take `serde_json::Value` here", input.ident),
            );
        }
        fields.push(Parameter::new(
            ident,
            &field.ty,
            &field.attrs,
            rules,
            errors,
        ));
    }
    check_names(&fields, errors);
    fields
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == *name || ident == "Self",
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

fn implement(
    input: &DeriveInput,
    fields: &[Parameter],
    rules: &[Rule],
    sdk: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let description = derive_param::description(&input.attrs);
    let private = quote!(#sdk::__private);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    // Names of their own: a field may have the name of a variable that is used here.
    let values: Vec<_> = (0..fields.len())
        .map(|index| format_ident!("a{index}"))
        .collect();
    let mut entries = Vec::new();
    let mut takes = Vec::new();
    let mut puts = TokenStream::new();
    let mut depths = Vec::new();
    let mut wired = Vec::new();
    for field in fields {
        let Parameter {
            ident, ty, rules, ..
        } = field;
        let name = field.wire_name();
        entries.push(field.entry(&private));
        if rules.flatten {
            let [take, put, depth] =
                ["take", "put", "NESTING"].map(|member| flatten(ty, member, &private));
            takes.push(quote!(#take(decoder)));
            wired.push(quote!(#private::WireFields<'a, #ty>));
            puts.extend(quote!(#put(&self.#ident, members);));
            depths.push(depth);
        } else {
            let [take, put, value] =
                ["take_from", "put_into", "Value"].map(|member| argument(ty, member, &private));
            let here = located(&private, ty.span());
            let depth =
                quote_spanned!(ty.span()=> <#value as #here::Param>::DEPTH_IF_NOT_RECURSIVE);
            takes.push(quote!(#take(decoder)));
            wired.push(quote!(#private::WireField<'a, #ty>));
            puts.extend(quote!(#put(&self.#ident, members, #name);));
            depths.push(depth);
        }
    }
    let deepest = depths.iter().fold(
        quote!(0),
        |deepest, depth| quote!(#private::deeper(#deepest, #depth)),
    );
    let described = fields
        .iter()
        .filter_map(|field| field.check_described(&private));
    let located = located(&private, name.span());
    // A struct that contains itself by way of another is reported at its name.
    let here = name.span();
    let header = quote_spanned!(here=> impl #located::Param for #name);
    let depth = quote_spanned!(here=> const DEPTH_IF_NOT_RECURSIVE: usize = 1 + #deepest;);
    let entries_of_self = quote!(<Self as #private::Params>::ENTRIES);
    let rules = (!rules.is_empty()).then(|| {
        let list = Rule::list(rules, fields, &entries_of_self, &private);
        quote!(const RULES: &'static [#private::Rule] = &#list;)
    });
    // Evaluated even where nothing uses the struct.
    let checked = rules
        .as_ref()
        .map(|_| quote!(const _: &[#private::Rule] = <#name as #private::Params>::RULES;));
    let distinct = quote_spanned!(name.span()=> #located::ParamEntry::assert_distinct(<#name as #located::Params>::ENTRIES));
    quote! {
        const _: () = {
            impl #private::Params for #name {
                const ENTRIES: &'static [#private::ParamEntry] = &[#(#entries),*];
                #rules
                fn take(decoder: &mut #private::Decoder<'_>) -> #private::Option<Self> {
                    #(let #values = #takes;)*
                    #private::Some(Self { #(#idents: #values?),* })
                }
                fn put(&self, members: &mut #private::JsonObject) {
                    #puts
                }
            }
            #header {
                const KIND: #private::Kind = #private::Kind::Object;
                #depth
                #description
                fn schema() -> #private::JsonObject {
                    #private::object_schema::<Self>()
                }
                fn decode(value: #private::Value, at: &mut #private::At<'_>) -> #private::Option<Self> {
                    #private::decode_object::<Self>(value, at)
                }
                fn encode(&self) -> #private::Value {
                    #private::encode_object(self)
                }
            }
            impl #private::WireValue for #name where #(for<'a> #wired: #private::WireValue),* {}
            const _: usize = <#name as #private::Param>::DEPTH_IF_NOT_RECURSIVE;
            const _: () = #distinct;
            #(#described)*
            #checked
        };
    }
}

#[cfg(test)]
mod tests;
