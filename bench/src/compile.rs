//! What actions cost an author's compiler.
//!
//! Two crates are generated with 200 functions of five parameters each: plain async functions, and
//! the same as actions. Both are checked in turn, from nothing and after an edit, so that the
//! machine's mood meets both alike. Processor time is taken, as other programs make less of it.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::kernel;
use crate::report::{self, Spread};

const ACTIONS: usize = 200;
const ROUNDS: usize = 9;

pub(crate) fn run() -> Result<()> {
    let crates = [
        Crate::generate("plain", &plain_function)?,
        Crate::generate("actions", &action_function)?,
    ];
    // Dependencies are built once, outside of what is measured.
    for krate in &crates {
        krate.check()?;
    }
    let mut cold: [Vec<Duration>; 2] = Default::default();
    let mut edited: [Vec<Duration>; 2] = Default::default();
    for round in 0..ROUNDS {
        for (index, krate) in crates.iter().enumerate() {
            krate.forget()?;
            cold[index].push(krate.check()?);
            krate.edit(round)?;
            edited[index].push(krate.check()?);
        }
    }
    let mut text = format!(
        "\nProcessor time: median of {ROUNDS} rounds, least and greatest in brackets; the crates take turns in each round.\n\n\
         | `cargo check` of a crate with {ACTIONS} functions of 5 parameters | plain functions | actions | above plain |\n\
         | --- | --- | --- | --- |\n",
    );
    for (what, [plain, actions]) in [
        ("the crate from nothing (dependencies built)", cold),
        ("after an edit of one function", edited),
    ] {
        let (plain, actions) = (Spread::of(plain)?, Spread::of(actions)?);
        let above = actions.median.as_secs_f64() - plain.median.as_secs_f64();
        writeln!(text, "| {what} | {plain} | {actions} | {above:.2} s |")?;
    }
    text.push('\n');
    println!("{text}");
    report::write("compile", &text)
}

struct Crate {
    name: String,
    folder: PathBuf,
}

impl Crate {
    fn generate(name: &str, function: &dyn Fn(usize) -> String) -> Result<Self> {
        let folder = target().join(name);
        fs::create_dir_all(folder.join("src"))?;
        let sdk = report::root().join("connector-sdk").canonicalize()?;
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"bench-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nplugwright-sdk = {{ path = {:?} }}\n\n[workspace]\n",
                sdk.display().to_string()
            ),
        )?;
        // The workspace's versions, so that nothing is looked up or built anew.
        fs::copy(report::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let mut code = HEAD.to_owned();
        code.extend((0..ACTIONS).map(function));
        if name == "actions" {
            let list: Vec<_> = (0..ACTIONS).map(|index| format!("list_{index}")).collect();
            write!(
                code,
                "pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new(\"bench\", \"Bench\", \"1.0.0\")\n    \
                 .base_url(\"https://api.example.com\")\n    .actions(actions![{}]);\n",
                list.join(", ")
            )?;
        }
        fs::write(folder.join("src/lib.rs"), code)?;
        let name = format!("bench-{name}");
        Ok(Self { name, folder })
    }

    /// Runs `cargo check` and returns the processor time that it took.
    fn check(&self) -> Result<Duration> {
        let before = kernel::cpu_of_children()?;
        self.cargo(&["check", "--quiet", "--offline"])?;
        Ok(kernel::cpu_of_children()?.saturating_sub(before))
    }

    /// Makes cargo forget what it knows of the crate itself, incremental state included.
    fn forget(&self) -> Result<()> {
        self.cargo(&["clean", "--quiet", "--offline", "--package", &self.name])
    }

    /// Changes the body of one function.
    fn edit(&self, round: usize) -> Result<()> {
        let file = self.folder.join("src/lib.rs");
        let code = fs::read_to_string(&file)?;
        let line = code.lines().find(|line| line.contains("/things_7"));
        let line = line.context("the generated crate has no function 7")?;
        let changed = code.replace(line, &format!("    cx.get(\"/things_7_{round}\")"));
        fs::write(file, changed)?;
        Ok(())
    }

    fn cargo(&self, arguments: &[&str]) -> Result<()> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target().join("target"))
            .output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("cargo {} failed:\n{said}", arguments.join(" "));
        }
        Ok(())
    }
}

fn target() -> PathBuf {
    report::root().join("target/bench-compile")
}

pub(crate) const HEAD: &str = "#![allow(dead_code, unused_imports)]\n\
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Page, Param, Result, action, actions, model};\n\
    use plugwright_sdk::pagination::LinkHeader;\n\n\
    /// A thing.\n#[model]\npub struct Thing {\n    /// Id.\n    pub id: u64,\n    /// Name.\n    pub name: Option<String>,\n}\n\n\
    /// State.\n#[derive(Clone, Copy, Param)]\npub enum State {\n    /// Open.\n    Open,\n    /// Closed.\n    Closed,\n}\n\n";

fn body(index: usize) -> String {
    format!(
        "    cx.get(\"/things_{index}\")\n        .query(\"repo\", repo).query(\"state\", state).query(\"labels\", labels)\n        \
         .query(\"since\", since).query(\"per_page\", per_page)\n        .page(LinkHeader).await\n}}\n\n"
    )
}

fn plain_function(index: usize) -> String {
    format!(
        "/// Lists things.\npub async fn list_{index}(cx: &ActionContext, repo: String, state: Option<State>, \
         labels: Option<Vec<String>>, since: Option<String>, per_page: Option<u32>) -> Result<Page<Thing>> {{\n{}",
        body(index)
    )
}

pub(crate) fn action_function(index: usize) -> String {
    format!(
        "/// Lists things.\n#[action(\"things_{index}.list\", read)]\npub async fn list_{index}(\n    cx: &ActionContext,\n    \
         /// Repository.\n    #[param(length(1..=100))]\n    repo: String,\n    \
         /// State.\n    #[param(provider_default = State::Open)]\n    state: Option<State>,\n    \
         /// Labels.\n    labels: Option<Vec<String>>,\n    \
         /// First day.\n    #[param(format = \"date\")]\n    since: Option<String>,\n    \
         /// Items per page.\n    #[param(provider_default = 30, range(1..=100))]\n    per_page: Option<u32>,\n\
         ) -> Result<Page<Thing>> {{\n{}",
        body(index)
    )
}
