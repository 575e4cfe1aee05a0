//! Selections that are narrowed to the fields that are returned.

use apollo_compiler::ast::{Definition, Field, Selection};
use apollo_compiler::parser::Parser;
use apollo_compiler::{Node, name};

use crate::form::GraphqlTemplate;

/// Lets an operation select no more than these fields of its result, given as `user.login` style paths;
/// of the items of a list that is at the pointer `items`. An operation that can't be read stays as it is.
pub(crate) fn narrow(template: &mut GraphqlTemplate, items: Option<&str>, fields: &[String]) {
    let parsed = Parser::new().parse_ast(template.text.as_str(), "operation.graphql");
    let Ok(mut document) = parsed else {
        return;
    };
    let [Definition::OperationDefinition(operation)] = document.definitions.as_mut_slice() else {
        return;
    };
    let place = items.unwrap_or(&template.pointer);
    let mut names: Vec<&str> = place.split('/').skip(1).collect();
    if items.is_some() && names.last() == Some(&"edges") {
        names.push("node");
    }
    let mut selections = &mut operation.make_mut().selection_set;
    for name in names {
        let field = selections.iter_mut().find_map(|selection| match selection {
            Selection::Field(field) if field.name == name => Some(field),
            _ => None,
        });
        let Some(field) = field else {
            return;
        };
        selections = &mut field.make_mut().selection_set;
    }
    let paths: Vec<Vec<&str>> = fields
        .iter()
        .map(|path| path.split('.').collect())
        .collect();
    let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
    keep(selections, &paths);
    template.text = document.serialize().no_indent().to_string();
}

/// Keeps the fields that paths name, and what paths end at as a whole.
fn keep(selections: &mut Vec<Selection>, paths: &[&[&str]]) {
    if paths.iter().any(|path| path.is_empty()) || selections.is_empty() {
        return;
    }
    selections.retain_mut(|selection| match selection {
        Selection::Field(field) => {
            let response = field.response_name().clone();
            let within: Vec<&[&str]> = paths
                .iter()
                .filter_map(|path| {
                    let (first, rest) = path.split_first()?;
                    (response == *first).then_some(rest)
                })
                .collect();
            if within.is_empty() {
                return false;
            }
            keep(&mut field.make_mut().selection_set, &within);
            true
        }
        Selection::InlineFragment(fragment) => {
            let fragment = fragment.make_mut();
            keep(&mut fragment.selection_set, paths);
            let is_empty =
                |own: &Selection| matches!(own, Selection::Field(own) if is_typename(own));
            !fragment.selection_set.iter().all(is_empty)
        }
        Selection::FragmentSpread(_) => true,
    });
    if selections.is_empty() {
        let typename = Field {
            alias: None,
            name: name!("__typename"),
            arguments: Vec::new(),
            directives: apollo_compiler::ast::DirectiveList::default(),
            selection_set: Vec::new(),
        };
        selections.push(Selection::Field(Node::new(typename)));
    }
}

fn is_typename(field: &Field) -> bool {
    field.name == "__typename"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(text: &str, pointer: &str, items: Option<&str>, fields: &[&str]) -> String {
        let mut template = GraphqlTemplate {
            text: text.to_owned(),
            pointer: pointer.to_owned(),
        };
        let fields: Vec<String> = fields.iter().map(|path| (*path).to_owned()).collect();
        narrow(&mut template, items, &fields);
        template.text
    }

    #[test]
    fn only_what_is_returned_is_selected() {
        let text = "query A($id: ID!) { a(id: $id) { id email owner { id name } \
                    who { __typename ... on P { id nick: name } ... on B { id } } } }";
        assert_eq!(
            narrowed(text, "/a", None, &["id", "owner", "who.nick"]),
            "query A($id: ID!) { a(id: $id) { id owner { id name } who { ... on P { nick: name } } } }"
        );
        assert_eq!(
            narrowed(text, "/a", None, &["who.missing"]),
            "query A($id: ID!) { a(id: $id) { who { __typename } } }"
        );
        let list =
            "query L { l { edges { node { id name } } pageInfo { hasNextPage endCursor } } }";
        assert_eq!(
            narrowed(list, "/l", Some("/l/edges"), &["name"]),
            "query L { l { edges { node { name } } pageInfo { hasNextPage endCursor } } }"
        );
        assert_eq!(narrowed("no", "/a", None, &["id"]), "no");
    }
}
