//! Recorded answers against what their operation selects.

use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, Schema};
use serde_json::{Map, Value};

use super::document::Document;
use crate::schema::pointer;

#[derive(Default)]
pub(super) struct Seen {
    pub(super) faults: Vec<String>,
    /// Values that could have been null.
    pub(super) nullable: Vec<Place>,
}

pub(super) struct Place {
    /// JSON pointer into the data.
    pub(super) pointer: String,
    /// Type and name of the field.
    pub(super) field: String,
    pub(super) position: String,
}

pub(super) fn check(
    schema: &Valid<Schema>,
    document: &Document,
    parsed: &Valid<ExecutableDocument>,
    data: &Value,
) -> Seen {
    let mut walk = Walk {
        schema,
        document,
        parsed,
        seen: Seen::default(),
    };
    if let Ok(operation) = parsed.operations.get(Some(document.operation.name())) {
        let root = &operation.selection_set;
        match data {
            Value::Object(members) => walk.object(&[root], members, ""),
            _ => walk.seen.faults.push("`data` is no object".to_owned()),
        }
    }
    walk.seen
}

struct Walk<'a> {
    schema: &'a Valid<Schema>,
    document: &'a Document,
    parsed: &'a Valid<ExecutableDocument>,
    seen: Seen,
}

/// A member that an answer has: the fields that are merged into it, and whether it must be there.
struct Expected<'a> {
    key: &'a str,
    fields: Vec<&'a Node<Field>>,
    certain: bool,
}

impl<'a> Walk<'a> {
    fn object(&mut self, sets: &[&'a SelectionSet], members: &Map<String, Value>, pointer: &str) {
        let runtime = members.get("__typename").and_then(Value::as_str);
        let mut expected = Vec::new();
        for set in sets {
            self.collect(set, runtime, true, &mut expected);
        }
        for Expected {
            key,
            fields,
            certain,
        } in &expected
        {
            let below = format!("{pointer}/{}", pointer::escape(key));
            let Some(field) = fields.first() else {
                continue;
            };
            match members.get(*key) {
                Some(value) => {
                    let is_of_list = members.contains_key("hasNextPage")
                        || members.contains_key("pageInfo") && matches!(*key, "nodes" | "edges");
                    // What pages are read from is not read by the action.
                    let probes = !is_of_list && field.name != "__typename";
                    self.value(fields, field.ty(), value, &below, probes);
                }
                None if *certain => {
                    let position = self.position(field);
                    let at = shown(&below);
                    self.seen.faults.push(format!(
                        "the response lacks `{at}`, which {position} selects"
                    ));
                }
                None => {}
            }
        }
        for key in members.keys() {
            if !expected.iter().any(|expected| expected.key == key) {
                let at = format!("{pointer}/{key}");
                let at = shown(&at);
                let name = self.document.operation.name();
                self.seen.faults.push(format!(
                    "the response has `{at}`, which `{name}` does not select"
                ));
            }
        }
    }

    /// Collects what a selection set selects of an object whose type is `runtime`, if that is known.
    fn collect(
        &self,
        set: &'a SelectionSet,
        runtime: Option<&str>,
        certain: bool,
        expected: &mut Vec<Expected<'a>>,
    ) {
        for selection in &set.selections {
            let directives = selection.directives();
            let certain = certain && !directives.has("include") && !directives.has("skip");
            match selection {
                Selection::Field(field) => {
                    let key = field.response_key().as_str();
                    match expected.iter_mut().find(|expected| expected.key == key) {
                        Some(known) => {
                            known.certain |= certain;
                            known.fields.push(field);
                        }
                        None => expected.push(Expected {
                            key,
                            fields: vec![field],
                            certain,
                        }),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref().unwrap_or(&set.ty);
                    if let Some(fits) = self.fits(&set.ty, condition, runtime) {
                        self.collect(&fragment.selection_set, runtime, certain && fits, expected);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = spread.fragment_def(self.parsed) else {
                        continue;
                    };
                    let condition = &fragment.selection_set.ty;
                    if let Some(fits) = self.fits(&set.ty, condition, runtime) {
                        self.collect(&fragment.selection_set, runtime, certain && fits, expected);
                    }
                }
            }
        }
    }

    /// Returns whether a fragment applies: nothing if it does not, `false` if that can't be told.
    fn fits(&self, declared: &str, condition: &str, runtime: Option<&str>) -> Option<bool> {
        let is_object = self.schema.get_object(declared).is_some();
        match runtime.or(is_object.then_some(declared)) {
            Some(actual) => {
                let fits = actual == condition || self.schema.is_subtype(condition, actual);
                fits.then_some(true)
            }
            None => Some(declared == condition || self.schema.is_subtype(condition, declared)),
        }
    }

    fn value(
        &mut self,
        fields: &[&'a Node<Field>],
        ty: &Type,
        value: &Value,
        pointer: &str,
        probes: bool,
    ) {
        let Some(field) = fields.first() else { return };
        if value.is_null() {
            if ty.is_non_null() {
                self.wrong(
                    field,
                    pointer,
                    &format!("must not be null, as it is `{ty}`"),
                );
            }
            return;
        }
        if !ty.is_non_null() && probes {
            self.seen.nullable.push(Place {
                pointer: pointer.to_owned(),
                field: field.name.to_string(),
                position: self.position(field),
            });
        }
        if ty.is_list() {
            let Value::Array(items) = value else {
                self.wrong(field, pointer, &format!("must be a list, as it is `{ty}`"));
                return;
            };
            for (index, item) in items.iter().enumerate() {
                let below = format!("{pointer}/{index}");
                // Nulls in the list of a page are left out.
                self.value(fields, ty.item_type(), item, &below, false);
            }
            return;
        }
        let name = ty.inner_named_type();
        let fits = match self.schema.types.get(name) {
            Some(ExtendedType::Scalar(_)) => is_scalar(name, value),
            Some(ExtendedType::Enum(kind)) => {
                let known = |text| kind.values.keys().any(|known| known == text);
                value.as_str().is_some_and(known)
            }
            _ => match value {
                Value::Object(members) => {
                    let sets: Vec<_> = fields.iter().map(|field| &field.selection_set).collect();
                    self.object(&sets, members, pointer);
                    true
                }
                _ => false,
            },
        };
        if !fits {
            self.wrong(field, pointer, &format!("must be `{name}`, not {value}"));
        }
    }

    fn wrong(&mut self, field: &Node<Field>, pointer: &str, what: &str) {
        let (at, position) = (shown(pointer), self.position(field));
        self.seen
            .faults
            .push(format!("{position}: `{at}` in the response {what}"));
    }

    fn position(&self, field: &Node<Field>) -> String {
        let range = field.line_column_range(&self.parsed.sources);
        self.document.position(range.map(|range| range.start))
    }
}

/// Scalars of a schema's own can be anything.
fn is_scalar(name: &str, value: &Value) -> bool {
    match name {
        "Int" => value
            .as_i64()
            .is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => value.is_number(),
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "ID" => value.is_string() || value.is_i64(),
        _ => true,
    }
}

/// Shows a pointer without its first slash.
fn shown(pointer: &str) -> &str {
    pointer.strip_prefix('/').unwrap_or(pointer)
}
