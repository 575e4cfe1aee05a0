//! `vault rotate`: a new key for the vault.

use http::Method;

use super::client;
use super::present::{self, Column, text};
use crate::args::VaultCommand;
use crate::failure::Stop;

const PARTS: [Column; 2] = [
    ("key", |item| text(&item["keyId"])),
    ("resealed", |item| text(&item["resealed"])),
];

pub(super) fn execute(command: &VaultCommand) -> Result<(), Stop> {
    let VaultCommand::Rotate(arguments) = command;
    let rotated = client::with(&arguments.gateway, async |client| {
        client.call(Method::POST, &["vault", "rotate"]).await
    })?;
    Ok(present::detail(&rotated, arguments.output, &PARTS)?)
}
