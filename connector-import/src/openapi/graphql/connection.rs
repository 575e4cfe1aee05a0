//! Lists in pages, as the Relay specification has them.

use super::schema::{Field, Schema, TypeRef};

pub(super) struct Connection<'s> {
    /// `nodes` or `edges`.
    pub(super) items: &'s Field,
    /// What an item is, within the item of the list if that is an edge.
    pub(super) item: &'s TypeRef,
    pub(super) has_edges: bool,
    pub(super) has_total: bool,
}

pub(super) fn connection<'s>(schema: &'s Schema, name: &str) -> Option<Connection<'s>> {
    let plain = |name: &str, field: &str| {
        let field = schema.field(name, field)?;
        field.is_plain().then_some(field)
    };
    let info = plain(name, "pageInfo")?;
    if info.of.is_list() {
        return None;
    }
    for field in ["hasNextPage", "endCursor"] {
        let part = plain(info.of.name(), field)?;
        if !schema.is_leaf(&part.of) || part.of.is_list() {
            return None;
        }
    }
    let total = plain(name, "totalCount");
    let has_total = total.is_some_and(|total| total.of.nullable().to_string() == "Int");
    let item = |list: &'s TypeRef| match list.nullable() {
        TypeRef::List(item) if !item.is_list() => Some(&**item),
        _ => None,
    };
    if let Some(nodes) = plain(name, "nodes")
        && let Some(item) = item(&nodes.of)
    {
        return Some(Connection {
            items: nodes,
            item,
            has_edges: false,
            has_total,
        });
    }
    let edges = plain(name, "edges")?;
    let node = plain(item(&edges.of)?.name(), "node")?;
    (!node.of.is_list()).then_some(Connection {
        items: edges,
        item: &node.of,
        has_edges: true,
        has_total,
    })
}

/// Returns the argument that says how many items a page has, if a number can be given.
pub(super) fn takes_first(field: &Field) -> bool {
    let first = field.argument("first");
    first.is_some_and(|first| first.of.nullable().to_string() == "Int")
}

/// Returns the page that an operation returns, if the next one can be asked for.
pub(super) fn paged<'s>(schema: &'s Schema, field: &Field) -> Option<Connection<'s>> {
    let after = field.argument("after")?;
    let takes_text = schema.is_leaf(&after.of)
        && !after.of.is_list()
        && !matches!(after.of.name(), "Int" | "Float" | "Boolean");
    if !takes_text || after.is_required() || field.of.is_list() {
        return None;
    }
    connection(schema, field.of.name())
}
