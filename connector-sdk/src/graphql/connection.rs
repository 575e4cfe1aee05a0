//! Where a list is in an answer, and how it goes on.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer::Problem;
use crate::result::Page;

/// A list in pages, as the Relay specification has it: `nodes` or `edges`, and `pageInfo` with
/// `hasNextPage` and `endCursor`.
///
/// The operation selects `pageInfo { hasNextPage endCursor }`, and `nodes { .. }` or
/// `edges { node { .. } }`. Where it selects `totalCount`, that is the page's `total_count`. An item
/// that is null is left out.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'p> {
    pub(super) pointer: &'p str,
    pub(super) variable: &'p str,
}

impl<'p> Connection<'p> {
    /// Takes the JSON pointer to the connection in `data`. The variable `after` takes the cursor.
    pub const fn at(pointer: &'p str) -> Self {
        Self {
            pointer,
            variable: "after",
        }
    }

    /// Names the variable that takes the cursor.
    #[must_use]
    pub const fn cursor(mut self, variable: &'p str) -> Self {
        self.variable = variable;
        self
    }
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned", rename_all = "camelCase")]
struct Answer<T> {
    nodes: Option<Vec<Option<T>>>,
    edges: Option<Vec<Option<Edge<T>>>>,
    page_info: Option<PageInfo>,
    total_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Edge<T> {
    node: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: Option<bool>,
    end_cursor: Option<String>,
}

/// Reads a page; `sent` is the cursor that it was asked for with.
pub(super) fn read<'p, T: DeserializeOwned>(
    pointer: &'p str,
    text: &str,
    sent: Option<&str>,
) -> Result<Page<T>, Problem<'p>> {
    let answer: Answer<T> =
        serde_json::from_str(text).map_err(|error| Problem::Shape { pointer, error })?;
    let nodes = answer
        .nodes
        .map(|nodes| nodes.into_iter().flatten().collect());
    let edges = || {
        let edges = answer.edges?.into_iter().flatten();
        Some(edges.filter_map(|edge| edge.node).collect())
    };
    let Some(items) = nodes.or_else(edges) else {
        return Err(Problem::NotAConnection {
            pointer,
            lacks: "`nodes` or `edges`",
        });
    };
    let lacks = |lacks| Problem::NotAConnection { pointer, lacks };
    let info = answer.page_info.ok_or(lacks("`pageInfo`"))?;
    let mut page = Page::new(items);
    page.total_count = answer.total_count;
    let has_more = info.has_next_page.ok_or(lacks("`pageInfo.hasNextPage`"))?;
    if has_more {
        // A list that can't go on must not look as if it were complete.
        let cursor = info.end_cursor.filter(|cursor| !cursor.is_empty());
        let cursor = cursor.ok_or(lacks("`pageInfo.endCursor`"))?;
        if sent == Some(cursor.as_str()) {
            return Err(Problem::SamePage { pointer });
        }
        page.cursor = Some(cursor);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn page(connection: &Value) -> Result<Page<u32>, Problem<'static>> {
        read("/list", &connection.to_string(), Some("before"))
    }

    #[test]
    fn reads_nodes_and_edges_and_leaves_nulls_out() {
        let end = json!({ "hasNextPage": false, "endCursor": "x" });
        let nodes =
            page(&json!({ "nodes": [1, null, 2], "pageInfo": end, "totalCount": 9 })).unwrap();
        assert_eq!(
            (nodes.items, nodes.cursor, nodes.total_count),
            (vec![1, 2], None, Some(9))
        );
        let edges = json!({ "edges": [{ "node": 1 }, null, { "node": null }], "pageInfo": end });
        assert_eq!(page(&edges).unwrap().items, [1]);
    }

    #[test]
    fn a_list_that_can_not_go_on_fails() {
        let more = |cursor: Value| {
            let info = json!({ "hasNextPage": true, "endCursor": cursor });
            page(&json!({ "nodes": [], "pageInfo": info }))
        };
        assert_eq!(more(json!("next")).unwrap().cursor.as_deref(), Some("next"));
        for cursor in [json!(null), json!(""), json!("before")] {
            assert!(more(cursor).is_err());
        }
        assert!(page(&json!({ "nodes": [] })).is_err());
        assert!(page(&json!({ "nodes": [], "pageInfo": {} })).is_err());
        assert!(page(&json!({ "pageInfo": { "hasNextPage": false } })).is_err());
    }
}
