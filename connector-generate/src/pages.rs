//! How lists go on, as code.

use std::fmt::Write as _;

use plugwright_import::{PageSize, PageStyle, PagingTemplate};

use crate::argument::Argument;
use crate::param::ParamType;
use crate::rust::text;

/// The strategy that the SDK has none for, as a file of the crate.
pub(crate) const FILE: &str = include_str!("template/pages.rs.in");

pub(crate) fn strategy(
    style: &PageStyle,
    items: &str,
    paging: Option<&PagingTemplate>,
    arguments: &[Argument],
) -> String {
    let mut code = match style {
        PageStyle::Whole => "Whole".to_owned(),
        PageStyle::Link => "LinkHeader".to_owned(),
        PageStyle::Url { pointer } => format!("NextUrl({})", text(pointer)),
        PageStyle::Cursor { parameter, pointer } => {
            format!("CursorField::new({}, {})", text(parameter), text(pointer))
        }
        PageStyle::LastItem {
            parameter,
            member,
            more,
        } => format!(
            "AfterLast::new({}, {}, {}, {})",
            text(parameter),
            text(items),
            text(&format!("/{member}")),
            text(more)
        ),
        PageStyle::Number {
            parameter,
            first,
            size,
        } => {
            let first = match first {
                1 => String::new(),
                first => format!(".first({first})"),
            };
            format!(
                "PageNumber::new({}, {}){first}",
                text(parameter),
                length(size, arguments)
            )
        }
        PageStyle::Offset { parameter, size } => {
            format!(
                "Offset::new({}, {})",
                text(parameter),
                length(size, arguments)
            )
        }
    };
    if !items.is_empty() {
        // Writing to a string can't fail.
        let _ = write!(code, ".items({})", text(items));
        if let Some(total) = paging.and_then(|paging| paging.total.as_ref()) {
            let _ = write!(code, ".total({})", text(total));
        }
        if paging.is_none_or(|paging| !paging.required) {
            code.push_str(".omitted_if_empty()");
        }
    }
    code
}

fn length(size: &PageSize, arguments: &[Argument]) -> String {
    let usual = size.usual.unwrap_or_default();
    let argument = size
        .parameter
        .as_ref()
        .and_then(|name| arguments.iter().find(|argument| argument.wire == *name));
    match argument {
        Some(Argument {
            ty: ParamType::Integer("u16"),
            name,
            required,
            newtype,
            ..
        }) => match (required, newtype) {
            (true, None) => format!("{name}.into()"),
            (true, Some(_)) => format!("{name}.0.into()"),
            (false, None) => format!("{name}.map_or({usual}, usize::from)"),
            (false, Some(_)) => format!("{name}.map_or({usual}, |size| size.0.into())"),
        },
        _ => usual.to_string(),
    }
}
