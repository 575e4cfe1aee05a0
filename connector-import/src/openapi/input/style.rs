//! How values of parameters and members of forms are written.

use plugwright_sdk::Value;

use crate::form::{ParameterPlace, Style};

/// Returns how a parameter is written, and whether its items stand alone.
pub(super) fn of_parameter(place: ParameterPlace, parameter: &Value) -> (Style, bool) {
    let stated = parameter.get("style").and_then(Value::as_str);
    let keeps_reserved = parameter.get("allowReserved") == Some(&Value::Bool(true));
    let style = match (stated, place) {
        (_, ParameterPlace::Path) if keeps_reserved => Style::Reserved,
        (None | Some("form"), ParameterPlace::Query) if keeps_reserved => Style::Reserved,
        (Some("form"), _) => Style::Form,
        (Some("simple"), _) => Style::Simple,
        (Some("label"), ParameterPlace::Path) => Style::Label,
        (Some("matrix"), ParameterPlace::Path) => Style::Matrix,
        (Some("spaceDelimited"), _) => Style::SpaceDelimited,
        (Some("pipeDelimited"), _) => Style::PipeDelimited,
        (Some("tabDelimited"), _) => Style::TabDelimited,
        (Some("deepObject"), ParameterPlace::Query) => Style::DeepObject,
        (_, ParameterPlace::Query | ParameterPlace::Cookie) => Style::Form,
        _ => Style::Simple,
    };
    let explode = match parameter.get("explode") {
        Some(Value::Bool(explode)) => *explode,
        _ => match style {
            Style::Form | Style::DeepObject => true,
            Style::Reserved => place == ParameterPlace::Query,
            _ => false,
        },
    };
    (style, explode)
}

pub(super) fn of_field(own: Option<&Value>) -> (Style, bool) {
    let text = |key: &str| own.and_then(|own| own.get(key)?.as_str());
    let explode = own.and_then(|own| own.get("explode")?.as_bool());
    if text("contentType").is_some_and(|kind| kind.contains("json")) {
        return (Style::Json, false);
    }
    match text("style") {
        Some("deepObject") => (Style::DeepObject, true),
        Some("spaceDelimited") => (Style::SpaceDelimited, explode.unwrap_or(false)),
        Some("pipeDelimited") => (Style::PipeDelimited, explode.unwrap_or(false)),
        Some("tabDelimited") => (Style::TabDelimited, explode.unwrap_or(false)),
        _ => (Style::Form, explode.unwrap_or(true)),
    }
}
