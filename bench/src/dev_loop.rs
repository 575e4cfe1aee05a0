//! How long it takes from a save to an answer of the new code, with `plugwright dev`.
//!
//! `plugwright new` makes a crate, which gets as many actions as the GitHub connector has. One of
//! them is edited again and again, and asked for until the gateway describes it as it was saved. The
//! crate has the profile that `plugwright new` writes, and a target directory of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use plugwright_sdk::transport::Live;

use crate::compile::{HEAD, action_function};
use crate::on_one_core;
use crate::report::{self, Spread};

/// The connector's name, which no package of Plugwright has.
const NAME: &str = "saved";
const ACTIONS: usize = 64;
const ROUNDS: usize = 9;
const LONGEST: Duration = Duration::from_mins(1);

pub(crate) fn run() -> Result<()> {
    let root = report::root().canonicalize()?;
    let folder = root.join("target/bench-dev");
    let binary = build(&root, &folder)?;
    let krate = generate(&root, &folder, &binary)?;
    let started = Instant::now();
    let dev = Dev::start(&krate, &folder, &binary)?;
    let first = started.elapsed();
    let mut samples = Vec::new();
    let runtime = on_one_core()?;
    // The first round compiles what a first build leaves out, and warms the caches.
    for round in 0..=ROUNDS {
        let sample = runtime.block_on(measure(&krate, &dev.url, round))?;
        if round > 0 {
            samples.push(sample);
        }
    }
    let spread = Spread::of(samples)?;
    let text = format!(
        "\nMedian of {ROUNDS} saves, least and greatest in brackets.\n\n\
         | `plugwright dev` in a crate of {ACTIONS} actions | time |\n\
         | --- | --- |\n\
         | from the command to the first answer, nothing built | {:.0} s |\n\
         | from a save to the answer of the new code | {spread} |\n\n",
        first.as_secs_f64(),
    );
    println!("{text}");
    report::write("dev", &text)
}

fn cargo(folder: &Path, target: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    author(&mut command, folder, target);
    command
}

/// Runs a command as an author does, whatever the environment says of profiles.
fn author(command: &mut Command, folder: &Path, target: &Path) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PROFILE_") || text.starts_with("PLUGWRIGHT_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_INCREMENTAL", "1");
}

fn build(root: &Path, folder: &Path) -> Result<PathBuf> {
    let target = folder.join("cli");
    let arguments = [
        "build",
        "--quiet",
        "--package",
        "plugwright",
        "--no-default-features",
        "--features",
        "serve",
    ];
    let status = cargo(root, &target).args(arguments).status()?;
    if !status.success() {
        bail!("the command line can't be built");
    }
    Ok(target.join("debug/plugwright"))
}

fn generate(root: &Path, folder: &Path, binary: &Path) -> Result<PathBuf> {
    let krate = folder.join("crate");
    if krate.exists() {
        fs::remove_dir_all(&krate)?;
    }
    let made = Command::new(binary)
        .args(["new", NAME, "--auth", "none", "--sdk-path"])
        .arg(root)
        .arg("--dir")
        .arg(&krate)
        .stdout(Stdio::null())
        .output()?;
    if !made.status.success() {
        bail!(
            "`plugwright new` failed: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }
    fs::copy(root.join("Cargo.lock"), krate.join("Cargo.lock"))?;
    // `plugwright new` has written two.
    let functions: Vec<_> = (2..ACTIONS).map(action_function).collect();
    let code = format!("//! Things.\n{HEAD}{}", functions.concat());
    fs::write(krate.join("src/things.rs"), code)?;
    let lib = krate.join("src/lib.rs");
    let listed: Vec<_> = (2..ACTIONS)
        .map(|index| format!("things::list_{index}"))
        .collect();
    let code = fs::read_to_string(&lib)?
        .replacen("pub mod items;", "pub mod items;\npub mod things;", 1)
        .replacen(
            "items::create]",
            &format!("items::create, {}]", listed.join(", ")),
            1,
        );
    fs::write(lib, code)?;
    Ok(krate)
}

/// A running `plugwright dev`, which ends with this.
struct Dev {
    process: Child,
    url: String,
}

impl Dev {
    fn start(krate: &Path, folder: &Path, binary: &Path) -> Result<Self> {
        let mut command = Command::new(binary);
        author(&mut command, krate, &folder.join("target"));
        let mut process = command
            .args(["dev", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = process.stderr.take().context("no standard error")?;
        let mut lines = BufReader::new(stderr)
            .lines()
            .map_while(std::result::Result::ok);
        let mut url = None;
        let mut said = String::new();
        for line in lines.by_ref() {
            if let Some((_, served)) = line.split_once(" s, serving on ") {
                url = Some(served.to_owned());
                break;
            }
            said.push_str(&line);
            said.push('\n');
        }
        // Read on, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let mut dev = Self {
            process,
            url: String::new(),
        };
        dev.url = url.with_context(|| format!("`plugwright dev` ended:\n{said}"))?;
        Ok(dev)
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // The gateway ends with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Saves a change, and returns how long it takes until it is served.
async fn measure(krate: &Path, url: &str, round: usize) -> Result<Duration> {
    let file = krate.join("src/things.rs");
    let code = fs::read_to_string(&file)?;
    let mark = format!("Lists things, round {round}.");
    let (before, after) = code
        .split_once("#[action(\"things_7.list\"")
        .context("the generated crate has no action 7")?;
    let (before, _) = before
        .rsplit_once("/// ")
        .context("action 7 has no documentation")?;
    let changed = format!("{before}/// {mark}\n#[action(\"things_7.list\"{after}");
    let client = Live::client_builder()?.pool_max_idle_per_host(0).build()?;
    let url = format!("{url}/v1/actions/{NAME}.things_7.list");
    fs::write(&file, changed)?;
    let saved = Instant::now();
    while saved.elapsed() < LONGEST {
        if let Ok(answer) = client.get(&url).send().await
            && answer.text().await.is_ok_and(|text| text.contains(&mark))
        {
            return Ok(saved.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("a saved change was not served")
}
