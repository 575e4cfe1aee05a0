//! Doc comments as texts.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Returns the text of the doc comment, without the indentation that `///` brings.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let lines: Vec<_> = attributes.iter().filter_map(line).collect();
    let indent = lines
        .iter()
        .flat_map(|line| line.lines())
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
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
        .map(|line| line.get(indent..).unwrap_or_default().trim_end())
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

fn line(attribute: &Attribute) -> Option<String> {
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
