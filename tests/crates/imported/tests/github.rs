//! GitHub's document, imported, beside the connector that was written by hand: what the one sends
//! the other sends too, and what comes back is the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use plugwright_import::{BodySource, ImportedAction, ParameterPlace};
use plugwright_sdk::host::{Entry, Registry, coerce};
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{ActionContext, Auth, Cassette, Value, json};
use plugwright_tests_imported as imported;
use url::Url;

/// Returns what stands for the names of a path, if the path of a URL is one of these.
fn path_values(template: &str, url: &Url) -> Option<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let parts: Vec<_> = template.trim_matches('/').split('/').collect();
    let given: Vec<_> = url.path().trim_matches('/').split('/').collect();
    if parts.len() != given.len() {
        return None;
    }
    for (part, given) in parts.iter().zip(&given) {
        match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) => {
                let text = percent_decode_str(given).decode_utf8().ok()?;
                values.insert(name.to_owned(), text.into_owned());
            }
            None if part == given => {}
            None => return None,
        }
    }
    Some(values)
}

/// Finds the operation of a request. Of several paths that fit, the one with the fewest names counts.
fn operation<'a>(
    actions: &'a BTreeMap<String, ImportedAction>,
    method: &str,
    url: &Url,
) -> Option<(&'a ImportedAction, BTreeMap<String, String>)> {
    actions
        .values()
        .filter(|action| action.operation.method == method)
        .filter_map(|action| Some((action, path_values(&action.request.path, url)?)))
        .min_by_key(|(_, values)| values.len())
}

/// Makes the input that a request was made of. `None` if it has what the document does not.
fn input(
    action: &ImportedAction,
    schema: &Value,
    path: &BTreeMap<String, String>,
    url: &Url,
    body: Option<Value>,
) -> Option<Value> {
    let mut input = serde_json::Map::new();
    let typed = |name: &str, text: &str| {
        let mut own = schema["properties"][name].clone();
        own["$defs"] = schema["$defs"].clone();
        coerce::value(&own, name, text).ok()
    };
    let mut query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    for parameter in &action.request.parameters {
        match parameter.place {
            ParameterPlace::Path => {
                let value = typed(&parameter.input, path.get(&parameter.name)?)?;
                input.insert(parameter.input.clone(), value);
            }
            ParameterPlace::Query => {
                let own = query.iter().position(|(name, _)| *name == parameter.name);
                if let Some(own) = own {
                    let (_, text) = query.remove(own);
                    input.insert(parameter.input.clone(), typed(&parameter.input, &text)?);
                }
            }
            ParameterPlace::Header | ParameterPlace::Cookie => {}
        }
    }
    if !query.is_empty() {
        return None;
    }
    match (action.request.body.as_ref().map(|body| &body.source), body) {
        (_, None) => {}
        (Some(BodySource::Member(name)), Some(body)) => {
            input.insert(name.clone(), body);
        }
        (Some(BodySource::Members(fields)), Some(Value::Object(members))) => {
            for (name, value) in members {
                let field = fields.iter().find(|field| field.name == name)?;
                input.insert(field.input.clone(), value);
            }
        }
        _ => return None,
    }
    Some(input.into())
}

/// Calls the imported action with a recording; returns its data, or the code of its error.
fn called(entry: &Entry, cassette: &Cassette, input: Value) -> Result<Value, String> {
    let replay = Arc::new(Replay::new([cassette]));
    let placeholder = entry.schemes().next().map(Auth::placeholder);
    let cx = ActionContext::builder(&entry.connector, replay)
        .credential(placeholder.unwrap_or_default())
        .build();
    let invocation = entry
        .action
        .decode(input)
        .map_err(|error| error.to_string())?;
    match block_on(invocation.run(&cx)) {
        Ok(result) => Ok(result.data.value().into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn imported_actions_send_and_return_what_the_connector_does() {
    let imported = imported::import(&imported::sources::github());
    let actions: BTreeMap<String, ImportedAction> = imported
        .connector
        .actions
        .iter()
        .map(|action| (action.name.clone(), action.clone()))
        .collect();
    let registry = Registry::new([imported.connector.connector().unwrap()]).unwrap();
    let cassettes = Cassette::shipped(plugwright_github::CONNECTOR.cassettes()).unwrap();
    let mut compared = 0;
    let mut left_out: Vec<String> = Vec::new();
    let mut different: Vec<String> = Vec::new();
    for cassette in &cassettes {
        for exchange in &cassette.exchanges {
            let (request, response) = (&exchange.request, &exchange.response);
            let about = format!("{}: {} {}", cassette.action, request.method, request.url);
            let Some((action, path)) = operation(&actions, &request.method, &request.url) else {
                left_out.push(about);
                continue;
            };
            let entry = registry.find(&format!("sample.{}", action.name)).unwrap();
            let body = request
                .body
                .as_ref()
                .map(|body| json!(body)["json"].clone());
            let schema = entry.action.input_schema();
            let Some(input) = input(action, &schema, &path, &request.url, body) else {
                left_out.push(about);
                continue;
            };
            let alone = Cassette {
                exchanges: vec![exchange.clone()],
                ..cassette.clone()
            };
            let found = called(&entry, &alone, input);
            compared += 1;
            let raw = response.body.as_ref().map(|body| json!(body));
            let raw = raw.map_or(json!({}), |body| match body.get("json") {
                Some(json) => json.clone(),
                None => body["text"].clone(),
            });
            let items = action.paging.as_ref().map_or("", |paging| &paging.items);
            let same = match &found {
                // A request that is not recorded is an error as well.
                Err(error) => response.status >= 300 && !error.contains("recorded"),
                Ok(data) => response.status < 300 && raw.pointer(items) == Some(data),
            };
            if !same {
                let found = format!("{found:?}");
                different.push(format!(
                    "{about}: {}",
                    found.chars().take(300).collect::<String>()
                ));
            }
        }
    }
    println!("{compared} exchanges compared; not in the document: {left_out:#?}");
    assert!(different.is_empty(), "{different:#?}");
    assert!(compared > 100, "{compared}");
}
