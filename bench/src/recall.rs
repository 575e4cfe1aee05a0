//! How often the search finds the right action among its first five.
//!
//! The tasks of the judging half were written by somebody who saw only the vendors' names; their digest
//! and that of their labels were recorded before any ranking was tuned. The open half is for tuning.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use plugwright_catalog::{Catalog, SearchIndex, SearchQuery};
use plugwright_sdk::host::Registry;

use crate::report::{self, Flags, Limits};

/// So many hits are looked at.
const HITS: usize = 5;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Data directory into which the documents were imported.
    #[arg(long)]
    data_dir: PathBuf,
    /// Counts the open half, for tuning, and not the judging one.
    #[arg(long)]
    open: bool,
    /// Lists what was found in place of the right action.
    #[arg(long)]
    verbose: bool,
    #[command(flatten)]
    flags: Flags,
}

pub(crate) struct Tasks {
    /// Vendor and words.
    all: Vec<(String, String)>,
    /// The operations that do a task, as document and operation, by the task's number.
    labels: BTreeMap<usize, Vec<(String, String)>>,
    /// Why no operation does a task.
    unanswerable: BTreeMap<usize, String>,
}

impl Tasks {
    pub(crate) fn read(half: &str) -> Result<Self> {
        let read = |file: String| {
            let path = report::root().join("bench/recall").join(file);
            fs::read_to_string(&path).with_context(|| path.display().to_string())
        };
        let pair = |line: &str| -> Result<(String, String)> {
            let (one, other) = line
                .split_once('\t')
                .with_context(|| format!("no pair: {line}"))?;
            Ok((one.to_owned(), other.to_owned()))
        };
        let tasks = read(format!("{half}.tsv"))?;
        let tasks: Vec<_> = tasks.lines().map(pair).collect::<Result<_>>()?;
        let (mut labels, mut unanswerable) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
        for line in read(format!("{half}.labels.tsv"))?.lines().skip(1) {
            let (number, label) = pair(line)?;
            let (document, operation) = pair(&label)?;
            let number: usize = number.parse()?;
            if document == "-" {
                unanswerable.insert(number, operation);
            } else {
                labels
                    .entry(number)
                    .or_default()
                    .push((document, operation));
            }
        }
        Ok(Self {
            all: tasks,
            labels,
            unanswerable,
        })
    }

    /// Returns what is searched for.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(_, words)| words.as_str())
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tasks = Tasks::read(if arguments.open { "open" } else { "judge" })?;
    let catalog = Catalog::open(&arguments.data_dir)?.context("nothing was imported")?;
    let connectors = Connectors::of(&catalog)?;
    let registry = Registry::default().with_library(Arc::new(catalog));
    let index = SearchIndex::new(&registry);
    let (mut within, mut over) = (Count::default(), Count::default());
    let mut named = Count::default();
    for (number, labels) in &tasks.labels {
        let (vendor, words) = &tasks.all[number - 1];
        let right = connectors.actions(labels);
        if right.is_empty() {
            within.missing.push(format!("{number}: {vendor}: {words}"));
            continue;
        }
        let own: Vec<_> = connectors.of_vendor(vendor, &tasks);
        let own: Vec<_> = own.iter().map(String::as_str).collect();
        let query = SearchQuery::new(words).limit(HITS);
        let task = format!("{number}: {vendor}: {words}");
        within.add(&task, &right, &index.search(query.connectors(&own))?);
        over.add(&task, &right, &index.search(query)?);
        let words = with_vendor(vendor, words);
        named.add(
            &task,
            &right,
            &index.search(SearchQuery::new(&words).limit(HITS))?,
        );
    }
    let mut limits = Limits::default();
    for (what, least, share) in [
        ("recall@5 within a stated connector", 90.0, within.share()),
        ("recall@5 over the whole directory", 75.0, over.share()),
        (
            "recall@5 over the whole directory, by tasks that name the API",
            75.0,
            named.share(),
        ),
    ] {
        let measured = format!("{share:.1} %");
        limits.push(
            what,
            format!("at least {least} %"),
            measured,
            share >= least,
        );
    }
    let mut text = format!(
        "\n{} tasks with an answer, {} without one; {} connectors.\n\n{limits}\n",
        within.all,
        tasks.unanswerable.len(),
        registry.names().count(),
    );
    for (what, list) in [
        ("Not found within a stated connector", &within.misses),
        ("Not found over the whole directory", &over.misses),
        ("Not found there by name", &named.misses),
        ("Documents are not imported", &within.missing),
    ] {
        if !list.is_empty() {
            writeln!(text, "{what} ({}):\n", list.len())?;
            for (task, found) in list
                .iter()
                .map(|line| line.split_once('\t').unwrap_or((line, "")))
            {
                writeln!(text, "- {task}")?;
                if arguments.verbose {
                    writeln!(text, "  {found}")?;
                }
            }
            text.push('\n');
        }
    }
    if !tasks.unanswerable.is_empty() {
        writeln!(
            text,
            "Without an answer in the documents ({}):\n",
            tasks.unanswerable.len()
        )?;
        for (number, reason) in &tasks.unanswerable {
            let (vendor, words) = &tasks.all[number - 1];
            writeln!(text, "- {number}: {vendor}: {words} ({reason})")?;
        }
        text.push('\n');
    }
    arguments.flags.finish("recall", &text, limits)
}

/// The words of a task of which it is clear what they are asked of.
fn with_vendor<'w>(vendor: &str, words: &'w str) -> Cow<'w, str> {
    if words.to_lowercase().contains(&vendor.to_lowercase()) {
        Cow::Borrowed(words)
    } else {
        Cow::Owned(format!("{vendor}: {words}"))
    }
}

#[derive(Default)]
struct Count {
    all: usize,
    found: usize,
    misses: Vec<String>,
    missing: Vec<String>,
}

impl Count {
    fn add(&mut self, task: &str, right: &HashSet<String>, found: &[String]) {
        self.all += 1;
        if found.iter().any(|id| right.contains(id)) {
            self.found += 1;
        } else {
            self.misses.push(format!("{task}\t{}", found.join(" ")));
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "there are some hundred tasks")]
    fn share(&self) -> f64 {
        100.0 * self.found as f64 / self.all.max(1) as f64
    }
}

struct Connectors {
    /// By document.
    names: HashMap<String, String>,
    /// Ids of actions by connector and operation.
    actions: HashMap<(String, String), String>,
}

impl Connectors {
    fn of(catalog: &Catalog) -> Result<Self> {
        let mut labelled = HashSet::new();
        for half in ["open", "judge"] {
            let labels = Tasks::read(half)?.labels;
            let documents = labels.into_values().flatten();
            labelled.extend(documents.map(|(document, _)| document));
        }
        let (mut names, mut actions) = (HashMap::new(), HashMap::new());
        for record in catalog.records()? {
            // Documents are named as they are in the directory, below `api`.
            let document = record
                .document
                .rsplit_once("/api/")
                .map(|(_, document)| document);
            let Some(document) = document.filter(|document| labelled.contains(*document)) else {
                continue;
            };
            names.insert(document.to_owned(), record.name.clone());
            let imported = catalog
                .imported(&record.name)?
                .context("a connector is gone")?;
            for action in imported.actions {
                let operation = format!("{} {}", action.operation.method, action.operation.path);
                let id = format!("{}.{}", record.name, action.name);
                actions.insert((record.name.clone(), operation), id);
            }
        }
        ensure!(
            !names.is_empty(),
            "none of the labelled documents was imported"
        );
        Ok(Self { names, actions })
    }

    fn actions(&self, labels: &[(String, String)]) -> HashSet<String> {
        let ids = labels.iter().filter_map(|(document, operation)| {
            let name = self.names.get(document)?;
            self.actions.get(&(name.clone(), operation.clone()))
        });
        ids.cloned().collect()
    }

    /// Returns the connectors of all documents of a vendor that have labels.
    fn of_vendor(&self, vendor: &str, tasks: &Tasks) -> Vec<String> {
        let own = tasks.labels.iter();
        let own = own.filter(|(number, _)| tasks.all[**number - 1].0 == vendor);
        let documents: HashSet<_> = own
            .flat_map(|(_, labels)| labels.iter().map(|(document, _)| document))
            .collect();
        let names = documents
            .into_iter()
            .filter_map(|document| self.names.get(document));
        names.cloned().collect()
    }
}
