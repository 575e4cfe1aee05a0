//! What the gateway costs, against the least that a gateway could be.
//!
//! The provider, the bare pass-through (the floor), the static answer and each gateway run in
//! processes of their own on loopback, and take turns under the load of one client.

pub(crate) mod connector;
mod contest;
mod load;
pub(crate) mod operator;
mod process;
mod profile;
mod servers;
mod stock;
mod table;

use std::env;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::report;
use connector::{ACTION, ARGUMENTS, CALL, LAST_ITEM, LAST_TOOL, TOOL};
use contest::{Contestant, Plan, Series};
use load::Target;
pub(crate) use process::{Process, own_cpu};
use servers::{FLOOR_TOKEN, RunLog};
use table::Findings;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Calls in flight at the same time.
const IN_FLIGHT: [usize; 2] = [1, 32];

const USAGE: &str = "usage: plugwright-bench gateway [--quick] [--write] [--check] | gateway --profile floor|gateway";

const FULL: Plan = Plan {
    rounds: 5,
    round: Duration::from_secs(3),
    warm_up: Duration::from_secs(1),
};
const QUICK: Plan = Plan {
    rounds: 3,
    round: Duration::from_millis(500),
    warm_up: Duration::from_millis(200),
};
/// How often the stock binary is started.
const STARTS: usize = 10;
const QUICK_STARTS: usize = 3;

pub(crate) fn run(arguments: &[&str]) -> std::result::Result<(), Box<dyn Error>> {
    let outcome = servers::run(arguments).unwrap_or_else(|| match arguments {
        ["--profile", server] => take_profile(server),
        flags => measure(flags),
    });
    outcome.map_err(|error| -> Box<dyn Error> { error })
}

fn measure(flags: &[&str]) -> Result<()> {
    if let Some(unknown) = flags
        .iter()
        .find(|flag| !["--quick", "--write", "--check"].contains(flag))
    {
        return Err(format!("`{unknown}` is not known; {USAGE}").into());
    }
    let quick = flags.contains(&"--quick");
    let (plan, starts) = if quick {
        (QUICK, QUICK_STARTS)
    } else {
        (FULL, STARTS)
    };
    let machine = Machine::start()?;
    let metadata_log = machine.gateway(RunLog::Metadata)?;
    let log_off = machine.gateway(RunLog::Off)?;
    let payloads = machine.gateway(RunLog::Payloads)?;
    let mut calls = Vec::new();
    for in_flight in IN_FLIGHT {
        let contestants = [
            machine.floor.contestant("bare pass-through"),
            metadata_log.contestant("gateway"),
            log_off.contestant("gateway, run log off"),
            payloads.contestant("gateway, run log with payloads"),
        ];
        let series = contest::hold(&machine.runtime, &contestants, in_flight, plan)?;
        calls.push((in_flight, series));
    }
    let metadata = machine.metadata(&metadata_log, plan)?;
    let mcp = machine.mcp(&metadata_log, plan)?;
    let tools = machine.tools(plan)?;
    drop((metadata_log, log_off, payloads));
    // Built with the same profile.
    let binary = env::current_exe()?.with_file_name("plugwright");
    let stock = stock::measure(&machine.runtime, &binary, machine.folder.path(), starts)?;
    if stock.is_none() {
        eprintln!(
            "{} is not built: no start, memory and size",
            binary.display()
        );
    }
    let findings = Findings {
        calls,
        metadata,
        mcp,
        tools,
        stock,
        plan,
    };
    let text = findings.to_string();
    println!("{text}");
    if flags.contains(&"--write") {
        if quick || findings.stock.is_none() {
            return Err("only a whole measurement is written: no --quick, and build `plugwright` with the same profile first".into());
        }
        report::replace(&machine.root.join("docs/benchmarks.md"), "gateway", &text)
            .map_err(|error| error.to_string())?;
    }
    let missed = findings.missed();
    if flags.contains(&"--check") && !missed.is_empty() {
        return Err(format!("limits missed: {}", missed.join("; ")).into());
    }
    Ok(())
}

fn take_profile(server: &str) -> Result<()> {
    let machine = Machine::start()?;
    let gateway;
    let server = match server {
        "floor" => &machine.floor,
        "gateway" => {
            gateway = machine.gateway(RunLog::Metadata)?;
            &gateway
        }
        unknown => return Err(format!("`{unknown}` can't be profiled; {USAGE}").into()),
    };
    let file = machine.root.join("target/bench-gateway.perf");
    let [_, in_flight] = IN_FLIGHT;
    profile::record(
        &machine.runtime,
        &server.process,
        &server.call,
        in_flight,
        &file,
    )
}

/// A server with the call that is made of it.
struct Server {
    process: Process,
    token: String,
    call: Arc<Target>,
}

impl Server {
    fn new(process: Process, token: String) -> Self {
        let path = format!("/v1/actions/{ACTION}");
        let call = Target::post(process.address(), &path, &token, CALL, LAST_ITEM);
        Self {
            process,
            token,
            call: Arc::new(call),
        }
    }

    fn contestant(&self, name: &'static str) -> Contestant<'_> {
        Contestant {
            name,
            process: &self.process,
            target: Arc::clone(&self.call),
        }
    }
}

/// What all measurements share.
struct Machine {
    root: &'static Path,
    /// Data directories and logs; gone when the measurement ends.
    folder: TempDir,
    runtime: Runtime,
    upstream: Process,
    floor: Server,
}

impl Machine {
    fn start() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or("the workspace has no root")?;
        // Beside the binaries and not in /tmp, which may be memory: a run log is written to a disk.
        let folder = tempfile::tempdir_in(root.join("target"))?;
        let upstream = Process::own(&["upstream"], &folder.path().join("upstream.log"))?;
        let floor = Process::own(
            &["floor", &upstream.origin()],
            &folder.path().join("floor.log"),
        )?;
        Ok(Self {
            root,
            folder,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            upstream,
            floor: Server::new(floor, FLOOR_TOKEN.to_owned()),
        })
    }

    /// Starts a gateway with a data directory, a token and a connection of its own.
    fn gateway(&self, log: RunLog) -> Result<Server> {
        let folder = self.folder.path().join(log.name());
        let folder = folder.to_str().ok_or("the folder's name is no text")?;
        let process = Process::own(
            &["serve", log.name(), folder],
            &self.folder.path().join("gateway.log"),
        )?;
        let (origin, upstream) = (process.origin(), self.upstream.origin());
        let token = self.runtime.block_on(async {
            operator::make_connection(&origin, &upstream).await?;
            operator::make_token(&origin).await
        })?;
        Ok(Server::new(process, token))
    }

    /// Compares calls over MCP, of the action's own tool and of the one that runs any action, with the
    /// same calls over `/v1/actions`.
    fn mcp(&self, gateway: &Server, plan: Plan) -> Result<Vec<(usize, Vec<Series>)>> {
        let target = |tool, arguments: &str| {
            let (address, token) = (gateway.process.address(), &gateway.token);
            let call = ("tools/call", Some(tool));
            let path = "/mcp?tools=*";
            Arc::new(Target::mcp(
                address, path, token, call, arguments, LAST_ITEM,
            ))
        };
        let any = format!(r#"{{"action":"{ACTION}","input":{ARGUMENTS}}}"#);
        let contestant = |name, target| Contestant {
            name,
            process: &gateway.process,
            target,
        };
        let contestants = [
            gateway.contestant("/v1/actions"),
            contestant("MCP, the action's own tool", target(TOOL, ARGUMENTS)),
            contestant("MCP, run_action", target("run_action", &any)),
        ];
        IN_FLIGHT
            .into_iter()
            .map(|in_flight| {
                let series = contest::hold(&self.runtime, &contestants, in_flight, plan)?;
                Ok((in_flight, series))
            })
            .collect()
    }

    /// Lists a thousand actions as tools, one list at a time.
    fn tools(&self, plan: Plan) -> Result<Vec<Series>> {
        let folder = self.folder.path().join("many");
        let folder = folder.to_str().ok_or("the folder's name is no text")?;
        let log = self.folder.path().join("many.log");
        let process = Process::own(&["serve-many", folder], &log)?;
        let token = self
            .runtime
            .block_on(operator::make_token(&process.origin()))?;
        let list = ("tools/list", None);
        let address = process.address();
        let target = Target::mcp(address, "/mcp?tools=many.*", &token, list, "", LAST_TOOL);
        let contestant = Contestant {
            name: "tools/list",
            process: &process,
            target: Arc::new(target),
        };
        contest::hold(&self.runtime, &[contestant], 1, plan)
    }

    /// Compares an action's metadata with the same document from a server that knows nothing else.
    fn metadata(&self, gateway: &Server, plan: Plan) -> Result<Vec<(usize, Vec<Series>)>> {
        let origin = gateway.process.origin();
        let answer = operator::metadata(&origin, ACTION, &gateway.token);
        let file = self.folder.path().join("metadata.json");
        std::fs::write(&file, self.runtime.block_on(answer)?)?;
        let file = file.to_str().ok_or("the folder's name is no text")?;
        let log = self.folder.path().join("static.log");
        let fixed = Process::own(&["static", file], &log)?;
        let target = |address: SocketAddr, token| {
            let path = format!("/v1/actions/{ACTION}");
            Arc::new(Target::get(address, &path, token, ACTION))
        };
        let contestants = [
            Contestant {
                name: "static answer",
                process: &fixed,
                target: target(fixed.address(), FLOOR_TOKEN),
            },
            Contestant {
                name: "gateway",
                process: &gateway.process,
                target: target(gateway.process.address(), &gateway.token),
            },
        ];
        IN_FLIGHT
            .into_iter()
            .map(|in_flight| {
                let series = contest::hold(&self.runtime, &contestants, in_flight, plan)?;
                Ok((in_flight, series))
            })
            .collect()
    }
}
