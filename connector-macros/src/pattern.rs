//! The subset of regular expressions that ECMA-262 and Rust read alike.

use regex_syntax::ast::{self, Ast, parse::Parser};

pub(crate) fn fault(pattern: &str) -> Option<String> {
    let ast = match Parser::new().parse(pattern) {
        Ok(ast) => ast,
        Err(error) => return Some(format!("not a regular expression: {}", error.kind())),
    };
    // Parsing checks the syntax alone; translation refuses what would be too large to run.
    if let Err(error) = regex_syntax::parse(pattern) {
        return Some(format!("not a regular expression: {error}"));
    }
    outside(&ast).map(|what| {
        format!("{what} means different things to JSON Schema and to Rust; allowed are literals, groups, `|`, `^`, `$`, quantifiers and classes of listed characters such as `[0-9a-f]`")
    })
}

fn outside(ast: &Ast) -> Option<&'static str> {
    match ast {
        Ast::Empty(_) | Ast::Literal(_) => None,
        Ast::Flags(_) => Some("an inline flag"),
        Ast::Dot(_) => Some("`.`"),
        Ast::Assertion(assertion) => match assertion.kind {
            ast::AssertionKind::StartLine | ast::AssertionKind::EndLine => None,
            _ => Some("a word or text boundary"),
        },
        Ast::ClassUnicode(_) => Some("a Unicode class"),
        Ast::ClassPerl(_) => Some("`\\d`, `\\s` or `\\w`"),
        Ast::ClassBracketed(class) => outside_class(&class.kind),
        Ast::Repetition(repetition) => outside(&repetition.ast),
        Ast::Group(group) => match &group.kind {
            ast::GroupKind::CaptureIndex(_) => outside(&group.ast),
            ast::GroupKind::NonCapturing(flags) if flags.items.is_empty() => outside(&group.ast),
            ast::GroupKind::NonCapturing(_) => Some("an inline flag"),
            ast::GroupKind::CaptureName { .. } => Some("a named group"),
        },
        Ast::Alternation(alternation) => alternation.asts.iter().find_map(outside),
        Ast::Concat(concat) => concat.asts.iter().find_map(outside),
    }
}

fn outside_class(class: &ast::ClassSet) -> Option<&'static str> {
    match class {
        ast::ClassSet::BinaryOp(_) => Some("an operation on classes"),
        ast::ClassSet::Item(item) => outside_item(item),
    }
}

fn outside_item(item: &ast::ClassSetItem) -> Option<&'static str> {
    match item {
        ast::ClassSetItem::Empty(_)
        | ast::ClassSetItem::Literal(_)
        | ast::ClassSetItem::Range(_) => None,
        ast::ClassSetItem::Ascii(_) => Some("a POSIX class"),
        ast::ClassSetItem::Unicode(_) => Some("a Unicode class"),
        ast::ClassSetItem::Perl(_) => Some("`\\d`, `\\s` or `\\w`"),
        ast::ClassSetItem::Bracketed(_) => Some("a class inside a class"),
        ast::ClassSetItem::Union(union) => union.items.iter().find_map(outside_item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_subset_and_refuses_the_rest() {
        for good in [
            "^[a-z][a-z0-9-]*$",
            "a|b",
            "(ab){2,3}?",
            "[^/\n]+",
            r"\.",
            "^$",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            r"\d+",
            ".",
            r"\bword",
            "(?i)a",
            r"\p{L}",
            "[[:alpha:]]",
            "(?P<x>a)",
            "a(",
            "[a&&b]",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
