//! What differs between two locks.

use std::collections::BTreeSet;
use std::fmt;

use plugwright_sdk::host::Effect;
use serde::Serialize;

use super::schema::{differences, wording_differs};
use super::{Lock, LockedAction};

plugwright_sdk::__spelled! {
    /// What a change means to whoever relies on the action.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum ChangeKind {
        /// Only texts for people and agents changed, or the order of something.
        Wording = "wording",
        /// It may do, or returns, less than before; calls go on working.
        Narrower = "narrower",
        /// It may do, takes or returns more than before; calls go on working.
        Wider = "wider",
        /// Calls that worked may fail, or may mean something else; or nothing of this can be proven.
        Breaking = "breaking",
    }
}

plugwright_sdk::__spelled! {
    /// What of an action changed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Aspect {
        /// That it exists.
        Action = "action",
        /// Its effect, or whether it may be repeated.
        Effect = "effect",
        /// Its OAuth scopes.
        Scopes = "scopes",
        /// The auth schemes that it takes.
        Auth = "auth",
        /// The hosts of its connector.
        Hosts = "hosts",
        /// Its input.
        Input = "input",
        /// Its output.
        Output = "output",
        /// What it says of itself.
        Wording = "wording",
    }
}

/// A difference between the lock and what an action is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The action's id.
    pub action: String,
    /// What it means.
    pub kind: ChangeKind,
    /// What of the action changed.
    pub aspect: Aspect,
    /// The change in words.
    pub text: String,
}

impl Change {
    /// Returns whether the action may do more than the lock says: it is new, or has a stronger effect,
    /// a further scope, a further auth scheme or a further host.
    pub fn widens_authority(&self) -> bool {
        let authority = matches!(
            self.aspect,
            Aspect::Action | Aspect::Effect | Aspect::Scopes | Aspect::Auth | Aspect::Hosts
        );
        authority && self.kind == ChangeKind::Wider
    }
}

impl fmt::Display for Change {
    /// Writes all but the kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.action, self.aspect, self.text)
    }
}

/// Compares all actions of two locks, in the order of their ids.
pub(super) fn between(old: &Lock, new: &Lock) -> Vec<Change> {
    let ids: BTreeSet<_> = old.actions.keys().chain(new.actions.keys()).collect();
    let mut all = Vec::new();
    for id in ids {
        let mut changes = Changes {
            action: id,
            all: &mut all,
        };
        match (old.actions.get(id), new.actions.get(id)) {
            (Some(old), Some(new)) => changes.of(old, new),
            (Some(_), None) => changes.add(Aspect::Action, ChangeKind::Breaking, "is gone"),
            (None, Some(new)) => {
                let text = format!("is new, with effect {}", new.effect);
                changes.add(Aspect::Action, ChangeKind::Wider, text);
            }
            (None, None) => {}
        }
    }
    all
}

struct Changes<'a> {
    action: &'a str,
    all: &'a mut Vec<Change>,
}

impl Changes<'_> {
    fn add(&mut self, aspect: Aspect, kind: ChangeKind, text: impl Into<String>) {
        self.all.push(Change {
            action: self.action.to_owned(),
            kind,
            aspect,
            text: text.into(),
        });
    }

    fn of(&mut self, old: &LockedAction, new: &LockedAction) {
        if old == new {
            return;
        }
        let before = self.all.len();
        self.effect(old, new);
        let narrower = ChangeKind::Narrower;
        self.set(Aspect::Scopes, &old.scopes, &new.scopes, narrower);
        self.auth(old.auth.as_ref(), new.auth.as_ref());
        self.set(Aspect::Hosts, &old.hosts, &new.hosts, narrower);
        for (aspect, old, new) in [
            (Aspect::Input, &old.input, &new.input),
            (Aspect::Output, &old.output, &new.output),
        ] {
            for difference in differences(aspect, old, new) {
                self.add(aspect, difference.kind, difference.text);
            }
        }
        if old.returns != new.returns {
            let text = "changed from a single value to a list, or back";
            self.add(Aspect::Output, ChangeKind::Breaking, text);
        }
        self.texts(old, new);
        if self.all.len() == before {
            let text = "the order or form of a schema, with the same values";
            self.add(Aspect::Wording, ChangeKind::Wording, text);
        }
    }

    fn effect(&mut self, old: &LockedAction, new: &LockedAction) {
        if old.effect != new.effect {
            let kind = if new.effect > old.effect {
                ChangeKind::Wider
            } else {
                ChangeKind::Narrower
            };
            let text = format!("is {}, was {}", new.effect, old.effect);
            self.add(Aspect::Effect, kind, text);
        }
        match (old.idempotent, new.idempotent) {
            // Reads always are.
            (false, true) if new.effect != Effect::Read => {
                self.add(
                    Aspect::Effect,
                    ChangeKind::Wider,
                    "calls may now be repeated",
                );
            }
            (true, false) => {
                self.add(
                    Aspect::Effect,
                    ChangeKind::Breaking,
                    "calls must no longer be repeated",
                );
            }
            _ => {}
        }
    }

    fn auth(&mut self, old: Option<&BTreeSet<String>>, new: Option<&BTreeSet<String>>) {
        match (old, new) {
            (Some(old), Some(new)) => self.set(Aspect::Auth, old, new, ChangeKind::Breaking),
            (Some(_), None) => {
                let text = "now accepts all of its connector's schemes";
                self.add(Aspect::Auth, ChangeKind::Wider, text);
            }
            (None, Some(_)) => {
                let text = "now accepts only some of its connector's schemes";
                self.add(Aspect::Auth, ChangeKind::Breaking, text);
            }
            (None, None) => {}
        }
    }

    /// `gone` is what it means if one is gone.
    fn set(
        &mut self,
        aspect: Aspect,
        old: &BTreeSet<String>,
        new: &BTreeSet<String>,
        gone: ChangeKind,
    ) {
        for name in new.difference(old) {
            self.add(aspect, ChangeKind::Wider, format!("`{name}` is new"));
        }
        for name in old.difference(new) {
            self.add(aspect, gone, format!("`{name}` is gone"));
        }
    }

    fn texts(&mut self, old: &LockedAction, new: &LockedAction) {
        let texts = [
            ("title", old.title != new.title),
            ("description", old.description != new.description),
            ("deprecation", old.deprecated != new.deprecated),
            ("input schema", wording_differs(&old.input, &new.input)),
            ("output schema", wording_differs(&old.output, &new.output)),
        ];
        let changed: Vec<_> = texts
            .iter()
            .filter(|(_, differs)| *differs)
            .map(|(name, _)| *name)
            .collect();
        if !changed.is_empty() {
            let text = format!("changed in {}", changed.join(", "));
            self.add(Aspect::Wording, ChangeKind::Wording, text);
        }
    }
}

#[cfg(test)]
mod tests;
