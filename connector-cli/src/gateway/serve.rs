//! `serve`, `mcp` and `config`: a gateway in this process.

use std::sync::Arc;

use plugwright_gateway::{ConfigError, EffectiveSetting, Inputs, LoadedConfig, ReadInputs};
use plugwright_mcp::Servers;
use plugwright_sdk::host::{Connector, Fault, Registry};
use plugwright_sdk::{ActionError, ErrorCode, Hint};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::present::{self, Column, columns, text};
use crate::args::{ConfigArguments, DetailFormat, McpArguments, ServeArguments, SettingArguments};
use crate::failure::{Failure, Stop};
use crate::{imports, output};

pub(crate) fn serve(connectors: &[Connector], arguments: &ServeArguments) -> Result<(), Stop> {
    let (registry, servers, loaded) = prepare(connectors, &arguments.settings)?;
    crate::dev::stop_with_parent();
    let runtime = runtime()?;
    let served = runtime.block_on(plugwright_gateway::serve(registry, loaded.config));
    runtime.block_on(servers.stop());
    served.map_err(|error| Failure::internal(error.to_string()).into())
}

/// Serves one MCP client on standard input and output, until the input ends.
pub(crate) fn mcp(connectors: &[Connector], arguments: &McpArguments) -> Result<(), Stop> {
    let (registry, servers, loaded) = prepare(connectors, &arguments.settings)?;
    let tools = arguments.tools.as_ref();
    let tools = tools.map(|patterns| patterns.iter().cloned().collect());
    let runtime = runtime()?;
    let served = runtime.block_on(plugwright_gateway::serve_mcp(
        registry,
        loaded.config,
        tools,
    ));
    runtime.block_on(servers.stop());
    // A thread may still be blocked reading standard input.
    runtime.shutdown_background();
    served.map_err(|error| Failure::internal(error.to_string()).into())
}

fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("can't start the async runtime: {error}")))
}

const COLUMNS: &[Column] = columns! {
    "key"; "value" by value; "source";
};

fn value(setting: &Value) -> String {
    match &setting["value"] {
        Value::Bool(value) => value.to_string(),
        value => text(value),
    }
}

pub(crate) fn config(connectors: &[Connector], arguments: &ConfigArguments) -> Result<(), Stop> {
    let (_, _, loaded) = prepare(connectors, &arguments.settings)?;
    let rows: Vec<_> = loaded.effective().iter().map(row).collect();
    let text = match arguments.output {
        DetailFormat::Text => present::table(&rows, COLUMNS),
        DetailFormat::Json => output::json::pretty(&Value::Array(rows)),
    };
    Ok(output::print(&text)?)
}

fn row(setting: &EffectiveSetting) -> Value {
    json!({
        "key": setting.key,
        "value": setting.value,
        "source": setting.source.to_string(),
    })
}

/// Puts the connectors of the binary and those of the data directory together, and reads the
/// configuration; returns the MCP servers that the connectors use, too.
fn prepare(
    connectors: &[Connector],
    arguments: &SettingArguments,
) -> Result<(Registry, Arc<Servers>, LoadedConfig), Failure> {
    let inputs = read(arguments)?;
    let data_directory = inputs.data_dir();
    let servers = Arc::new(Servers::new(&data_directory));
    let registry = imports::served(connectors, &data_directory, &servers)?;
    let loaded = load_for(&registry, inputs)?;
    Ok((registry, servers, loaded))
}

#[cfg(feature = "postgres")]
pub(super) fn load(
    registry: &Registry,
    arguments: &SettingArguments,
) -> Result<LoadedConfig, Failure> {
    load_for(registry, read(arguments)?)
}

fn read(arguments: &SettingArguments) -> Result<ReadInputs, Failure> {
    let inputs = Inputs {
        flags: arguments.flags.clone(),
        file: arguments.config.clone(),
        ..Inputs::of_process()
    };
    inputs.read().map_err(refused)
}

fn load_for(registry: &Registry, inputs: ReadInputs) -> Result<LoadedConfig, Failure> {
    let names = registry.names().map(str::to_owned).collect();
    inputs.connectors(names).load().map_err(refused)
}

fn refused(error: ConfigError) -> Failure {
    let error = match error {
        ConfigError::Faults(faults) if faults.len() > 1 => {
            let fault = |fault: &plugwright_gateway::Fault| {
                let whole = fault.to_string();
                let name = format!("`{}` ", fault.name());
                Fault {
                    param: fault.name().to_owned(),
                    message: whole.strip_prefix(&name).unwrap_or(&whole).to_owned(),
                }
            };
            ActionError::invalid(
                faults
                    .iter()
                    .map(fault)
                    .collect::<plugwright_sdk::host::Faults>(),
            )
        }
        other => ActionError::new(ErrorCode::ValidationError, other.to_string()),
    };
    Failure::usage(error.with_hint(Hint::Abort)).of("configuration")
}
