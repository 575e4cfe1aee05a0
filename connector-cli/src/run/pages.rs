//! Makes calls, page by page if requested.

use std::time::Duration;

use plugwright_egress::EgressSettings;
use plugwright_engine::{Call, Engine, EngineSettings, Limits, OutputCheck};
use plugwright_sdk::host::{Cursors, Registry, Returns};
use plugwright_sdk::{ActionError, ActionResult, ErrorCode};
use tokio::time::Instant;

use super::executor::Executor;
use crate::failure::Failure;

const LONGEST: Duration = Duration::from_hours(24);

/// Makes the engine that asks providers. It reaches whatever the user could.
pub(crate) fn live(registry: Registry) -> Result<Executor, Failure> {
    here(registry, Some(EgressSettings::unrestricted()))
}

/// Makes an engine that sends nothing.
pub(crate) fn offline(registry: Registry) -> Result<Executor, Failure> {
    here(registry, None)
}

fn here(registry: Registry, egress: Option<EgressSettings>) -> Result<Executor, Failure> {
    let settings = EngineSettings {
        output_check: OutputCheck::Off,
        limits: Limits {
            call_timeout_most: LONGEST,
            ..Limits::default()
        },
        egress,
        ..EngineSettings::default()
    };
    Engine::new(registry, settings)
        .map(Executor::Local)
        .map_err(|error| Failure::internal(error.to_string()))
}

#[derive(Debug)]
pub(crate) struct PagedOutcome {
    pub(crate) result: Result<(), ActionError>,
    pub(crate) answers: usize,
}

impl PagedOutcome {
    /// Creates the outcome of a call that was not made.
    pub(crate) fn unmade(error: ActionError) -> Self {
        Self {
            result: Err(error),
            answers: 0,
        }
    }
}

/// Makes a call and passes each page to `on_page`, until the list ends or `on_page` returns `false`.
/// The call's timeout covers all pages.
pub(crate) async fn make(
    executor: &Executor,
    returns: Returns,
    mut call: Call,
    all_pages: bool,
    mut on_page: impl FnMut(ActionResult) -> bool,
) -> Result<PagedOutcome, Failure> {
    let deadline = call.options.timeout.map(|timeout| Instant::now() + timeout);
    let mut cursors = Cursors::new(returns);
    let mut ended = PagedOutcome {
        result: Ok(()),
        answers: 0,
    };
    loop {
        let outcome = executor.execute(call.clone()).await?;
        ended.answers += outcome.answers as usize;
        let page = match outcome.result {
            Ok(page) => page,
            Err(error) => {
                ended.result = Err(error);
                return Ok(ended);
            }
        };
        let next = cursors.after(&page.meta);
        if !on_page(page) || !all_pages {
            return Ok(ended);
        }
        match next {
            Ok(Some(cursor)) => call.options.cursor = Some(cursor),
            Ok(None) => return Ok(ended),
            Err(error) => {
                ended.result = Err(error);
                return Ok(ended);
            }
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            ended.result = Err(ActionError::new(
                ErrorCode::UpstreamTimeout,
                "timed out before the end of the list",
            ));
            return Ok(ended);
        }
        call.options.timeout = left;
    }
}
