//! What the gateway costs, against the least that a gateway could be.
//!
//! The provider, the bare pass-through (the floor), the static answer and each gateway run in
//! processes of their own on loopback, and take turns under the load of one client.

mod awake;
pub(crate) mod connector;
mod contest;
mod load;
pub(crate) mod operator;
mod process;
mod profile;
mod servers;
pub(crate) mod stock;
mod table;

use std::env;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::report::{Flags, root, scratch};
use crate::{http, on_one_core};
use awake::Awake;
use connector::{ACTION, ARGUMENTS, CALL, LAST_ITEM, LAST_TOOL, TOOL};
use contest::{Contestant, Plan, Series};
use load::Target;
pub(crate) use process::Process;
use servers::{FLOOR_TOKEN, RunLog};
use table::Findings;

const IN_FLIGHT: [usize; 2] = [1, 32];

/// What the caller asks of the benchmark.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    measuring: Measuring,
    /// Takes a profile of a server under load, and measures nothing else.
    #[arg(long, value_enum, value_name = "SERVER")]
    profile: Option<Profiled>,
    #[command(subcommand)]
    server: Option<servers::Server>,
}

#[derive(clap::Args)]
struct Measuring {
    #[command(flatten)]
    flags: Flags,
    /// Lets idle cores halt. The time in which a host wakes them then counts as that of the servers.
    #[arg(long)]
    halting: bool,
    /// Compares calls of actions with the pass-through's so many times, each time with new servers, and
    /// judges by the median.
    #[arg(long, value_name = "N", default_value_t = 1)]
    runs: u32,
}

/// What a profile can be taken of.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Profiled {
    Floor,
    Gateway,
}

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
const STARTS: usize = 10;
const QUICK_STARTS: usize = 3;

pub(crate) fn run(arguments: Arguments) -> Result<()> {
    match (arguments.server, arguments.profile) {
        (Some(server), _) => server.run(),
        (None, Some(server)) => take_profile(server),
        (None, None) => measure(&arguments.measuring),
    }
}

fn measure(measuring: &Measuring) -> Result<()> {
    let Measuring {
        flags,
        halting,
        runs,
    } = measuring;
    let (plan, starts) = if flags.quick {
        (QUICK, QUICK_STARTS)
    } else {
        (FULL, STARTS)
    };
    let awake = if *halting {
        None
    } else {
        Some(Awake::start()?)
    };
    let machine = Machine::start()?;
    let metadata_log = machine.gateway(RunLog::Metadata)?;
    let log_off = machine.gateway(RunLog::Off)?;
    let payloads = machine.gateway(RunLog::Payloads)?;
    let contestants = [
        machine.floor.contestant("bare pass-through"),
        metadata_log.contestant("gateway"),
        log_off.contestant("gateway, run log off"),
        payloads.contestant("gateway, run log with payloads"),
    ];
    let calls = machine.contests(&contestants, plan)?;
    let metadata = machine.metadata(&metadata_log, plan)?;
    let mcp = machine.mcp(&metadata_log, plan)?;
    let tools = machine.tools(plan)?;
    let further = (1..*runs).map(|_| compare_again(plan));
    let further = further.collect::<Result<_>>()?;
    drop((awake, metadata_log, log_off, payloads));
    // Built with the same profile.
    let binary = env::current_exe()?.with_file_name("plugwright");
    let data = machine.folder.path().join("stock");
    let call = stock::MockCall::bundled();
    let stock = stock::measure(&machine.runtime, &binary, &data, &call, starts)?;
    if stock.is_none() {
        eprintln!(
            "{} is not built: no start, memory and size",
            binary.display()
        );
    }
    let findings = Findings {
        calls,
        further,
        metadata,
        mcp,
        tools,
        stock,
        plan,
        halting: *halting,
    };
    ensure!(
        !flags.write || findings.stock.is_some(),
        "only a whole measurement is written: build `plugwright` with the same profile first"
    );
    flags.finish("gateway", &findings.to_string(), findings.limits())
}

fn compare_again(plan: Plan) -> Result<Vec<(usize, Vec<Series>)>> {
    let machine = Machine::start()?;
    let gateway = machine.gateway(RunLog::Metadata)?;
    let contestants = [
        machine.floor.contestant("bare pass-through"),
        gateway.contestant("gateway"),
    ];
    machine.contests(&contestants, plan)
}

fn take_profile(server: Profiled) -> Result<()> {
    let machine = Machine::start()?;
    let gateway;
    let server = match server {
        Profiled::Floor => &machine.floor,
        Profiled::Gateway => {
            gateway = machine.gateway(RunLog::Metadata)?;
            &gateway
        }
    };
    let file = root().join("target/bench-gateway.perf");
    let [_, in_flight] = IN_FLIGHT;
    profile::record(
        &machine.runtime,
        &server.process,
        &server.call,
        in_flight,
        &file,
    )
}

struct Server {
    process: Process,
    token: String,
    call: Arc<Target>,
}

impl Server {
    fn new(process: Process, token: String) -> Self {
        let path = format!("/v1/actions/{ACTION}");
        let request = http::post(&path, &token, CALL);
        Self {
            call: Target::new(process.address, request, LAST_ITEM),
            process,
            token,
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

struct Machine {
    /// Data directories and logs; gone when the measurement ends.
    folder: TempDir,
    runtime: Runtime,
    upstream: Process,
    floor: Server,
}

impl Machine {
    fn start() -> Result<Self> {
        let folder = scratch()?;
        let log = |name| folder.path().join(name);
        let upstream = Process::own(&["upstream"], &log("upstream.log"))?;
        let floor = Process::own(&["floor", &upstream.origin()], &log("floor.log"))?;
        Ok(Self {
            folder,
            runtime: on_one_core()?,
            upstream,
            floor: Server::new(floor, FLOOR_TOKEN.to_owned()),
        })
    }

    /// Starts a server with something of its own in the folder: data, or a document.
    fn own(&self, arguments: &[&str], file: &str) -> Result<Process> {
        let path = self.folder.path().join(file);
        let path = path.to_str().context("the folder's name is no text")?;
        let log = self.folder.path().join(format!("{file}.log"));
        Process::own(&[arguments, &[path]].concat(), &log)
    }

    fn contests(
        &self,
        contestants: &[Contestant<'_>],
        plan: Plan,
    ) -> Result<Vec<(usize, Vec<Series>)>> {
        let contest = |in_flight| {
            let series = contest::hold(&self.runtime, contestants, in_flight, plan)?;
            Ok((in_flight, series))
        };
        IN_FLIGHT.into_iter().map(contest).collect()
    }

    /// Starts a gateway with a data directory, a token and a connection of its own.
    fn gateway(&self, log: RunLog) -> Result<Server> {
        let process = self.own(&["serve", log.name()], log.name())?;
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
            let call = ("tools/call", Some(tool));
            let request = http::mcp("/mcp?tools=*", &gateway.token, call, arguments, "");
            Target::new(gateway.process.address, request, LAST_ITEM)
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
        self.contests(&contestants, plan)
    }

    /// Lists a thousand actions as tools, one list at a time.
    fn tools(&self, plan: Plan) -> Result<Vec<Series>> {
        let process = self.own(&["serve-many"], "many")?;
        let token = self
            .runtime
            .block_on(operator::make_token(&process.origin()))?;
        let list = ("tools/list", None);
        let request = http::mcp("/mcp?tools=many.*", &token, list, "", "");
        let contestant = Contestant {
            name: "tools/list",
            process: &process,
            target: Target::new(process.address, request, LAST_TOOL),
        };
        contest::hold(&self.runtime, &[contestant], 1, plan)
    }

    /// Compares an action's metadata with the same document from a server that knows nothing else.
    fn metadata(&self, gateway: &Server, plan: Plan) -> Result<Vec<(usize, Vec<Series>)>> {
        let origin = gateway.process.origin();
        let answer = operator::metadata(&origin, ACTION, &gateway.token);
        let file = self.folder.path().join("metadata.json");
        std::fs::write(&file, self.runtime.block_on(answer)?)?;
        let fixed = self.own(&["static"], "metadata.json")?;
        let target = |address: SocketAddr, token| {
            let line = format!("GET /v1/actions/{ACTION}");
            Target::new(address, http::request(&line, token, "", b""), ACTION)
        };
        let contestants = [
            Contestant {
                name: "static answer",
                process: &fixed,
                target: target(fixed.address, FLOOR_TOKEN),
            },
            Contestant {
                name: "gateway",
                process: &gateway.process,
                target: target(gateway.process.address, &gateway.token),
            },
        ];
        self.contests(&contestants, plan)
    }
}
