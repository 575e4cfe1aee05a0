//! `vault rotate`: a new key for the vault.

use http::Method;

use super::client::Api;
use super::present::{self, Column, columns, text};
use crate::args::VaultCommand;
use crate::failure::Stop;
use crate::output;

const PARTS: &[Column] = columns! {
    "key" = "keyId"; "resealed"; "skipped" = "damagedCount";
};

pub(super) fn execute(api: Api<'_>, command: &VaultCommand) -> Result<(), Stop> {
    let VaultCommand::Rotate { output } = command;
    let rotated = api.with(async |client| client.call(Method::POST, &["vault", "rotate"]).await)?;
    present::detail(&rotated, *output, PARTS)?;
    for record in rotated["damaged"].as_array().into_iter().flatten() {
        output::note(&format!("skipped {}: no key can decrypt it", text(record)));
    }
    Ok(())
}
