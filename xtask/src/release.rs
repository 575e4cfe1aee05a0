//! `cargo xtask release --dry-run`: the checklist of a release. Publishing itself is left to a
//! person, who gets the commands.

mod checks;

use std::env;

use anyhow::{Result, bail};

use crate::order;
use crate::workspace::Workspace;
use checks::Finding;

/// What the caller asks of `cargo xtask release`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Checks and publishes nothing, which is all that this task does.
    #[arg(long, required = true)]
    dry_run: bool,
}

/// Prints order, versions and checklist; an error if the crates can't be published as they are.
pub(crate) fn run(_: &Arguments) -> Result<()> {
    let workspace = Workspace::load()?;
    env::set_current_dir(&workspace.root)?;
    let crates = order::of(workspace.published())?;

    println!("In this order, since crates.io must have what a crate needs:\n");
    for (index, package) in crates.iter().enumerate() {
        println!("{:>3}. {} {}", index + 1, package.name, package.version);
    }
    println!();
    let mut open = 0;
    for (title, finding) in checks::all(&workspace, &crates)? {
        let (mark, text) = match finding {
            Finding::Done(text) => ("x", text),
            Finding::Open(text) => {
                open += 1;
                (" ", text)
            }
        };
        println!("- [{mark}] {title}: {text}");
    }
    println!("\nThen:\n");
    for package in &crates {
        println!("cargo publish --locked --package {}", package.name);
    }
    if let Some(first) = crates.first() {
        println!("git tag {} && git push --tags", checks::tag(first));
    }
    if open > 0 {
        bail!("{open} points of the checklist are open");
    }
    Ok(())
}
