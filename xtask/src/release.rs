//! `cargo xtask release --dry-run`: the checklist of a release. Publishing itself is left to a
//! person, who gets the commands.

mod checks;

use anyhow::{Result, bail};
use xshell::Shell;

use crate::workspace::Workspace;
use checks::Finding;

/// What the caller asks of `cargo xtask release`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Checks and publishes nothing, which is all that this task does.
    #[arg(long, required = true)]
    dry_run: bool,
}

/// Prints the checklist and what to run then; an error if the crates can't be published as they are.
pub(crate) fn run(sh: &Shell, workspace: &Workspace) -> Result<()> {
    let crates: Vec<_> = workspace.published().collect();
    let mut open = 0;
    for (title, finding) in checks::all(sh, workspace, &crates)? {
        let (mark, text) = match finding {
            Finding::Done(text) => ("x", text),
            Finding::Open(text) => {
                open += 1;
                (" ", text)
            }
        };
        println!("- [{mark}] {title}: {text}");
    }
    println!("\nThen:\n\ncargo publish --locked --workspace");
    if let Some(first) = crates.first() {
        println!("git tag {} && git push --tags", checks::tag(first));
    }
    if open > 0 {
        bail!("{open} points of the checklist are open");
    }
    Ok(())
}
