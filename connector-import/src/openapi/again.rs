//! Operations that an earlier import knew: callers use their names.

use std::collections::HashMap;

use plugwright_sdk::Value;

use super::reference::Document;
use super::{METHODS, MOST_OPERATIONS};
use crate::form::{ImportedAction, Operation};

/// An operation of an earlier import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The operation.
    pub operation: Operation,
    /// The id that the document gave it.
    pub id: Option<String>,
    /// The name of its action, without an overlay.
    pub name: String,
}

impl From<(Operation, String)> for Earlier {
    fn from((operation, name): (Operation, String)) -> Self {
        Self {
            operation,
            id: None,
            name,
        }
    }
}

impl From<ImportedAction> for Earlier {
    fn from(action: ImportedAction) -> Self {
        Self {
            operation: action.operation,
            id: action.id,
            name: action.own_name.unwrap_or(action.name),
        }
    }
}

pub(super) type Known<'d> = (Operation, Option<&'d str>);

pub(super) fn operations<'d>(
    document: Document<'d>,
    paths: &[(&'d String, &'d Value)],
) -> Vec<Known<'d>> {
    let items = paths.iter().filter_map(|&(path, item)| {
        let item = document.resolve(item).ok()?;
        (!path.starts_with("x-")).then_some((path, item))
    });
    let operations = items.flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let operation = item.get(method)?;
            let key = Operation {
                method: method.to_ascii_uppercase(),
                path: path.clone(),
            };
            Some((key, operation.get("operationId").and_then(Value::as_str)))
        })
    });
    operations.take(MOST_OPERATIONS).collect()
}

/// Returns the names of operations that were there before: those with the same method and path,
/// then those with the same id, then those whose path differs in names of parameters. Names of
/// operations that are gone are free.
pub(super) fn names(now: Vec<Known<'_>>, earlier: &[Earlier]) -> Vec<(Operation, String)> {
    let mut left = (now, earlier.iter().collect());
    let mut names = Vec::new();
    pair(&mut left, &mut names, |operation, _| {
        Some(written(operation, &operation.path))
    });
    pair(&mut left, &mut names, |_, id| id.map(str::to_owned));
    pair(&mut left, &mut names, |operation, _| {
        Some(written(operation, &blank(&operation.path)))
    });
    names
}

/// Takes out the operations that have a key which no others of their import have.
fn pair(
    (now, earlier): &mut (Vec<Known<'_>>, Vec<&Earlier>),
    names: &mut Vec<(Operation, String)>,
    key: impl Fn(&Operation, Option<&str>) -> Option<String>,
) {
    let of_earlier = |earlier: &Earlier| key(&earlier.operation, earlier.id.as_deref());
    let mut keys: HashMap<String, (usize, Option<&Earlier>)> = HashMap::new();
    for (operation, id) in now.iter() {
        if let Some(key) = key(operation, *id) {
            keys.entry(key).or_default().0 += 1;
        }
    }
    keys.retain(|_, (number, _)| *number == 1);
    let mut again = Vec::new();
    for earlier in earlier.iter() {
        let found = of_earlier(earlier).and_then(|key| Some((keys.get_mut(&key)?, key)));
        match found {
            Some(((_, known @ None), _)) => *known = Some(earlier),
            Some((_, key)) => again.push(key),
            None => {}
        }
    }
    for key in again {
        keys.remove(&key);
    }
    now.retain(|(operation, id)| {
        let known = key(operation, *id).and_then(|key| keys.get(&key)?.1);
        names.extend(known.map(|earlier| (operation.clone(), earlier.name.clone())));
        known.is_none()
    });
    earlier.retain(|earlier| {
        let known = of_earlier(earlier).and_then(|key| keys.get(&key)?.1);
        known.is_none()
    });
}

fn written(operation: &Operation, path: &str) -> String {
    format!("{} {path}", operation.method)
}

fn blank(path: &str) -> String {
    let mut blank = String::new();
    let mut depth = 0_usize;
    for letter in path.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => continue,
            _ => {}
        }
        blank.push(letter);
    }
    blank
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earlier(method: &str, path: &str, id: &str, name: &str) -> Earlier {
        let (operation, id) = known(method, path, id);
        Earlier {
            operation,
            id: id.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    fn known<'d>(method: &str, path: &str, id: &'d str) -> Known<'d> {
        let operation = Operation {
            method: method.to_owned(),
            path: path.to_owned(),
        };
        (operation, Some(id).filter(|id| !id.is_empty()))
    }

    #[test]
    fn operations_are_known_by_path_then_id_then_shape() {
        let before = [
            earlier("GET", "/a", "x", "a.list"),
            earlier("GET", "/pets/{id}", "getPet", "pet.get"),
            earlier("POST", "/v1/users", "addUser", "user.add"),
            earlier("GET", "/toys/{id}", "", "toys.get"),
            earlier("GET", "/gone", "gone", "gone.list"),
            earlier("GET", "/b", "twice", "b.list"),
            earlier("GET", "/c", "twice", "c.list"),
        ];
        let now = vec![
            known("GET", "/a", "y"),
            known("GET", "/a2", "x"),
            known("GET", "/pets/{petId}", "getPet"),
            known("PUT", "/v2/users", "addUser"),
            known("GET", "/toys/{toy}", "getToy"),
            known("GET", "/d", "twice"),
        ];
        let names = names(now, &before);
        let names: Vec<_> = names
            .iter()
            .map(|(operation, name)| (operation.path.as_str(), name.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("/a", "a.list"),
                ("/pets/{petId}", "pet.get"),
                ("/v2/users", "user.add"),
                ("/toys/{toy}", "toys.get"),
            ]
        );
    }
}
