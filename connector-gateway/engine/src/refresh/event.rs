//! Run log records of refreshes.

use std::borrow::Cow;
use std::time::Instant;

use plugwright_sdk::ActionError;
use plugwright_store::{Connection, Owner};

use crate::run_log::{EndUser, RunOutcome, RunRecord};

const PRINCIPAL: &str = "gateway";
const ACTION: &str = "refresh";

/// A running refresh.
pub(super) struct Event {
    record: RunRecord,
    begun: Instant,
}

impl Event {
    pub(super) fn begin(connection: &Connection) -> Self {
        let mut record = RunRecord::begin(None, PRINCIPAL);
        match &connection.owner {
            Owner::Organization(name) => record.organization = Some(Cow::Owned(name.clone())),
            Owner::User { project, user } => {
                record.end_user = Some(EndUser {
                    project: *project,
                    user: user.clone(),
                });
            }
        }
        record.connector = Some(Cow::Owned(connection.connector.clone()));
        record.action = Some(Cow::Borrowed(ACTION));
        record.connection = Some(connection.id);
        record.attempts = 1;
        Self {
            record,
            begun: Instant::now(),
        }
    }

    pub(super) fn end(mut self, error: Option<ActionError>) -> RunRecord {
        self.record.durations.total = self.begun.elapsed();
        if let Some(error) = error {
            self.record.status = error.status();
            self.record.outcome = RunOutcome::Error {
                code: error.code(),
                message: error.message().to_owned(),
            };
        }
        self.record
    }
}
