//! The MCP servers of a process.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use plugwright_import::{McpServer, ServerPlace};
use plugwright_sdk::transport::{Network, Relay, Request, Response, TransportError};

use crate::definition::Found;
use crate::http::{Failure, Line, Sessions};
use crate::message::Wish;
use crate::pending::{self, Pending};
use crate::program::Program;

/// The MCP servers that a process uses. Programs are started when they are first needed, one for each
/// connector, and end with [`stop`](Self::stop).
pub struct Servers {
    data_directory: PathBuf,
    report: fn(&str, &str),
    programs: Mutex<HashMap<String, Arc<Program>>>,
}

impl Servers {
    /// Makes a set of servers, none of which is started.
    pub fn new(data_directory: &Path) -> Self {
        Self {
            data_directory: data_directory.to_owned(),
            report: |server, line| tracing::info!(server, "{line}"),
            programs: Mutex::default(),
        }
    }

    /// Hands what programs write to standard error to `report` in place of the log: the connector's
    /// name, and a line without control characters and secrets.
    #[must_use]
    pub fn report(mut self, report: fn(&str, &str)) -> Self {
        self.report = report;
        self
    }

    /// Returns what carries the calls of the connector of this name.
    pub fn relay(&self, name: &str, server: &McpServer) -> Arc<dyn Relay> {
        let way = match &server.place {
            ServerPlace::Program { .. } => Way::Program(self.program(name, &server.place)),
            ServerPlace::Url(_) => Way::Http(Sessions::new()),
        };
        Arc::new(Server {
            name: name.to_owned(),
            data_directory: self.data_directory.clone(),
            accepted: server.tools.clone(),
            way,
        })
    }

    /// Returns the program of a connector, which a new catalog may have given another command.
    fn program(&self, name: &str, place: &ServerPlace) -> Arc<Program> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = programs.get(name).filter(|known| known.is_at(place)) {
            return Arc::clone(known);
        }
        let program = Arc::new(Program::new(name, place.clone(), self.report));
        let old = programs.insert(name.to_owned(), Arc::clone(&program));
        if let (Some(old), Ok(runtime)) = (old, tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { old.stop().await });
        }
        program
    }

    /// Ends all programs: asks them to, and kills those that are late.
    pub async fn stop(&self) {
        let programs: Vec<_> = {
            let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
            programs.drain().map(|(_, program)| program).collect()
        };
        let stopping = programs.iter().map(|program| program.stop());
        futures_util::future::join_all(stopping).await;
    }
}

struct Server {
    name: String,
    data_directory: PathBuf,
    /// The digests of their definitions.
    accepted: BTreeMap<String, String>,
    way: Way,
}

enum Way {
    Program(Arc<Program>),
    Http(Sessions),
}

impl Server {
    fn check(&self, tool: &str, found: &Found) -> Result<(), TransportError> {
        let now = found.tools.get(tool);
        if now.is_none_or(|now| self.accepted.get(tool) == Some(now)) {
            return Ok(());
        }
        let name = &self.name;
        Err(TransportError::Refused(format!(
            "the MCP server has changed the definition of this tool since it was imported; an operator \
             accepts it with `plugwright import --accept {name}`"
        )))
    }

    /// Calls a tool over HTTP; returns none if the server has forgotten the session.
    async fn attempt(
        &self,
        sessions: &Sessions,
        line: Line<'_>,
        peer: &str,
        tool: &str,
    ) -> Result<Option<Response>, Failure> {
        let session = sessions.get(line, peer).await?;
        let found = match session.found(line, |found| self.note(found)).await {
            Err(Failure::Status(response)) if response.status == 404 => {
                sessions.forget(peer);
                return Ok(None);
            }
            found => found?,
        };
        self.check(tool, &found)?;
        Ok(sessions.call(&session, line, peer).await?)
    }

    /// Keeps what is new for the operator.
    fn note(&self, found: &Found) {
        let pending = Pending::between(&self.accepted, &found.tools);
        let kept = if pending.is_empty() {
            pending::forget(&self.data_directory, &self.name)
        } else {
            tracing::warn!(
                server = self.name,
                changed = pending.changed.len(),
                new = pending.new.len(),
                "tools of an MCP server wait to be accepted with `plugwright import --accept`"
            );
            pending::keep(&self.data_directory, &self.name, &found.tools)
        };
        if let Err(error) = kept {
            tracing::error!(server = self.name, %error, "changed tools can't be kept for the operator");
        }
    }
}

#[async_trait::async_trait]
impl Relay for Server {
    async fn carry(
        &self,
        request: &Request,
        network: &Network,
        peer: &str,
    ) -> Result<Response, TransportError> {
        if matches!(self.way, Way::Program(_)) && request.has_caller_credential() {
            let message = "the MCP server is a program, to which headers can't be sent";
            return Err(TransportError::Refused(message.to_owned()));
        }
        let line = Line { request, network };
        match (&self.way, Wish::of(request)?) {
            (Way::Program(program), Wish::List) => Ok(program.list().await?.into_response()),
            (Way::Program(program), Wish::Call { tool, arguments }) => {
                let running = program.running().await?;
                let found = running.found(|found| self.note(found)).await?;
                self.check(&tool, &found)?;
                running.call(tool, arguments).await
            }
            (Way::Http(sessions), Wish::List) => {
                let listed = async { sessions.get(line, peer).await?.list(line).await };
                match listed.await {
                    Ok(listing) => Ok(listing.into_response()),
                    Err(failure) => failure.into_answer(),
                }
            }
            (Way::Http(sessions), Wish::Call { tool, .. }) => {
                // The server may have forgotten a session that was used before.
                for _ in 0..2 {
                    match self.attempt(sessions, line, peer, &tool).await {
                        Ok(None) => {}
                        Ok(Some(answer)) => return Ok(answer),
                        Err(failure) => return failure.into_answer(),
                    }
                }
                Err(TransportError::Refused(
                    "the MCP server does not know the session that it has just begun".to_owned(),
                ))
            }
        }
    }
}
