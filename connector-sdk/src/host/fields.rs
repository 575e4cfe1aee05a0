//! Taking some fields out of a result.

mod text;

use std::collections::HashMap;
use std::ptr;

use serde_json::{Map, Value};

use crate::data::Data;
use crate::echo::Echo;
use crate::error::{ActionError, Faults};
use crate::{nearest, schema};

/// The fields that a caller asks for, each a path of names.
///
/// ```
/// use plugwright_sdk::host::fields::Fields;
/// use plugwright_sdk::json;
///
/// let output = json!({ "type": "object" });
/// let fields = Fields::parse(&["user.login"], &output)?;
/// let data = json!({ "id": 7, "user": { "id": 3, "login": "me" } });
/// assert_eq!(fields.project(&data), json!({ "user": { "login": "me" } }));
/// # Ok::<(), plugwright_sdk::ActionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fields {
    paths: Vec<Vec<String>>,
    tree: Tree,
}

/// The part of a value that is kept: all of it, or these members in this order.
#[derive(Clone, Debug)]
enum Tree {
    Whole,
    Members(Vec<(String, Tree)>),
}

impl Fields {
    /// The most paths that can be asked for.
    pub const MOST: usize = 100;

    /// The longest path, in bytes.
    pub const LONGEST: usize = 256;

    /// Reads `user.login` style paths.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` with a fault for each path that the output schema rules out, which names
    /// the nearest field, and for each one longer than [`LONGEST`](Self::LONGEST). Also for more than
    /// [`MOST`](Self::MOST) paths.
    pub fn parse(texts: &[impl AsRef<str>], output: &Value) -> Result<Self, ActionError> {
        if texts.len() > Self::MOST {
            let message = format!(
                "has {} paths, and at most {} are allowed",
                texts.len(),
                Self::MOST
            );
            return Err(ActionError::invalid_param("fields", message));
        }
        let mut faults = Faults::new();
        let mut known = Known {
            output,
            places: HashMap::new(),
        };
        let mut paths = Vec::with_capacity(texts.len());
        for text in texts {
            let text = text.as_ref().trim();
            if text.len() > Self::LONGEST {
                let (text, longest) = (Echo(text), Self::LONGEST);
                let message = format_args!("has `{text}`, which is longer than {longest} bytes");
                faults.note("fields", message);
                continue;
            }
            let path: Vec<_> = text.split('.').map(str::to_owned).collect();
            match known.check(&path) {
                Ok(()) => paths.push(path),
                // What is left only counts.
                Err(_) if faults.is_full() => faults.note("fields", ""),
                Err(unknown) => faults.note("fields", unknown.message()),
            }
        }
        if !faults.is_empty() {
            return Err(ActionError::invalid(faults));
        }
        let mut tree = Tree::Members(Vec::new());
        for path in &paths {
            tree.keep(path);
        }
        Ok(Self { paths, tree })
    }

    /// Returns the paths in the order asked for.
    pub fn paths(&self) -> &[Vec<String>] {
        &self.paths
    }

    /// Returns `data` with these fields alone; lists are gone into, item by item.
    pub fn project(&self, data: &Value) -> Value {
        self.tree.project(data)
    }

    /// Returns the data of a result with these fields alone. Text stays text: the values in it would take
    /// many times its memory.
    ///
    /// ```
    /// use plugwright_sdk::host::Data;
    /// use plugwright_sdk::host::fields::Fields;
    /// use plugwright_sdk::json;
    ///
    /// let data = Data::of(&json!([{ "id": 7, "login": "me" }, 1]))?;
    /// let output = json!({ "type": "array", "items": { "properties": { "login": {} } } });
    /// let fields = Fields::parse(&["login"], &output)?;
    /// assert_eq!(fields.project_data(data).to_json(), r#"[{"login":"me"},1]"#);
    /// # Ok::<(), plugwright_sdk::ActionError>(())
    /// ```
    pub fn project_data(&self, data: Data) -> Data {
        match data
            .as_text()
            .and_then(|text| text::project(&self.tree, text))
        {
            Some(text) => text,
            None => self.project(&data.into_value()).into(),
        }
    }
}

impl Tree {
    fn keep(&mut self, path: &[String]) {
        let Some((name, rest)) = path.split_first() else {
            *self = Self::Whole;
            return;
        };
        let Self::Members(members) = self else {
            return;
        };
        let place = members.iter().position(|(known, _)| known == name);
        let place = place.unwrap_or_else(|| {
            members.push((name.clone(), Self::Members(Vec::new())));
            members.len() - 1
        });
        members[place].1.keep(rest);
    }

    fn project(&self, data: &Value) -> Value {
        let (members, kept) = match (self, data) {
            (Self::Whole, _) => return data.clone(),
            (_, Value::Array(items)) => {
                return items.iter().map(|item| self.project(item)).collect();
            }
            (Self::Members(kept), Value::Object(members)) => (members, kept),
            (_, other) => return other.clone(),
        };
        kept.iter()
            .filter_map(|(name, tree)| Some((name.clone(), tree.project(members.get(name)?))))
            .collect::<Map<_, _>>()
            .into()
    }
}

/// Returns what is at a path; lists on the way give a list of what their items have there.
pub fn at(data: &Value, path: &[String]) -> Option<Value> {
    let Some((name, rest)) = path.split_first() else {
        return Some(data.clone());
    };
    match data {
        Value::Array(items) => Some(items.iter().filter_map(|item| at(item, path)).collect()),
        Value::Object(members) => at(members.get(name)?, rest),
        _ => None,
    }
}

/// The fields that a schema names, by where they are in it: long paths lead to the same places again and
/// again.
struct Known<'a> {
    output: &'a Value,
    places: HashMap<*const Value, Vec<(&'a str, &'a Value)>>,
}

/// A path that leads nowhere.
struct Unknown<'p, 'a> {
    path: &'p [String],
    depth: usize,
    /// The names that are there instead.
    names: Vec<&'a str>,
}

impl<'a> Known<'a> {
    fn check<'p>(&mut self, path: &'p [String]) -> Result<(), Unknown<'p, 'a>> {
        let mut place = self.output;
        for (depth, name) in path.iter().enumerate() {
            place = schema::element(self.output, place);
            let known = self.places.entry(ptr::from_ref(place)).or_insert_with(|| {
                let mut known = schema::properties(self.output, place);
                known.sort_by_key(|(name, _)| *name);
                known
            });
            match known.binary_search_by_key(&name.as_str(), |(name, _)| *name) {
                Ok(index) => place = known[index].1,
                Err(_) if schema::is_open(self.output, place) && !name.is_empty() => return Ok(()),
                Err(_) => {
                    let names = schema::properties(self.output, place).into_iter();
                    let names = names.map(|(name, _)| name).collect();
                    return Err(Unknown { path, depth, names });
                }
            }
        }
        Ok(())
    }
}

impl Unknown<'_, '_> {
    /// Says that there is no such field.
    fn message(&self) -> String {
        let (above, name) = (&self.path[..self.depth], &self.path[self.depth]);
        let full = |name: &str| {
            above
                .iter()
                .map(String::as_str)
                .chain([name])
                .collect::<Vec<_>>()
                .join(".")
        };
        let asked = self.path.join(".");
        let asked = Echo(&asked);
        if self.names.is_empty() && self.depth > 0 {
            format!(
                "has `{asked}`, but `{}` has no fields",
                Echo(&above.join("."))
            )
        } else if self.names.is_empty() {
            format!("has `{asked}`, but the output has no fields")
        } else {
            let near = nearest::names(name, self.names.iter().copied(), 1);
            let near: Vec<_> = near.into_iter().map(full).collect();
            let near: Vec<_> = near.iter().map(|near| Echo(near)).collect();
            let hint = nearest::question(&near).unwrap_or_else(|| {
                let names: Vec<_> = self.names.iter().map(|name| full(name)).collect();
                let list = nearest::list(names.iter().map(String::as_str));
                format!("; allowed: {list}")
            });
            format!("has `{asked}`, which is not an output field{hint}")
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Objects and lists of few names, some of them escaped or repeated.
    const JSON: &str = r#"\{"c":1(, ?"([abc]|\\u0061)":(1e5|"x\\n"|\[\]|\{("b":\{"c":\[1,\{"a":2\}\]\},)?"([abc])":-0\.5\})){0,5}\}"#;

    fn output() -> Value {
        json!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": {
            "number": { "type": "integer" },
            "user": { "type": "object", "additionalProperties": false, "properties": { "login": { "type": "string" } } },
            "labels": { "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": { "name": { "type": "string" } } } },
            "extra": { "type": "object" }
        } } })
    }

    fn fields(texts: &[&str]) -> Result<Fields, String> {
        Fields::parse(texts, &output()).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn keeps_only_what_was_asked_for_in_that_order() {
        let data = json!([{ "number": 1, "title": "t", "user": { "login": "me", "id": 7 }, "labels": [{ "name": "a", "id": 1 }, { "name": "b" }] }]);
        let fields = fields(&["labels.name", "user.login", "number"]).unwrap();
        let projected = fields.project(&data);
        assert_eq!(
            projected.to_string(),
            r#"[{"labels":[{"name":"a"},{"name":"b"}],"user":{"login":"me"},"number":1}]"#
        );
        assert_eq!(at(&data[0], &fields.paths()[0]), Some(json!(["a", "b"])));
    }

    #[test]
    fn many_paths_cost_an_item_no_more_than_its_members() {
        let open = json!({ "type": "object" });
        let texts: Vec<_> = (0..Fields::MOST)
            .map(|number| format!("m{number}.a"))
            .collect();
        let fields = Fields::parse(&texts, &open).unwrap();
        let member = |number| (format!("m{number}"), json!({ "a": number, "b": 0 }));
        let item = Value::Object((0..1_000).rev().map(member).collect());
        let projected = fields.project(&json!([item.clone(), item]));
        let kept = projected[1].as_object().unwrap();
        assert_eq!(kept.len(), Fields::MOST);
        assert!(
            kept.keys()
                .zip(0..)
                .all(|(name, number)| *name == format!("m{number}"))
        );
        assert_eq!(kept["m7"], json!({ "a": 7 }));
    }

    #[test]
    fn the_whole_wins_over_its_parts_and_absent_fields_stay_absent() {
        let data = json!({ "user": { "login": "me", "id": 7 }, "extra": null });
        assert_eq!(
            fields(&["user.login", "user"]).unwrap().project(&data),
            json!({ "user": { "login": "me", "id": 7 } })
        );
        assert_eq!(
            fields(&["extra.any.thing", "number"])
                .unwrap()
                .project(&data),
            json!({ "extra": null })
        );
    }

    proptest! {
        #[test]
        fn text_is_projected_as_values_are(
            texts in prop::collection::vec("[ab](\\.[abc]){0,2}", 1..5),
            objects in prop::collection::vec(prop::string::string_regex(JSON).unwrap(), 0..3),
        ) {
            let json = format!("[{}]", objects.join(", "));
            let fields = Fields::parse(&texts, &json!({ "type": "object" })).unwrap();
            let value: Value = serde_json::from_str(&json).unwrap();
            let raw: Box<serde_json::value::RawValue> = serde_json::from_str(&json).unwrap();
            let data = Data::of(&raw).unwrap();
            let projected = fields.project_data(data).to_json().into_owned();
            let read: Value = serde_json::from_str(&projected).unwrap();
            let expected = fields.project(&value);
            // The order of the members too.
            prop_assert_eq!(read.to_string(), expected.to_string());
        }
    }

    #[test]
    fn too_many_paths_and_too_long_ones_are_refused() {
        let many = vec!["number"; Fields::MOST + 1];
        assert_eq!(
            fields(&many).unwrap_err(),
            "`fields` has 101 paths, and at most 100 are allowed"
        );
        assert!(fields(&many[1..]).is_ok());
        let long = format!("extra.{}", "a.".repeat(1 << 20));
        let refused = fields(&[&long]).unwrap_err();
        assert!(
            refused.ends_with("which is longer than 256 bytes"),
            "{refused}"
        );
        assert!(refused.len() < 200, "{refused}");
    }

    #[test]
    fn a_wrong_name_offers_the_nearest() {
        assert_eq!(
            fields(&["numbr"]).unwrap_err(),
            "`fields` has `numbr`, which is not an output field; did you mean `number`?"
        );
        assert_eq!(
            fields(&["user.logn"]).unwrap_err(),
            "`fields` has `user.logn`, which is not an output field; did you mean `user.login`?"
        );
        assert_eq!(
            fields(&["number.x"]).unwrap_err(),
            "`fields` has `number.x`, but `number` has no fields"
        );
        assert!(
            fields(&["zzz"])
                .unwrap_err()
                .ends_with("allowed: number, user, labels, extra")
        );
        assert!(fields(&[""]).is_err());
    }

    #[test]
    fn all_wrong_names_are_reported_together() {
        assert_eq!(
            fields(&["numbr", "number", "user.logn"]).unwrap_err(),
            "2 problems: `fields` has `numbr`, which is not an output field; did you mean `number`?; \
             `fields` has `user.logn`, which is not an output field; did you mean `user.login`?"
        );
    }
}
