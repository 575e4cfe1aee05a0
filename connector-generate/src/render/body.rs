//! The bodies of actions that an attribute can't say.

use std::fmt::Write as _;

use plugwright_import::BodyEncoding;

use super::resource::shape_type;
use crate::action::Action;
use crate::answer::Answer;
use crate::argument::{Argument, Target};
use crate::name::raw;
use crate::param::ParamType;
use crate::plan::Plan;
use crate::rust::text;

/// What a file is if nothing says it.
const ANY_FILE: &str = "application/octet-stream";

pub(super) fn body(
    plan: &Plan<'_>,
    action: &Action<'_>,
    wrappers: &[(String, String, String)],
) -> String {
    let mut before = String::new();
    let mut calls = Vec::new();
    let request = &action.source.request;
    let targeted = |wanted: &[Target]| -> Vec<&Argument> {
        let arguments = action.arguments.iter();
        arguments
            .filter(|argument| wanted.contains(&argument.target))
            .collect()
    };
    if let Some(host) = &request.host {
        calls.push(format!(".host({})", text(host)));
    }
    for (name, value) in &request.query {
        calls.push(format!(".query({}, {})", text(name), text(value)));
    }
    calls.extend(several(
        "query_params",
        "query",
        &targeted(&[Target::Query]),
    ));
    for argument in &action.arguments {
        if let Target::Joined(separator) = argument.target {
            calls.push(format!(
                ".query_joined({}, {}, {})",
                text(&argument.wire),
                text(separator),
                raw(&argument.name)
            ));
        }
    }
    if let Some(accept) = &action.accept {
        calls.push(format!(".header(\"accept\", {})", text(accept)));
    }
    for argument in targeted(&[Target::Header]) {
        let value = match argument.ty {
            ParamType::Text => raw(&argument.name),
            _ => format!("{}.to_string()", raw(&argument.name)),
        };
        calls.push(format!(".header({}, {value})", text(&argument.wire)));
    }
    let fields = targeted(&[Target::Field]);
    let forms = targeted(&[Target::Form]);
    calls.extend(several("fields", "field", &fields));
    calls.extend(several("form_fields", "form", &forms));
    if let Some(body) = &request.body {
        let is_json = body.encoding == BodyEncoding::Json;
        if is_json && body.media_type != "application/json" {
            calls.push(format!(
                ".header(\"content-type\", {})",
                text(&body.media_type)
            ));
        }
        if !(body.required || fields.is_empty() && forms.is_empty()) {
            calls.push(".optional_body()".to_owned());
        }
    }
    for argument in targeted(&[Target::Body]) {
        whole(action, argument, &mut calls);
    }
    let parts = targeted(&[Target::Part, Target::FilePart]);
    if !parts.is_empty() {
        multipart(&parts, &mut before);
        calls.push(".multipart(form)".to_owned());
    }
    let start = format!("cx.{}(path!({}))", action.method(), text(&action.path()));
    let start = if plan.has_custom_auth() {
        format!("authorized(cx, {start})")
    } else {
        start
    };
    let nested = targeted(&[Target::Nested, Target::NestedForm]);
    let mut code = before;
    let start = if nested.is_empty() {
        chain(&start, &calls)
    } else {
        let _ = writeln!(code, "    let mut request = {};", chain(&start, &calls));
        for argument in nested {
            let add = if argument.target == Target::Nested {
                "query"
            } else {
                "form"
            };
            let _ = writeln!(
                code,
                "    for (name, value) in brackets::pairs({}, &{}) {{\n        request = request.{add}(&name, value);\n    }}",
                text(&argument.wire),
                raw(&argument.name)
            );
        }
        "request".to_owned()
    };
    code.push_str(&finish(plan, action, &start, wrappers));
    code
}

fn several(all: &str, one: &str, arguments: &[&Argument]) -> Vec<String> {
    let entry = |argument: &Argument| {
        if argument.public == argument.wire {
            raw(&argument.name)
        } else {
            format!("{} = {}", text(&argument.wire), raw(&argument.name))
        }
    };
    match arguments {
        [] => Vec::new(),
        [only] => vec![format!(".{one}({}, {})", text(&only.wire), raw(&only.name))],
        arguments => {
            let entries: Vec<_> = arguments.iter().map(|argument| entry(argument)).collect();
            vec![format!(".{all}(params![{}])", entries.join(", "))]
        }
    }
}

fn whole(action: &Action<'_>, argument: &Argument, calls: &mut Vec<String>) {
    let name = raw(&argument.name);
    let body = action.source.request.body.as_ref();
    let media_type = body.map_or("application/json", |body| &body.media_type);
    match body.map(|body| body.encoding) {
        Some(BodyEncoding::Binary) => {
            calls.push(format!(".file(&{name}, Some({}))", text(media_type)));
        }
        Some(BodyEncoding::Text) => {
            calls.push(format!(".body({}, {name})", text(media_type)));
        }
        _ => calls.push(format!(".json(&{name}.request_value())")),
    }
}

fn multipart(parts: &[&Argument], before: &mut String) {
    before.push_str("    let mut form = Multipart::new();\n");
    for part in parts {
        let (name, wire) = (raw(&part.name), text(&part.wire));
        let is_file = part.target == Target::FilePart;
        let value = match part.ty {
            ParamType::Text => name.clone(),
            _ => format!("{name}.to_string()"),
        };
        let is_list = matches!(part.ty, ParamType::List(_));
        let add = if is_file {
            let file = if is_list { "file" } else { &name };
            let media_type = match &part.media_type {
                Some(stated) => format!(
                    "content.media_type.filter(|kind| kind != {}).unwrap_or_else(|| {}.to_owned())",
                    text(ANY_FILE),
                    text(stated)
                ),
                None => format!(
                    "content.media_type.unwrap_or_else(|| {}.to_owned())",
                    text(ANY_FILE)
                ),
            };
            let add = format!(
                "let content = cx.read_file(&{file}).await?;\n\
                 let file_name = content.name.unwrap_or_else(|| \"file\".to_owned());\n\
                 let media_type = {media_type};\n\
                 form = form.file({wire}, file_name, media_type, content.bytes);\n"
            );
            if is_list {
                format!(
                    "for file in {name} {{\n    {}\n}}\n",
                    add.trim_end().replace('\n', "\n    ")
                )
            } else {
                add
            }
        } else if let Some(kind) = &part.media_type {
            format!("form = form.typed({wire}, {}, {value});\n", text(kind))
        } else {
            format!("form = form.text({wire}, {value});\n")
        };
        let (margin, open) = if part.required {
            ("    ", false)
        } else {
            ("        ", true)
        };
        if open {
            let _ = writeln!(before, "    if let Some({name}) = {name} {{");
        }
        for line in add.lines() {
            let _ = writeln!(before, "{margin}{line}");
        }
        if open {
            before.push_str("    }\n");
        }
    }
}

fn chain(start: &str, calls: &[String]) -> String {
    let line = format!("{start}{}", calls.concat());
    if line.len() < 60 {
        return line;
    }
    let calls: Vec<_> = calls
        .iter()
        .map(|call| format!("\n        {call}"))
        .collect();
    format!("{start}{}", calls.concat())
}

fn finish(
    plan: &Plan<'_>,
    action: &Action<'_>,
    start: &str,
    wrappers: &[(String, String, String)],
) -> String {
    let is_long = start.contains('\n');
    let call = |last: &str| {
        if is_long {
            format!("{start}\n        {last}\n        .await")
        } else {
            format!("{start}{last}.await")
        }
    };
    match &action.answer {
        Answer::Member(member, shape) => {
            let ty = shape_type(plan, shape);
            let wrapper = wrappers
                .iter()
                .find(|(_, known, of)| known == member && *of == ty);
            let name = wrapper.map_or("Value", |(name, ..)| name);
            let field = crate::name::snake(member).unwrap_or_default();
            format!(
                "    let answer: {name} = {}?;\n    Ok(answer.{})\n",
                call(".fetch()"),
                raw(&field)
            )
        }
        Answer::Nothing | Answer::Whole(_) => format!("    {}\n", call(".fetch()")),
        Answer::List(..) => {
            let pages = action.pages.as_deref().unwrap_or("Whole");
            format!("    {}\n", call(&format!(".page({pages})")))
        }
        Answer::File => format!("    {}\n", call(".download()")),
        Answer::Text => format!(
            "    let response = {}?;\n    Ok(Text {{ text: response.text() }})\n",
            call(".send()")
        ),
    }
}
