//! `dev`: builds a connector's crate, serves it, and does so again whenever a file is saved.

mod build;
mod parent;
mod project;
mod server;
mod signals;
mod watch;

use std::path::PathBuf;
use std::time::Instant;

use crate::args::DevArguments;
use crate::failure::{Failure, Stop};
use crate::{output, runtime};
use build::{Build, Built};
pub(crate) use parent::stop_with_parent;
use project::Project;
use server::{Flags, Server};
use signals::Signals;
use watch::Watch;

pub(crate) fn dev(arguments: &DevArguments) -> Result<(), Stop> {
    let project = Project::find(arguments)?;
    Ok(runtime::start()?.block_on(run(&project, arguments))?)
}

async fn run(project: &Project, arguments: &DevArguments) -> Result<(), Failure> {
    let signals = |error| Failure::internal(format!("can't listen for signals: {error}"));
    let mut signals = Signals::new().map_err(signals)?;
    let flags = Flags::new(arguments);
    let mut watch = Watch::new(project, &data_directory(arguments))?;
    let mut session = Session {
        flags,
        server: None,
    };
    output::note(&format!("building `{}`", project.package));
    let mut saved = Instant::now();
    let mut next = Build::first(project);
    loop {
        // A later change ends a build that is out of date.
        let built = tokio::select! {
            () = signals.next() => break,
            change = watch.next() => {
                saved = change;
                continue;
            }
            done = next.run() => done?,
        };
        next = Build::again(project);
        tokio::select! {
            () = signals.next() => break,
            served = session.serve(built, saved) => served?,
        }
        tokio::select! {
            () = signals.next() => break,
            change = watch.next() => saved = change,
            () = session.ended() => {
                session.server = None;
                output::note("the gateway ended; it starts again with the next change");
                tokio::select! {
                    () = signals.next() => break,
                    change = watch.next() => saved = change,
                }
            }
        }
        watch.follow(project)?;
    }
    if let Some(server) = session.server.take() {
        server.stop().await;
    }
    Ok(())
}

/// Returns where the gateway keeps its data, which is not watched.
fn data_directory(arguments: &DevArguments) -> PathBuf {
    let flags = arguments.settings.flags.iter();
    let given = flags.rev().find(|(name, _)| name == "data-dir");
    match given {
        Some((_, path)) => path.into(),
        None => {
            std::env::var_os("PLUGWRIGHT_DATA_DIR").map_or_else(|| "data".into(), PathBuf::from)
        }
    }
}

struct Session {
    flags: Flags,
    server: Option<Server>,
}

impl Session {
    async fn serve(&mut self, built: Built, saved: Instant) -> Result<(), Failure> {
        let binary = match built {
            Built::Binary(binary) => binary,
            Built::Failed => {
                if self.server.is_some() {
                    output::note("still serving the last build");
                }
                return Ok(());
            }
        };
        if self
            .server
            .as_ref()
            .is_some_and(|server| server.runs(&binary))
        {
            return Ok(());
        }
        let again = match self.server.take() {
            Some(before) => {
                before.stop().await;
                true
            }
            None => false,
        };
        match Server::start(binary, &self.flags).await? {
            Some((server, url)) => {
                let seconds = saved.elapsed().as_secs_f64();
                let verb = if again { "rebuilt" } else { "built" };
                output::note(&format!("{verb} in {seconds:.1} s, serving on {url}"));
                self.flags.stay_at(&url);
                self.server = Some(server);
            }
            None => {
                output::note("the gateway did not start; it is started again with the next change");
            }
        }
        Ok(())
    }

    /// Waits until the gateway ends by itself; forever if there is none.
    async fn ended(&mut self) {
        match &mut self.server {
            Some(server) => server.ended().await,
            None => std::future::pending().await,
        }
    }
}
