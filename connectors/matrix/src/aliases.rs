//! Names of rooms, such as `#lamps:example.org`.

use plugwright_sdk::{ActionContext, Lost, Outcome, Result, action};

use crate::model::{Alias, Done, RoomAlias, RoomId};

/// Finds the room of an alias.
///
/// Returns the room's id and the servers that know it. Fails if there is no such alias.
#[action(
    read,
    title = "Look up an alias",
    get = "/client/v3/directory/room/{alias}"
)]
pub async fn get(cx: &ActionContext, alias: RoomAlias) -> Result<Alias>;

/// Gives a room one more alias on the account's server.
///
/// Fails if the alias is taken. Returns nothing, and the room keeps its other aliases.
#[action(
    write,
    reconcile(natural = find_created(alias, room_id)),
    put = "/client/v3/directory/room/{alias}",
    json
)]
pub async fn create(cx: &ActionContext, alias: RoomAlias, room_id: RoomId) -> Result<Done>;

async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    alias: RoomAlias,
    room_id: RoomId,
) -> Result<Outcome<Done>> {
    let found = get(cx, alias).await.map(|found| found.room_id);
    let found = Outcome::of_named(found, |id| {
        if id == room_id.0 {
            Outcome::Done(id)
        } else {
            Outcome::NotDone
        }
    })?;
    found.try_map(|_| Ok(Done {}))
}

/// Takes an alias off its room.
///
/// The room stays, with its other aliases. Returns nothing. Fails if there is no such alias.
#[action(
    destructive,
    reconcile(natural = find_deleted(alias)),
    delete = "/client/v3/directory/room/{alias}"
)]
pub async fn delete(cx: &ActionContext, alias: RoomAlias) -> Result<Done>;

async fn find_deleted(cx: &ActionContext, _lost: &Lost, alias: RoomAlias) -> Result<Outcome<Done>> {
    Outcome::of_deleted(get(cx, alias).await)?.try_map(|()| Ok(Done {}))
}
