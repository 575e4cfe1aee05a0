//! MCP servers, whose tools become actions.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use plugwright_egress::{Asker, Egress, EgressCall, EgressSettings};
use plugwright_import::openapi::Imported;
use plugwright_import::{Authentication, ImportedConnector, McpServer, ServerPlace};
use plugwright_mcp::{Servers, list_request};
use plugwright_sdk::host::{AuthParts, Connector};
use plugwright_sdk::http::{HeaderMap, Path};
use plugwright_sdk::transport::{Network, Relayed};
use plugwright_sdk::{ActionContext, ActionError, ErrorCode, Hint};
use serde_json::Value;
use tokio::time::Instant;

use super::fetch::allowed_by_option;
use super::source::Document;
use super::store::Store;
use crate::args::ImportArguments;
use crate::credential;
use crate::failure::Failure;
use crate::output::note;

/// A server must have listed its tools after this time; package runners download it first.
const PATIENCE: Duration = Duration::from_mins(2);

const LONGEST_LIST: usize = 20 << 20;

/// Reads the tools of the server that the arguments name.
pub(super) fn read(
    store: &Store,
    names: &HashSet<String>,
    arguments: &ImportArguments,
) -> Result<(Document, Imported), Failure> {
    let (name, place, auth) = named(store, arguments)?;
    if names.contains(&name) {
        let message = format!("the binary has a connector `{name}`; choose another name");
        return Err(Failure::param("--name", message));
    }
    let earlier = store.earlier(&name);
    let listing = list(&name, &place, &auth, arguments)?;
    let known = earlier.iter().flat_map(|earlier| &earlier.actions);
    let known = known.map(|action| {
        let name = action.own_name.as_ref().unwrap_or(&action.name);
        (action.operation.clone(), name.clone())
    });
    let imported = plugwright_mcp::import(&name, &place, auth, &listing, known.collect());
    let mut imported = imported.map_err(|error| refused(error.to_string()))?;
    if let Some(earlier) = earlier {
        imported
            .report
            .notes
            .extend(changes(&earlier, &imported.connector));
    }
    Ok((Document::Server(place), imported))
}

/// Returns name, place and auth schemes of the server: as they are given, or as they are in the catalog.
fn named(
    store: &Store,
    arguments: &ImportArguments,
) -> Result<(String, ServerPlace, Vec<AuthParts>), Failure> {
    let server = &arguments.server;
    if let Some(name) = &server.accept {
        let earlier = store.earlier(name);
        let known = earlier.and_then(|earlier| Some((earlier.server?, earlier.parts.auth)));
        let (server, auth) = known.ok_or_else(|| {
            let message = format!("`{name}` is not an imported MCP server");
            Failure::param("--accept", message)
        })?;
        return Ok((name.clone(), server.place, auth));
    }
    let name = arguments.name.clone().unwrap_or_default();
    let source = arguments.source.clone().unwrap_or_default();
    let auth = server.auth.iter().flat_map(Authentication::parts).collect();
    if source.starts_with("https://") || source.starts_with("http://") {
        let given = [
            ("argument", server.arguments.is_empty()),
            ("--env", server.environment.is_empty()),
        ];
        for (option, is_empty) in given {
            if !is_empty {
                return Err(Failure::param(
                    option,
                    "is for a program, and the source is a URL",
                ));
            }
        }
        return Ok((name, ServerPlace::Url(source), auth));
    }
    if server.auth.is_some() {
        let message = "is for a server at a URL; a program gets its secrets by `--env`";
        return Err(Failure::param("--auth", message));
    }
    let place = ServerPlace::Program {
        program: source,
        arguments: server.arguments.clone(),
        environment: server.environment.clone(),
    };
    Ok((name, place, auth))
}

/// Asks a server for its tools.
fn list(
    name: &str,
    place: &ServerPlace,
    auth: &[AuthParts],
    arguments: &ImportArguments,
) -> Result<Value, Failure> {
    let (parts, path) = plugwright_mcp::parts(name, place, auth.to_vec())
        .map_err(|error| refused(error.to_string()))?;
    let servers = Servers::new(&arguments.data.directory()).report(|_, line| note(line));
    let server = McpServer {
        place: place.clone(),
        tools: BTreeMap::new(),
    };
    let relay = servers.relay(name, &server);
    let connector =
        Connector::new(parts, Vec::new()).map_err(|error| refused(error.to_string()))?;
    let file = arguments.server.credential_file.as_deref();
    let credential = credential::find(&connector, connector.auth().iter(), file)?;
    let settings = EgressSettings {
        allow: arguments.egress_allow.clone(),
        ..EgressSettings::default()
    };
    let egress = Egress::new(settings).map_err(|error| Failure::internal(error.to_string()))?;
    let listed = crate::runtime::block_on(async |cancellation| {
        let deadline = Instant::now() + PATIENCE;
        let network = egress.for_call(EgressCall {
            budget: "import".to_owned(),
            asker: Asker::alone("import"),
            repeatable: true,
            retries: None,
            deadline,
            headers: HeaderMap::new(),
            withheld: Vec::new(),
            on_error: None,
            response_cap: LONGEST_LIST,
        });
        let transport = Relayed {
            relay,
            network: Network {
                after: Arc::clone(&network) as _,
                during: network,
            },
            peer: "import".to_owned(),
        };
        let cx = ActionContext::builder(&connector, Arc::new(transport))
            .credential(credential)
            .response_cap(LONGEST_LIST)
            .deadline(deadline)
            .cancellation(cancellation)
            .build();
        let answer = cx
            .post(Path::from(path.as_str()))
            .json(&list_request())
            .send()
            .await;
        servers.stop().await;
        answer
    })?;
    let listed = listed.map_err(|error| match (error.code(), place) {
        (ErrorCode::DestinationRefused, _) => refused(allowed_by_option(error.message())),
        // It would fail again.
        (_, ServerPlace::Program { .. }) => error.with_hint(Hint::Abort).into(),
        _ => error.into(),
    })?;
    let answer = listed.json().unwrap_or_default();
    match answer.get("result") {
        Some(result) => Ok(result.clone()),
        None => Err(refused("the MCP server did not list its tools".to_owned())),
    }
}

/// Says how the tools differ from those that were accepted before.
fn changes(earlier: &ImportedConnector, now: &ImportedConnector) -> Vec<String> {
    let tools = |connector: &ImportedConnector| {
        connector
            .server
            .as_ref()
            .map(|server| server.tools.clone())
            .unwrap_or_default()
    };
    let (before, after) = (tools(earlier), tools(now));
    let mut notes = Vec::new();
    for (tool, digest) in &after {
        match before.get(tool) {
            None => notes.push(format!("tool `{tool}` is new")),
            Some(before) if before != digest => notes.push(format!("tool `{tool}` has changed")),
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|tool| !after.contains_key(*tool));
    notes.extend(gone.map(|tool| format!("tool `{tool}` is gone")));
    notes
}

fn refused(message: String) -> Failure {
    Failure::usage(ActionError::new(ErrorCode::ValidationError, message))
}
