//! `vault rotate`: a new key for the vault.

use http::Method;

use super::client;
use super::present::{self, Column, text};
use crate::args::VaultCommand;
use crate::failure::Stop;
use crate::output;

const PARTS: [Column; 3] = [
    ("key", |item| text(&item["keyId"])),
    ("resealed", |item| text(&item["resealed"])),
    ("skipped", |item| text(&item["damagedCount"])),
];

pub(super) fn execute(command: &VaultCommand) -> Result<(), Stop> {
    let VaultCommand::Rotate(arguments) = command;
    let rotated = client::with(&arguments.gateway, async |client| {
        client.call(Method::POST, &["vault", "rotate"]).await
    })?;
    present::detail(&rotated, arguments.output, &PARTS)?;
    for record in rotated["damaged"].as_array().into_iter().flatten() {
        output::note(&format!("skipped {}: no key can decrypt it", text(record)));
    }
    Ok(())
}
