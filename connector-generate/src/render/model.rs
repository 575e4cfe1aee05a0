//! The files of types: those that one resource uses are in a file of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{enum_type, import, sdk_imports, struct_type};
use crate::answer::Answer;
use crate::name::raw;
use crate::param::ParamType;
use crate::plan::{Newtype, Plan};
use crate::prose::{doc_comment, file_comment};
use crate::rust::text;
use crate::shape::{Field, Object, Shape};

const FEW: usize = 12;

/// The files that types are in: none for `model.rs`.
pub(crate) struct Homes(BTreeMap<String, String>);

impl Homes {
    pub(crate) fn of(plan: &Plan<'_>) -> Self {
        let mut users: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for action in &plan.actions {
            let mut reached = BTreeSet::new();
            if let Some(shape) = action.answer.shape() {
                plan.shapes.reach(shape, &mut reached);
            }
            for key in reached {
                users.entry(key).or_default().insert(&action.name.module);
            }
        }
        if users.len() <= FEW {
            return Self(BTreeMap::new());
        }
        let homes = users.into_iter().filter_map(|(key, modules)| {
            let mut modules = modules.into_iter();
            match (modules.next(), modules.next()) {
                (Some(only), None) => Some((key, only.to_owned())),
                _ => None,
            }
        });
        Self(homes.collect())
    }
}

/// Returns the types that are written: those that an action leads to.
fn used<'p>(plan: &'p Plan<'_>) -> Vec<(&'p str, &'p Object)> {
    let mut reached = BTreeSet::new();
    for action in &plan.actions {
        if let Some(shape) = action.answer.shape() {
            plan.shapes.reach(shape, &mut reached);
        }
    }
    plan.shapes
        .all()
        .filter(|(key, _)| reached.contains(*key))
        .collect()
}

pub(crate) fn public_names(plan: &Plan<'_>) -> Vec<String> {
    let mut names: Vec<String> = used(plan)
        .into_iter()
        .map(|(_, object)| object.name.clone())
        .collect();
    names.extend(plan.newtypes.iter().map(|newtype| newtype.name.clone()));
    names.extend(
        plan.types
            .enums
            .iter()
            .filter(|ty| ty.resources.len() > 1)
            .map(|ty| ty.name.clone()),
    );
    names.extend(
        plan.types
            .structs
            .iter()
            .filter(|ty| ty.resources.len() > 1)
            .map(|ty| ty.name.clone()),
    );
    if has_text(plan) {
        names.push("Text".to_owned());
    }
    names.sort();
    names
}

fn has_text(plan: &Plan<'_>) -> bool {
    plan.actions
        .iter()
        .any(|action| action.answer == Answer::Text)
}

pub(crate) fn is_needed(plan: &Plan<'_>) -> bool {
    !public_names(plan).is_empty() || plan.identity.is_some() || plan.errors.is_some()
}

pub(crate) fn files(plan: &Plan<'_>, homes: &Homes) -> Vec<(String, String)> {
    if !is_needed(plan) {
        return Vec::new();
    }
    let mut files = Vec::new();
    let mut parts: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
    let mut shared = Vec::new();
    for (key, object) in used(plan) {
        match homes.0.get(key) {
            Some(module) => parts.entry(module).or_default().push(object),
            None => shared.push(object),
        }
    }
    let mut ids = BTreeSet::new();
    for (module, objects) in &parts {
        let mut code = String::new();
        for object in objects {
            code.push_str(&object_type(plan, object));
            code.push('\n');
        }
        let words = module.replace('_', " ");
        let mut file = file_comment(&format!("What the actions on {words} return."));
        file.push('\n');
        file.push_str(&sdk_imports(&code, &[]));
        let mut outer = references(objects.iter().copied());
        ids.extend(outer.clone());
        let known: Vec<String> = shared.iter().map(|object| object.name.clone()).collect();
        let names = super::identifiers(&code);
        outer.extend(
            known
                .into_iter()
                .filter(|name| names.contains(name.as_str())),
        );
        let outer: Vec<&str> = outer.iter().map(String::as_str).collect();
        if !outer.is_empty() {
            file.push('\n');
            file.push_str(&import("super", &outer));
        }
        file.push('\n');
        file.push_str(code.trim_end());
        file.push('\n');
        files.push((format!("src/model/{module}.rs"), file));
    }
    ids.extend(references(shared.iter().copied()));
    let mut head = String::new();
    let mut exports = String::new();
    for (module, objects) in &parts {
        let _ = writeln!(head, "mod {module};");
        let mut names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
        names.sort_unstable();
        exports.push_str(&import(module, &names).replacen("use ", "pub use ", 1));
    }
    let code = shared_code(plan, &shared, &ids);
    let mut file = file_comment(&format!(
        "Types of the API of {}{}.",
        plan.display_name(),
        if plan.errors.is_some() {
            ", and what its errors mean"
        } else {
            ""
        }
    ));
    for part in [head, model_imports(&code, &ids), exports, code] {
        if !part.is_empty() {
            file.push('\n');
            file.push_str(part.trim_end());
            file.push('\n');
        }
    }
    files.push(("src/model.rs".to_owned(), file));
    files
}

fn model_imports(code: &str, ids: &BTreeSet<String>) -> String {
    let mut imports = sdk_imports(code, &[]);
    if !ids.is_empty() {
        let serde = import("plugwright_sdk::serde", &["Deserialize", "Deserializer"]);
        // Imports of one crate stand in the order of their paths.
        let at = imports
            .find("use plugwright_sdk::{")
            .or_else(|| imports.rfind("use plugwright_sdk::"));
        imports.insert_str(at.unwrap_or(imports.len()), &serde);
    }
    imports
}

fn shared_code(plan: &Plan<'_>, shared: &[&Object], ids: &BTreeSet<String>) -> String {
    let mut parts: Vec<String> = plan
        .newtypes
        .iter()
        .map(|newtype| newtype_code(plan, newtype))
        .collect();
    parts.extend(
        plan.types
            .enums
            .iter()
            .filter(|ty| ty.resources.len() > 1)
            .map(enum_type),
    );
    let structs = plan
        .types
        .structs
        .iter()
        .filter(|ty| ty.resources.len() > 1);
    parts.extend(structs.map(|ty| struct_type(ty, &plan.types)));
    parts.extend(shared.iter().map(|object| object_type(plan, object)));
    if has_text(plan) {
        parts.push("/// A text.\n#[model]\npub struct Text {\n    /// The text.\n    pub text: String,\n}\n".to_owned());
    }
    for id in ids {
        parts.push(reference(id));
    }
    if !ids.is_empty() {
        parts.push(include_str!("../template/plain_text.rs.in").to_owned());
    }
    parts.extend(plan.identity.as_ref().map(crate::account::Identity::code));
    parts.extend(plan.errors.map(crate::error::ErrorMapping::code));
    parts.join("\n")
}

/// Returns the functions that read members by what stands for them.
fn references<'o>(objects: impl Iterator<Item = &'o Object>) -> BTreeSet<String> {
    let fields = objects.flat_map(|object| &object.fields);
    fields
        .filter_map(|field| match field.shape {
            Shape::Reference(id) => Some(format!("{id}_of")),
            _ => None,
        })
        .collect()
}

fn reference(function: &str) -> String {
    let id = function.trim_end_matches("_of");
    format!(
        "/// Reads the `{id}` of an object, or what stands for it.\n\
         fn {function}<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {{\n    \
             Ok(match Option::<Value>::deserialize(deserializer)? {{\n        \
                 Some(Value::Object(members)) => members.get({}).and_then(plain_text),\n        \
                 Some(value) => plain_text(&value),\n        \
                 None => None,\n    \
             }})\n}}\n",
        text(id)
    )
}

fn newtype_code(plan: &Plan<'_>, newtype: &Newtype) -> String {
    let mut code = doc_comment(std::slice::from_ref(&newtype.doc), 0);
    let copy = if newtype.ty == ParamType::Text {
        ""
    } else {
        "Copy, "
    };
    let _ = writeln!(code, "#[derive(Clone, {copy}Debug, PartialEq, Eq, Param)]");
    let mut keys: Vec<String> = newtype.rules.keys.clone();
    keys.retain(|key| !super::resource::is_too_wide(key, &newtype.ty));
    if let Some(default) = &newtype.rules.default {
        keys.push(format!(
            "provider_default = {}",
            super::resource::literal(default, &newtype.ty, &plan.types)
        ));
    }
    if !keys.is_empty() {
        let _ = writeln!(code, "#[param({})]", keys.join(", "));
    }
    let _ = writeln!(
        code,
        "pub struct {}(pub {});",
        newtype.name,
        plan.types.written(&newtype.ty)
    );
    code
}

fn object_type(plan: &Plan<'_>, object: &Object) -> String {
    let mut code = doc_comment(std::slice::from_ref(&object.doc), 0);
    let case = case_of(&object.fields);
    code.push_str("#[model]\n");
    if let Some(case) = case {
        let _ = writeln!(code, "#[serde(rename_all(deserialize = {case:?}))]");
    }
    let _ = writeln!(code, "pub struct {} {{", object.name);
    for field in &object.fields {
        code.push_str(&doc_comment(&field.doc, 4));
        let mut keys = Vec::new();
        let usual = case.map_or_else(|| field.name.clone(), |case| cased(&field.name, case));
        if usual != field.wire {
            keys.push(format!("rename(deserialize = {})", text(&field.wire)));
        }
        let mut ty = super::resource::shape_type(plan, &field.shape);
        if field.boxed {
            ty = format!("Box<{ty}>");
        }
        if let Shape::Reference(id) = field.shape {
            keys.push("default".to_owned());
            keys.push(format!("deserialize_with = \"{id}_of\""));
        }
        let is_option = field.optional || matches!(field.shape, Shape::Reference(_));
        if is_option {
            ty = format!("Option<{ty}>");
        }
        if !keys.is_empty() {
            let _ = writeln!(code, "    #[serde({})]", keys.join(", "));
        }
        let _ = writeln!(code, "    pub {}: {ty},", raw(&field.name));
    }
    code.push_str("}\n");
    code
}

/// Returns the case that all members have on the wire, if it is not that of Rust.
fn case_of(fields: &[Field]) -> Option<&'static str> {
    let renamed = fields
        .iter()
        .filter(|field| field.name != field.wire)
        .count();
    ["camelCase", "PascalCase"].into_iter().find(|case| {
        let fitting = fields
            .iter()
            .filter(|field| cased(&field.name, case) == field.wire)
            .count();
        renamed > 1 && fitting * 10 >= fields.len() * 8
    })
}

fn cased(name: &str, case: &str) -> String {
    let mut cased = String::new();
    let mut upper = case == "PascalCase";
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else if upper {
            cased.push(letter.to_ascii_uppercase());
            upper = false;
        } else {
            cased.push(letter);
        }
    }
    cased
}
