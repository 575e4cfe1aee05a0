//! A gateway with a catalog of imported documents.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use plugwright_catalog::{Catalog, SearchIndex, SearchQuery};
use plugwright_sdk::host::{Effect, Registry};

use crate::gateway::stock::{self, MockCall};
use crate::recall::Tasks;
use crate::report::{Flags, Limits};
use crate::{kernel, on_one_core};

const STARTS: usize = 9;

/// Actions that are described, each for the first time.
const DESCRIBED: usize = 2_000;

const ROUNDS: usize = 3;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Data directory into which documents were imported.
    #[arg(long)]
    data_dir: PathBuf,
    #[command(flatten)]
    flags: Flags,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let data = arguments.data_dir.canonicalize()?;
    let catalog = Catalog::open(&data)?.context("nothing was imported")?;
    let bytes = catalog.bytes()?;
    let opened = Instant::now();
    let registry = Registry::default().with_library(Arc::new(catalog));
    let actions = registry.action_count();
    let walk = opened.elapsed();
    let searches = searches(&registry)?;
    let described = descriptions(&registry);
    let binary = env::current_exe()?.with_file_name("plugwright");
    let stock = stock::measure(
        &on_one_core()?,
        &binary,
        &data,
        &first_call(&registry)?,
        STARTS,
    )?;
    let mut limits = Limits::default();
    let mut time = |what: &str, most: Duration, taken: Duration| {
        limits.push(
            what,
            format!("at most {} ms", most.as_millis()),
            format!("{:.2} ms", taken.as_secs_f64() * 1e3),
            taken <= most,
        );
    };
    time(
        "search, p99",
        Duration::from_millis(5),
        percentile(&searches, 99),
    );
    time(
        "describe, first time, p99",
        Duration::from_millis(3),
        percentile(&described, 99),
    );
    if let Some(stock) = &stock {
        time(
            "start to first action, median",
            Duration::from_millis(300),
            stock.start(),
        );
        let idle = stock.idle;
        limits.push(
            "idle memory",
            "at most 150 MB",
            format!("{idle:.0} MB"),
            idle <= 150.0,
        );
    }
    let size = kernel::in_units(bytes, 1e6);
    limits.push(
        "size on disk",
        "at most 600 MB",
        format!("{size:.0} MB"),
        size <= 600.0,
    );
    let text = format!(
        "\n{} connectors with {actions} actions. Search: {} searches, median {:.2} ms. Describe: \
         {} actions, median {:.2} ms. All connectors are loaded, without their actions, in {} ms.\n\n{limits}\n",
        registry.names().count(),
        searches.len(),
        percentile(&searches, 50).as_secs_f64() * 1e3,
        described.len(),
        percentile(&described, 50).as_secs_f64() * 1e3,
        walk.as_millis(),
    );
    arguments.flags.finish("catalog", &text, limits)
}

/// Searches for the open tasks; returns how long each search took, the shortest first.
fn searches(registry: &Registry) -> Result<Vec<Duration>> {
    let index = SearchIndex::new(registry);
    let tasks = Tasks::read("open")?;
    // The first search opens the index.
    index.search(SearchQuery::new("list"))?;
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        for words in tasks.words() {
            let since = Instant::now();
            std::hint::black_box(index.search(SearchQuery::new(words))?);
            taken.push(since.elapsed());
        }
    }
    taken.sort();
    Ok(taken)
}

/// Describes actions all over the catalog; returns how long each took, the shortest first.
fn descriptions(registry: &Registry) -> Vec<Duration> {
    let connectors = registry.connectors();
    let ids = connectors.flat_map(|connector| {
        let names = connector.outline();
        names.map(|(name, _)| format!("{}.{name}", connector.name()))
    });
    let ids: Vec<_> = ids.collect();
    let step = (ids.len() / DESCRIBED).max(1);
    let mut taken: Vec<_> = ids
        .iter()
        .step_by(step)
        .filter_map(|id| {
            let since = Instant::now();
            let entry = registry.find(id).ok()?;
            std::hint::black_box(entry.action.input_schema());
            Some(since.elapsed())
        })
        .collect();
    taken.sort();
    taken
}

fn first_call(registry: &Registry) -> Result<MockCall> {
    let mut entries = registry.actions();
    let entry = entries.find(|entry| {
        entry.action.effect() == Effect::Read
            && entry.action.input_schema()["required"]
                .as_array()
                .is_none_or(Vec::is_empty)
            && entry.connector.auth().is_empty()
    });
    let entry = entry.context("no action can be called without input and credential")?;
    Ok(MockCall::new(&entry.id(), "{}"))
}

fn percentile(taken: &[Duration], percent: usize) -> Duration {
    let at = (taken.len() * percent / 100).min(taken.len().saturating_sub(1));
    taken.get(at).copied().unwrap_or_default()
}
