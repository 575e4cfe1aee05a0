//! `#[derive(Params)]`: structs of parameters.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident, Type};

use crate::docs;
use crate::errors::Errors;
use crate::param::{BORROWED, PARAM_KEYS, Rules, borrow, wire_name};

struct Field {
    ident: Ident,
    ty: Type,
    description: String,
    rules: Rules,
}

pub(crate) fn expand(item: TokenStream, sdk: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "parameters can't be generic: callers need known types");
    }
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("param")) {
        errors.at(attribute, "`#[param(..)]` goes on the fields of a struct of parameters, not on the struct");
    }
    let fields = fields(&input, &mut errors);
    if errors.is_empty() { implement(&input.ident, &fields, sdk) } else { errors.compile_errors() }
}

fn fields(input: &DeriveInput, errors: &mut Errors) -> Vec<Field> {
    let Data::Struct(data) = &input.data else {
        errors.at(&input.ident, "`Params` is for structs; for an enum derive `Param`");
        return Vec::new();
    };
    let Fields::Named(named) = &data.fields else {
        errors.at(&input.ident, "`Params` is for structs with named fields; for a newtype derive `Param`");
        return Vec::new();
    };
    let mut fields = Vec::new();
    for field in &named.named {
        let Some(ident) = &field.ident else { continue };
        let rules = Rules::read(&field.attrs, PARAM_KEYS, errors);
        if let Some(borrow) = borrow(field.ty.to_token_stream()) {
            errors.at(borrow, BORROWED);
        }
        let description = docs::paragraphs(&field.attrs);
        if description.is_empty() && !rules.flatten {
            errors.at(ident, format!("parameter `{ident}` needs a doc comment (`///` before it): callers read it"));
        }
        if mentions(field.ty.to_token_stream(), &input.ident) {
            errors.at(
                &field.ty,
                format!("`{}` contains itself; parameters can't be recursive: take `serde_json::Value` here", input.ident),
            );
        }
        fields.push(Field { ident: ident.clone(), ty: field.ty.clone(), description, rules });
    }
    fields
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == *name || ident == "Self",
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

fn implement(name: &Ident, fields: &[Field], sdk: &TokenStream) -> TokenStream {
    let private = quote!(#sdk::__private);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let mut entries = Vec::new();
    let mut takes = TokenStream::new();
    let mut puts = TokenStream::new();
    let mut depths = Vec::new();
    for Field { ident, ty, description, rules } in fields {
        let name = wire_name(rules, ident);
        let take = rules.take_code(ty);
        takes.extend(quote!(let #ident = #take;));
        entries.push(rules.entry(&name, description, ty, &private));
        if rules.flatten {
            puts.extend(quote!(#private::Params::put(&self.#ident, members);));
        } else {
            puts.extend(quote!(#private::put(members, #name, &self.#ident);));
            depths.push(quote_spanned!(ty.span()=> <<#ty as #private::Argument>::Value as #private::Param>::DEPTH));
        }
    }
    quote! {
        const _: () = {
            impl #private::Params for #name {
                const ENTRIES: &'static [#private::ParamEntry] = {
                    const ENTRIES: &[#private::ParamEntry] = &[#(#entries),*];
                    #private::ParamEntry::assert_distinct(ENTRIES);
                    ENTRIES
                };
                fn take(decoder: &mut #private::Decoder<'_>) -> #private::Option<Self> {
                    #takes
                    #private::Some(Self { #(#idents: #idents?),* })
                }
                fn put(&self, members: &mut #private::JsonObject) {
                    #puts
                }
            }
            impl #private::Param for #name {
                const KIND: #private::Kind = #private::Kind::Object;
                const DEPTH: usize = 1 + #private::deepest(&[#(#depths),*]);
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
            const _: usize = <#name as #private::Param>::DEPTH;
        };
    }
}
