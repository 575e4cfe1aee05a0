//! What importing takes: time, and the most memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use plugwright_import::openapi::{self, Settings};
use plugwright_import::read;

use crate::kernel::{in_units, memory};

/// What to import.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Documents, and directories of them.
    #[arg(required = true)]
    documents: Vec<PathBuf>,
}

#[derive(Default)]
struct Sum {
    documents: usize,
    operations: usize,
    actions: usize,
    unreadable: usize,
    bytes: u64,
    slowest: Option<(Duration, PathBuf)>,
}

/// Imports each document by itself, as `plugwright import` does, and stores nothing.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut paths = Vec::new();
    for path in &arguments.documents {
        collect(path, &mut paths)?;
    }
    paths.sort_unstable();
    ensure!(!paths.is_empty(), "there are no documents");
    let mut sum = Sum::default();
    let started = Instant::now();
    for path in &paths {
        import(path, &mut sum)?;
    }
    let took = started.elapsed();
    println!(
        "{} documents ({:.0} MB, {} unreadable), {} operations, {} actions in {:.2} s; peak memory {:.0} MB",
        sum.documents,
        in_units(sum.bytes, 1e6),
        sum.unreadable,
        sum.operations,
        sum.actions,
        took.as_secs_f64(),
        in_units(memory("self", "VmHWM")?, 1e6),
    );
    if let Some((took, path)) = sum.slowest {
        println!("slowest: {} in {:.2} s", path.display(), took.as_secs_f64());
    }
    Ok(())
}

fn import(path: &Path, sum: &mut Sum) -> Result<()> {
    let started = Instant::now();
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    sum.bytes += bytes.len() as u64;
    let document = read(&bytes);
    drop(bytes);
    sum.documents += 1;
    let imported = document
        .ok()
        .and_then(|document| openapi::import(&document, &Settings::named("bench")).ok());
    match imported {
        Some(imported) => {
            sum.operations += imported.report.operations.len();
            sum.actions += imported.connector.actions.len();
        }
        None => sum.unreadable += 1,
    }
    let took = started.elapsed();
    if sum.slowest.as_ref().is_none_or(|(most, _)| took > *most) {
        sum.slowest = Some((took, path.to_owned()));
    }
    Ok(())
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        let path = entry?.path();
        let extension = path.extension().and_then(|it| it.to_str());
        if path.is_dir() || matches!(extension, Some("json" | "yaml" | "yml")) {
            collect(&path, found)?;
        }
    }
    Ok(())
}
