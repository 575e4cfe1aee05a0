//! Checks of actions in const evaluation; each message has the name at fault.

use crate::action::{ActionDefinition, ActionInfo};
use crate::auth::Auth;
use crate::provider::declares;
use crate::text::{equal, fail, is_action_name, same_spelling};

pub(super) const LONGEST_TOOL_NAME: usize = 64;

/// Slots of the table that finds names in use; at most half of them are filled.
const SLOTS: usize = 1 << 14;

#[expect(
    clippy::large_stack_arrays,
    reason = "it is evaluated while compiling only"
)]
#[track_caller]
pub(super) const fn actions(connector: &str, actions: &[&ActionDefinition]) {
    if actions.len() > SLOTS / 2 {
        fail(&[
            "connector `",
            connector,
            "` has more than 8192 actions; split it",
        ]);
    }
    // Open addressing over the hashes that the definitions carry: comparing all pairs would make
    // const evaluation of a large connector take too long.
    let mut slots = [0_usize; SLOTS];
    let mut index = 0;
    while index < actions.len() {
        let action = actions[index];
        let name = action.info.name;
        if equal(name, ActionInfo::STAND_IN.name) {
            // Its own errors are reported already.
            index += 1;
            continue;
        }
        if !is_action_name(name) {
            fail(&[
                "connector `",
                connector,
                "`: action name `",
                name,
                "` is not allowed: use `resource.verb` in lower-case letters, digits and `_`",
            ]);
        }
        if connector.len() + 1 + name.len() > LONGEST_TOOL_NAME {
            fail(&[
                "connector `",
                connector,
                "`: action name `",
                name,
                "` is too long: with the connector's name it must fit into 64 characters",
            ]);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only the low bits choose the slot"
        )]
        let mut slot = action.spelling as usize % SLOTS;
        while slots[slot] != 0 {
            let other = actions[slots[slot] - 1];
            if other.spelling == action.spelling && same_spelling(other.info.name, name) {
                if equal(other.info.name, name) {
                    fail(&[
                        "connector `",
                        connector,
                        "`: action `",
                        name,
                        "` is in `actions![..]` twice: list each function once, and give each its own name",
                    ]);
                }
                fail(&[
                    "connector `",
                    connector,
                    "`: actions `",
                    other.info.name,
                    "` and `",
                    name,
                    "` are spellings of one name; rename one of them",
                ]);
            }
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = index + 1;
        index += 1;
    }
}

#[track_caller]
pub(super) const fn scopes(connector: &str, auth: &[Auth], actions: &[&ActionDefinition]) {
    let mut index = 0;
    while index < actions.len() {
        let needed = actions[index].info.scopes;
        let mut place = 0;
        while place < needed.len() {
            declared(connector, auth, actions[index].info.name, needed[place]);
            place += 1;
        }
        index += 1;
    }
}

#[track_caller]
pub(super) const fn schemes(connector: &str, auth: &[Auth], actions: &[&ActionDefinition]) {
    let mut index = 0;
    while index < actions.len() {
        let places = match actions[index].info.schemes {
            Some(places) => places,
            None => &[],
        };
        let mut place = 0;
        while place < places.len() {
            if places[place] >= auth.len() {
                fail(&[
                    "connector `",
                    connector,
                    "`: `auth` of action `",
                    actions[index].info.name,
                    "` names a place that `.auth(..)` does not have; the first is 0",
                ]);
            }
            place += 1;
        }
        index += 1;
    }
}

#[track_caller]
const fn declared(connector: &str, auth: &[Auth], action: &str, scopes: &[&str]) {
    let mut index = 0;
    while index < scopes.len() {
        if !declares(auth, scopes[index]) {
            fail(&[
                "connector `",
                connector,
                "`: action `",
                action,
                "` needs scope `",
                scopes[index],
                "`, which no OAuth 2 scheme in `.auth(..)` declares",
            ]);
        }
        index += 1;
    }
}
