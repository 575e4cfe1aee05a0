//! `migrate`: the tables of a PostgreSQL database.

use plugwright_gateway::migrate_postgres;
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;

use super::present::{self, Column, columns};
use super::serve;
use crate::args::{MigrateArguments, SettingArguments};
use crate::failure::{Failure, Stop};
use crate::runtime;

const PARTS: &[Column] = columns! {
    "database"; "schema version before" = "from"; "schema version now" = "to";
};

pub(crate) fn migrate(registry: &Registry, arguments: &MigrateArguments) -> Result<(), Stop> {
    let url = arguments.database_url.iter();
    let settings = SettingArguments {
        config: arguments.config.clone(),
        flags: url
            .map(|url| ("database-url".to_owned(), url.clone()))
            .collect(),
    };
    let Some(url) = serve::load(registry, &settings)?.config.database_url else {
        let error = ActionError::new(ErrorCode::ValidationError, "no database given");
        return Err(Failure::usage(error)
            .advise("set --database-url or PLUGWRIGHT_DATABASE_URL")
            .into());
    };
    let done = runtime::block_on(async |cancellation| {
        tokio::select! {
            done = migrate_postgres(&url, arguments.grant_to.as_deref()) => {
                done.map_err(|error| Failure::internal(error.to_string()))
            }
            () = cancellation.cancelled() => {
                Err(ActionError::new(ErrorCode::Cancelled, "interrupted").into())
            }
        }
    })??;
    let done = json!({ "database": url.to_string(), "from": done.from, "to": done.to });
    Ok(present::detail(&done, arguments.output, PARTS)?)
}
