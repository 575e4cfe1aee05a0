//! What a good caller gets of a gateway that hostile ones call at the same time, and what each kind of
//! hostile call costs the gateway.

mod attack;
mod cage;
mod crowd;
mod findings;
mod tenant;
mod wire;

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::gateway::{Process, operator};
use crate::on_one_core;
use crate::report::{Flags, scratch};
use attack::Attack;
use cage::Cage;
use findings::{Contest, Cost, Findings};

const FULL: Duration = Duration::from_mins(1);
const QUICK: Duration = Duration::from_secs(10);
/// Calls of each kind that are measured one at a time, and connections of each kind.
const CALLS: u32 = 10;
const CONNECTIONS: u32 = 100;

const WARM_UP: usize = 3;

const CORES: usize = 2;

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let duration = if flags.quick { QUICK } else { FULL };
    raise_open_files()?;
    let bench = Bench::start()?;
    let findings = Findings {
        costs: bench.costs()?,
        contest: bench.contest(duration)?,
        duration,
    };
    flags.finish("hostile", &findings.to_string(), findings.limits())
}

/// Lets this process, and those that it starts, have as many open files as the system lets them have.
fn raise_open_files() -> Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised)?;
    Ok(())
}

/// What both parts share: a provider, and a place for data and logs.
struct Bench {
    folder: TempDir,
    runtime: Runtime,
    upstream: Process,
}

struct Gateway {
    process: Process,
    log: std::path::PathBuf,
    good: String,
    hostile: String,
    cage: Cage,
}

impl Bench {
    fn start() -> Result<Self> {
        let folder = scratch()?;
        let upstream = Process::own(&["upstream"], &folder.path().join("upstream.log"))?;
        Ok(Self {
            folder,
            runtime: on_one_core()?,
            upstream,
        })
    }

    fn gateway(&self, name: &str) -> Result<Gateway> {
        let data = self.folder.path().join(name);
        let log = self.folder.path().join(format!("{name}.log"));
        let data = data.to_str().context("the folder's name is no text")?;
        let program = std::env::current_exe()?;
        let mut command = if std::thread::available_parallelism()?.get() > CORES {
            let mut command = Command::new("taskset");
            command.args(["-c", "0,1"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        command.args(["gateway", "serve", "metadata", data]);
        let process = Process::start(command, &log)?;
        let cage = Cage::around(&process)?;
        let origin = process.origin();
        let upstream = self.upstream.origin();
        let (good, hostile) = self.runtime.block_on(async {
            operator::make_connection(&origin, &upstream).await?;
            let good = operator::make_token(&origin).await?;
            let hostile = operator::make_token(&origin).await?;
            anyhow::Ok((good, hostile))
        })?;
        Ok(Gateway {
            process,
            log,
            good,
            hostile,
            cage,
        })
    }

    fn costs(&self) -> Result<Vec<Cost>> {
        let gateway = self.gateway("costs")?;
        let address = gateway.process.address;
        let mut costs = Vec::new();
        let attacks = attack::all(&gateway.hostile);
        // The first calls of a process make it grow to its usual size, whatever they are.
        for attack in attacks.iter().cycle().take(WARM_UP * attacks.len()) {
            if let Attack::Request { bytes, .. } = attack {
                // What is answered is looked at below.
                let _ = self.runtime.block_on(wire::exchange(address, bytes));
            }
        }
        for attack in attacks {
            let count = match attack {
                Attack::Request { .. } => CALLS,
                Attack::Hold { .. } => CONNECTIONS,
            };
            // What the one before has left is gone.
            std::thread::sleep(Duration::from_millis(200));
            gateway.cage.forget_peak()?;
            let memory = gateway.cage.memory()?;
            let cpu = gateway.process.cpu()?;
            let mut answers = findings::Answers::default();
            let mut peak = 0;
            match &attack {
                Attack::Request { bytes, .. } => {
                    for _ in 0..CALLS {
                        let before = gateway.cage.memory()?;
                        gateway.cage.forget_peak()?;
                        let reply = self.runtime.block_on(wire::exchange(address, bytes));
                        answers.take(reply.as_ref().ok());
                        peak = peak.max(gateway.cage.peak()?.saturating_sub(before));
                    }
                }
                Attack::Hold { first, drip, .. } => {
                    let count = usize::try_from(CONNECTIONS)?;
                    let hold = Duration::from_secs(2);
                    self.runtime
                        .block_on(wire::hold(address, first, drip, count, hold))?;
                    peak = gateway.cage.peak()?.saturating_sub(memory) / u64::from(CONNECTIONS);
                }
            }
            costs.push(Cost {
                name: attack.name(),
                cpu: gateway.process.cpu()?.saturating_sub(cpu) / count,
                memory: peak,
                answers,
            });
        }
        Ok(costs)
    }

    fn contest(&self, duration: Duration) -> Result<Contest> {
        let gateway = self.gateway("contest")?;
        let address = gateway.process.address;
        let attacks = Arc::new(attack::all(&gateway.hostile));
        gateway.cage.forget_peak()?;
        let cpu = gateway.process.cpu()?;
        let until = Instant::now() + duration;
        // Each of the two sides has a thread of its own: the one must not wait for the other.
        let hostile = std::thread::spawn(move || crowd::run(address, &attacks, until));
        let calls = tenant::run(address, &gateway.good, until)?;
        let hostile = hostile
            .join()
            .map_err(|_| anyhow!("the hostile callers panicked"))??;
        let log = std::fs::read(&gateway.log)?;
        let longest = log.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
        Ok(Contest {
            calls,
            hostile,
            peak: gateway.cage.peak()?,
            cpu: gateway.process.cpu()?.saturating_sub(cpu),
            longest_line: longest.unwrap_or(0),
            cage: gateway.cage.to_string(),
        })
    }
}
