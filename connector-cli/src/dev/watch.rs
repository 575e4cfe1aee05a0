//! Watches the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::timeout;

use super::project::Project;
use crate::failure::Failure;
use crate::output;

/// How long nothing changes before a change is complete: editors write in several steps.
const QUIET: Duration = Duration::from_millis(50);

pub(super) struct Watch {
    watcher: RecommendedWatcher,
    changes: UnboundedReceiver<Instant>,
    /// When a change began that nobody was told of.
    begun: Option<Instant>,
    watched: BTreeSet<PathBuf>,
    ignored: Arc<Ignored>,
}

struct Ignored {
    /// Where Cargo builds, unless a package is itself in there.
    target: Option<PathBuf>,
    data: PathBuf,
}

impl Ignored {
    fn has(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let built = self
            .target
            .as_ref()
            .is_some_and(|target| path.starts_with(target));
        name.starts_with('.') || built || path.starts_with(&self.data)
    }
}

impl Watch {
    pub(super) fn new(project: &Project, data: &Path) -> Result<Self, Failure> {
        let here = std::env::current_dir().map_err(|error| {
            Failure::internal(format!("can't tell the current directory: {error}"))
        })?;
        let inside = |package: &PathBuf| package.starts_with(&project.target);
        let target = Some(&project.target).filter(|_| !project.packages.iter().any(inside));
        let ignored = Arc::new(Ignored {
            target: target.cloned(),
            data: here.join(data),
        });
        let (sender, changes) = mpsc::unbounded_channel();
        let watcher = notify::recommended_watcher({
            let ignored = Arc::clone(&ignored);
            move |event: notify::Result<Event>| match event {
                // Nobody listens any more if this can't be sent.
                Ok(event) if is_change(&event, &ignored) => drop(sender.send(Instant::now())),
                Ok(_) => {}
                Err(error) => output::note(&format!("can't watch for changes: {error}")),
            }
        });
        let mut watch = Self {
            watcher: watcher.map_err(|error| unwatchable(&here, &error))?,
            changes,
            begun: None,
            watched: BTreeSet::new(),
            ignored,
        };
        watch.follow(project)?;
        Ok(watch)
    }

    /// Watches directories that have come since.
    pub(super) fn follow(&mut self, project: &Project) -> Result<(), Failure> {
        for package in &project.packages {
            self.add(package, RecursiveMode::NonRecursive)?;
            let entries = fs::read_dir(package).map_err(|error| {
                Failure::internal(format!("can't read `{}`: {error}", package.display()))
            })?;
            for entry in entries.flatten() {
                let path = entry.path();
                // Not the whole package at once: where Cargo builds there are thousands of
                // directories, and each takes a watch.
                if path.is_dir() && !self.ignored.has(&path) {
                    self.add(&path, RecursiveMode::Recursive)?;
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, mode: RecursiveMode) -> Result<(), Failure> {
        if self.watched.insert(path.to_owned()) {
            self.watcher
                .watch(path, mode)
                .map_err(|error| unwatchable(path, &error))?;
        }
        Ok(())
    }

    /// Waits for a change, and returns when it began. None is lost if this is dropped.
    pub(super) async fn next(&mut self) -> Instant {
        let first = match self.begun.take() {
            Some(begun) => begun,
            None => match self.changes.recv().await {
                Some(begun) => begun,
                None => return std::future::pending().await,
            },
        };
        self.begun = Some(first);
        while let Ok(Some(_)) = timeout(QUIET, self.changes.recv()).await {}
        self.begun = None;
        first
    }
}

fn is_change(event: &Event, ignored: &Ignored) -> bool {
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| !ignored.has(path))
}

fn unwatchable(path: &Path, error: &notify::Error) -> Failure {
    Failure::internal(format!("can't watch `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(folder: &Path) -> Project {
        Project {
            package: "shop".to_owned(),
            binary: "shop".to_owned(),
            features: Vec::new(),
            packages: [folder.to_owned()].into(),
            target: folder.join("target"),
        }
    }

    #[tokio::test]
    async fn a_saved_source_is_a_change_and_what_is_built_or_stored_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(folder.path()).unwrap();
        for name in ["src", "target", "data", ".git"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        let project = project(&folder);
        let mut watch = Watch::new(&project, &folder.join("data")).unwrap();
        for path in ["target/x", "data/x", ".git/x", ".hidden"] {
            fs::write(folder.join(path), "x").unwrap();
        }
        assert!(
            timeout(Duration::from_millis(300), watch.next())
                .await
                .is_err()
        );

        for path in ["src/lib.rs", "Cargo.toml"] {
            fs::write(folder.join(path), "x").unwrap();
            timeout(Duration::from_secs(5), watch.next()).await.unwrap();
        }
        // A save is one change, in however many steps it is made.
        assert!(
            timeout(Duration::from_millis(300), watch.next())
                .await
                .is_err()
        );

        fs::create_dir_all(folder.join("tests/cassettes")).unwrap();
        timeout(Duration::from_secs(5), watch.next()).await.unwrap();
        watch.follow(&project).unwrap();
        fs::write(folder.join("tests/cassettes/a.json"), "x").unwrap();
        timeout(Duration::from_secs(5), watch.next()).await.unwrap();
    }
}
