//! The file of a resource: its actions, and the types that only they use.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plugwright_import::ImportedAction;
use plugwright_sdk::Value;

use super::body::body;
use super::schemes::schemes;
use super::{enum_type, identifiers, import, sdk_imports, struct_type};
use crate::action::Action;
use crate::answer::Answer;
use crate::argument::{Argument, Target};
use crate::name::raw;
use crate::param::{ParamType, ParamTypes};
use crate::plan::Plan;
use crate::prose::{doc_comment, file_comment};
use crate::rust::text;
use crate::shape::{Shape, capital};

/// A line of source has at most so many columns.
const WIDTH: usize = 100;

pub(crate) fn file(plan: &Plan<'_>, module: &str, actions: &[&Action<'_>]) -> String {
    let mut code = String::new();
    for ty in &plan.types.enums {
        if ty.resources.len() == 1 && ty.resources.contains(module) {
            code.push_str(&enum_type(ty));
            code.push('\n');
        }
    }
    for ty in &plan.types.structs {
        if ty.resources.len() == 1 && ty.resources.contains(module) {
            code.push_str(&struct_type(ty, &plan.types));
            code.push('\n');
        }
    }
    let wrappers = wrappers(plan, actions);
    for (name, member, ty) in &wrappers {
        let field = crate::name::snake(member).unwrap_or_else(|| "content".to_owned());
        let _ = writeln!(code, "#[model]\nstruct {name} {{");
        if field != *member {
            let _ = writeln!(code, "    #[serde(rename(deserialize = {}))]", text(member));
        }
        let _ = writeln!(code, "    {}: {ty},\n}}\n", raw(&field));
    }
    for action in actions {
        code.push_str(&function(plan, action, &wrappers));
        code.push('\n');
    }
    let code = code.trim_end();
    let words = actions
        .first()
        .map_or(module, |action| &action.name.resource)
        .replace('_', " ");
    let mut file = file_comment(&format!("{}.", capital(&words)));
    file.push('\n');
    file.push_str(&sdk_imports(code, &[]));
    let used = identifiers(code);
    let mut own = String::new();
    if code.contains("authorized(") {
        own.push_str("use crate::auth::authorized;\n");
    }
    if code.contains("brackets::") {
        own.push_str("use crate::brackets;\n");
    }
    let known = super::model::public_names(plan);
    let mine: BTreeSet<&str> = plan
        .types
        .enums
        .iter()
        .filter(|ty| ty.resources.len() == 1)
        .map(|ty| ty.name.as_str())
        .chain(
            plan.types
                .structs
                .iter()
                .filter(|ty| ty.resources.len() == 1)
                .map(|ty| ty.name.as_str()),
        )
        .collect();
    let models: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|name| used.contains(name) && !mine.contains(name))
        .collect();
    if !models.is_empty() {
        own.push_str(&import("crate::model", &models));
    }
    if code.contains("NextUrl(") {
        own.push_str(&import("crate::pages", &["NextUrl"]));
    }
    if !own.is_empty() {
        file.push('\n');
        file.push_str(&own);
    }
    file.push('\n');
    file.push_str(code);
    file.push('\n');
    file
}

/// Returns the private types of answers that have what was asked for in one member: name, member and
/// type.
fn wrappers(plan: &Plan<'_>, actions: &[&Action<'_>]) -> Vec<(String, String, String)> {
    let mut wrappers: Vec<(String, String, String)> = Vec::new();
    for action in actions {
        let Answer::Member(member, shape) = &action.answer else {
            continue;
        };
        let ty = shape_type(plan, shape);
        if wrappers
            .iter()
            .any(|(_, known, of)| known == member && *of == ty)
        {
            continue;
        }
        let letters: String = ty
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        let mut name = format!("{letters}Answer");
        while wrappers.iter().any(|(known, ..)| *known == name) {
            name.push_str("Body");
        }
        wrappers.push((name, member.clone(), ty));
    }
    wrappers
}

pub(crate) fn shape_type(plan: &Plan<'_>, shape: &Shape) -> String {
    match shape {
        Shape::Any => "Value".to_owned(),
        Shape::Text | Shape::Reference(_) => "String".to_owned(),
        Shape::Flag => "bool".to_owned(),
        Shape::Integer => "i64".to_owned(),
        Shape::Number => "f64".to_owned(),
        Shape::List(inner) => format!("Vec<{}>", shape_type(plan, inner)),
        Shape::Nullable(inner) => format!("Option<{}>", shape_type(plan, inner)),
        Shape::Map(inner) => format!("BTreeMap<String, {}>", shape_type(plan, inner)),
        Shape::Object(key) => {
            let object = plan.shapes.object(key);
            object.map_or_else(|| "Value".to_owned(), |object| object.name.clone())
        }
    }
}

fn auth(places: &[usize]) -> String {
    if places.is_empty() {
        return "auth = none".to_owned();
    }
    let places: Vec<String> = places.iter().map(usize::to_string).collect();
    format!("auth = [{}]", places.join(", "))
}

fn function(plan: &Plan<'_>, action: &Action<'_>, wrappers: &[(String, String, String)]) -> String {
    let one_call = action.is_one_call(plan.has_custom_auth());
    let mut code = doc_comment(&action.doc, 0);
    code.push_str(&attribute(plan, action, one_call));
    let result = match &action.answer {
        Answer::Nothing => "()".to_owned(),
        Answer::Whole(shape) | Answer::Member(_, shape) => shape_type(plan, shape),
        Answer::List(shape, _) => format!("Page<{}>", shape_type(plan, shape)),
        Answer::File => "FileOutput".to_owned(),
        Answer::Text => "Text".to_owned(),
    };
    let _ = write!(code, "pub async fn {}(", action.name.function);
    let arguments: Vec<String> = action
        .arguments
        .iter()
        .map(|argument| parameter(plan, argument, one_call))
        .collect();
    let on_one_line = arguments.iter().all(|argument| !argument.contains('\n'));
    let line = format!(
        "pub async fn {}({}) -> Result<{result}>;",
        action.name.function,
        std::iter::once("cx: &ActionContext")
            .chain(arguments.iter().map(|argument| argument.trim()))
            .collect::<Vec<_>>()
            .join(", ")
    );
    if arguments.is_empty() || (on_one_line && line.len() <= WIDTH) {
        code.push_str("cx: &ActionContext");
        for argument in &arguments {
            let _ = write!(code, ", {}", argument.trim());
        }
    } else {
        code.push_str("\n    cx: &ActionContext,\n");
        for argument in &arguments {
            let _ = writeln!(code, "{argument},");
        }
    }
    let _ = write!(code, ") -> Result<{result}>");
    if one_call {
        code.push_str(";\n");
    } else {
        let _ = write!(code, " {{\n{}}}\n", body(plan, action, wrappers));
    }
    code
}

fn attribute(plan: &Plan<'_>, action: &Action<'_>, one_call: bool) -> String {
    let source = action.source;
    let mut keys = Vec::new();
    if action.name.is_stated() {
        keys.push(text(&action.name.full()));
    }
    keys.push(source.effect.as_str().to_owned());
    if source.idempotent && source.effect.as_str() != "read" {
        keys.push("idempotent".to_owned());
    }
    if let Some(title) = &action.title {
        keys.push(format!("title = {}", text(title)));
    }
    keys.extend(scopes(source));
    keys.extend(schemes(plan, action).map(|places| auth(&places)));
    if let Some(reason) = &source.deprecated {
        keys.push(format!("deprecated = {}", text(reason)));
    }
    if one_call {
        keys.push(format!("{} = {}", action.method(), text(&action.path())));
        let targets = |wanted: Target| {
            action
                .arguments
                .iter()
                .any(|argument| argument.target == wanted)
        };
        let optional = source
            .request
            .body
            .as_ref()
            .is_some_and(|body| !body.required);
        let suffix = if optional { "(optional)" } else { "" };
        if targets(Target::Field) {
            keys.push(format!("json{suffix}"));
        }
        if targets(Target::Form) {
            keys.push(format!("form{suffix}"));
        }
        if !source.request.query.is_empty() {
            let constants = source
                .request
                .query
                .iter()
                .map(|(name, value)| format!("{} = {}", text(name), text(value)));
            keys.push(format!(
                "query({})",
                constants.collect::<Vec<_>>().join(", ")
            ));
        }
        if let Some(pages) = &action.pages {
            keys.push(format!("page = {pages}"));
        }
    }
    let line = format!("#[action({})]\n", keys.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    format!("#[action(\n    {}\n)]\n", keys.join(",\n    "))
}

/// Writes the scopes: all of these, and any one of those.
fn scopes(source: &ImportedAction) -> Option<String> {
    let texts = |scopes: &[String]| {
        let scopes: Vec<_> = scopes.iter().map(|scope| text(scope)).collect();
        scopes.join(", ")
    };
    let all = texts(&source.scopes);
    let any = match source.any_scope.as_slice() {
        [] => String::new(),
        [only] => text(only),
        several => format!("any({})", texts(several)),
    };
    match (all.as_str(), any.as_str()) {
        ("", "") => None,
        ("", any) if any.starts_with("any") => Some(format!("scopes = {any}")),
        ("", any) => Some(format!("scopes = [{any}]")),
        (all, "") => Some(format!("scopes = [{all}]")),
        (all, any) => Some(format!("scopes = [{all}, {any}]")),
    }
}

fn parameter(plan: &Plan<'_>, argument: &Argument, one_call: bool) -> String {
    let mut code = String::new();
    let newtype = argument.newtype.map(|index| &plan.newtypes[index]);
    let mut keys = Vec::new();
    if let Some(name) = Action::rename(argument) {
        keys.push(format!("rename = {}", text(name)));
    }
    if newtype.is_none() {
        code.push_str(&doc_comment(std::slice::from_ref(&argument.doc), 4));
        keys.extend(
            argument
                .rules
                .keys
                .iter()
                .filter(|key| !is_too_wide(key, &argument.ty))
                .cloned(),
        );
        if let Some(default) = argument
            .rules
            .default
            .as_ref()
            .filter(|_| !argument.required)
        {
            keys.push(format!(
                "provider_default = {}",
                literal(default, &argument.ty, &plan.types)
            ));
        }
    }
    if one_call && argument.target == Target::Body {
        keys.push("send_as = body".to_owned());
    }
    if !keys.is_empty() {
        let _ = writeln!(code, "    #[param({})]", keys.join(", "));
    }
    let inner = match newtype {
        Some(newtype) => newtype.name.clone(),
        None => plan.types.written(&argument.ty),
    };
    let ty = match (argument.required, argument.clears) {
        (true, _) => inner,
        (false, true) => format!("Patch<{inner}>"),
        (false, false) => format!("Option<{inner}>"),
    };
    let _ = write!(code, "    {}: {ty}", raw(&argument.name));
    code
}

pub(super) fn is_too_wide(key: &str, ty: &ParamType) -> bool {
    let most = key.rsplit("..=").next().unwrap_or_default();
    let most: String = most.chars().filter(char::is_ascii_digit).collect();
    *ty == ParamType::Integer("u16")
        && (key.contains('-')
            || most
                .parse::<u64>()
                .is_ok_and(|most| most > u64::from(u16::MAX)))
}

pub(crate) fn literal(value: &Value, ty: &ParamType, types: &ParamTypes<'_>) -> String {
    match (ty, value) {
        (ParamType::Enum(index), Value::String(value)) => {
            let ty = &types.enums[*index];
            let variant = ty.variants.iter().find(|(_, known)| known == value);
            match variant {
                Some((variant, _)) => format!("{}::{variant}", ty.name),
                None => text(value),
            }
        }
        (_, Value::String(value)) => text(value),
        (ParamType::Number, Value::Number(number)) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |float| format!("{float:?}")),
        (_, Value::Number(number)) => number
            .as_i64()
            .map_or_else(|| number.to_string(), crate::param::grouped),
        (_, other) => other.to_string(),
    }
}
