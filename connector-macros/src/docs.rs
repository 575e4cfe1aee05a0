//! Doc comments as texts.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Returns the text of the doc comment, without the indentation that `///` brings.
fn text(attributes: &[Attribute]) -> String {
    let lines: Vec<_> = attributes.iter().filter_map(text_of).collect();
    let indent = lines
        .iter()
        .flat_map(|line| line.lines())
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            line.chars()
                .take_while(|letter| letter.is_whitespace())
                .count()
        })
        .min()
        .unwrap_or(0);
    let text: Vec<_> = lines
        .iter()
        .flat_map(|line| {
            if line.is_empty() {
                vec![""]
            } else {
                line.lines().collect()
            }
        })
        .map(|line| {
            line.chars()
                .skip(indent)
                .collect::<String>()
                .trim_end()
                .to_owned()
        })
        .collect();
    text.join("\n").trim().to_owned()
}

/// Returns the text as one paragraph per block, the form in which callers read it.
pub(crate) fn paragraphs(attributes: &[Attribute]) -> String {
    let text = text(attributes);
    let blocks: Vec<_> = text
        .split("\n\n")
        .map(|block| block.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|block| !block.is_empty())
        .collect();
    blocks.join("\n\n")
}

pub(crate) fn summary(attributes: &[Attribute]) -> String {
    let text = paragraphs(attributes);
    text.split("\n\n").next().unwrap_or_default().to_owned()
}

pub(crate) fn line(attributes: &[Attribute]) -> String {
    text(attributes)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn text_of(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn takes_the_indentation_away() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = " First."]),
            parse_quote!(#[doc = "   Second."]),
        ];

        assert_eq!(text(&attributes), "First.\n  Second.");
    }

    #[test]
    fn joins_the_lines_of_a_paragraph_and_keeps_paragraphs_apart() {
        let item: syn::ItemStruct = parse_quote! {
            /// Lists issues of a
            /// repository.
            ///
            ///
            /// Pull requests   are left out.
            #[allow(unused)]
            struct List;
        };

        assert_eq!(
            paragraphs(&item.attrs),
            "Lists issues of a repository.\n\nPull requests are left out."
        );
        assert_eq!(summary(&item.attrs), "Lists issues of a repository.");
        assert_eq!(
            line(&item.attrs),
            "Lists issues of a repository. Pull requests are left out."
        );
    }

    #[test]
    fn reads_block_comments() {
        let attributes: Vec<Attribute> =
            vec![parse_quote!(#[doc = "\n     First\n     line.\n\n     Second.\n     "])];

        assert_eq!(paragraphs(&attributes), "First line.\n\nSecond.");
    }

    #[test]
    fn finds_no_text_where_there_is_none() {
        let empty: Vec<Attribute> = vec![parse_quote!(#[doc = "  "]), parse_quote!(#[doc(hidden)])];

        assert_eq!(paragraphs(&empty), "");
        assert_eq!(paragraphs(&[]), "");
    }

    #[test]
    fn keeps_letters_of_several_bytes_whole() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = "\u{2003}Größe"]),
            parse_quote!(#[doc = " é"]),
        ];

        assert_eq!(
            paragraphs(&attributes),
            "Größe é",
            "{}",
            quote!(#(#attributes)*)
        );
    }
}
