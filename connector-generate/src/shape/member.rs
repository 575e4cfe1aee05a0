//! Members that are links, or stand for the object that they are in.

use plugwright_sdk::host::word_list;

use crate::name;
use crate::schema::{Definitions, Kind, Member};

/// Endings of links that people follow.
const LINKS_FOR_PEOPLE: &[&str] =
    &word_list::<12>(include_str!("../../words/links_for_people.txt"));

/// Members that stand for the object that they are in.
const IDS: &[&str] = &["id", "gid", "uuid", "key", "sid", "login", "slug", "name"];

pub(super) fn is_link(member: &Member<'_>) -> bool {
    member.name.ends_with("_url")
        || (member.name.ends_with("Url") && member.schema["format"] == "uri")
}

pub(super) fn is_for_people(name: &str) -> bool {
    let words = name::words(name).join("_");
    LINKS_FOR_PEOPLE.iter().any(|link| words.ends_with(link))
}

pub(super) fn id_of(definitions: Definitions<'_>, members: &[Member<'_>]) -> Option<&'static str> {
    IDS.iter().copied().find(|id| {
        members.iter().any(|member| {
            let is_plain = || {
                matches!(
                    definitions.view(member.schema).kind,
                    Kind::Text | Kind::Integer
                )
            };
            member.name == *id && is_plain()
        })
    })
}
