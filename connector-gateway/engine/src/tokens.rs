//! Callers' tokens, managed by the operator.

use std::collections::HashSet;

use plugwright_sdk::host::{Echo, Faults};
use plugwright_sdk::reading::is_hidden;
use plugwright_sdk::{ActionError, ErrorCode, Patch, Secret};
use plugwright_store::{Grant, Patterns, RecordKind, Store, Timestamp, Token, TokenHash};
use uuid::Uuid;

use crate::concurrent::Attempts;
use crate::random;

/// Prefix of tokens.
pub const PREFIX: &str = "pw_";

/// Prefix of projects' keys.
pub const PROJECT_PREFIX: &str = "pw_proj_";

/// How many characters after the prefix are shown in lists.
const PREVIEW: usize = 5;

/// Longest name, in characters.
pub const LONGEST_NAME: usize = 100;

/// Most organizations or connections in a grant.
const MOST_NAMED: usize = 1000;

/// Most effects in a grant, including duplicates.
const MOST_EFFECTS: usize = 8;

/// Generates a token: its prefix and 32 random bytes in base64url.
pub fn generate(prefix: &str) -> Result<Secret, ActionError> {
    Ok([prefix, random::text()?.expose()].concat().into())
}

/// Returns the hash to store. A token is random, so a plain hash is sufficient.
pub fn hash(text: &str) -> TokenHash {
    random::sha256(&[text.as_bytes()])
}

/// A token to create. What could not be parsed is `None` and among the faults.
#[derive(Debug, Default)]
pub struct NewToken {
    /// The name.
    pub name: Option<String>,
    /// Its grant; `None` is the default grant.
    pub grant: Option<Grant>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// The project, if it is a project's key.
    pub project: Option<Uuid>,
}

/// Changes to a token.
#[derive(Debug, Default)]
pub struct TokenChange {
    /// Another name.
    pub name: Option<String>,
    /// Changes to its grant.
    pub grant: Option<GrantChange>,
    /// When it expires.
    pub expires_at: Patch<Timestamp>,
}

/// Some members of a grant, by their names on the wire.
#[derive(Debug)]
pub struct GrantChange {
    given: Grant,
    members: HashSet<String>,
}

impl GrantChange {
    /// Takes these members from `given`.
    pub fn new(given: Grant, members: HashSet<String>) -> Self {
        Self { given, members }
    }

    /// Returns a grant with this change.
    pub fn of(&self, grant: &Grant) -> Grant {
        // Without a rest (`..`), so that no member of a grant is forgotten.
        let Grant {
            actions,
            blocked_actions,
            effects,
            connections,
            proxies,
            connect,
            organizations,
            rate_limit,
            mcp_tools,
        } = self.given.clone();
        let mut changed = grant.clone();
        self.set("actions", &mut changed.actions, actions);
        self.set(
            "blockedActions",
            &mut changed.blocked_actions,
            blocked_actions,
        );
        self.set("effects", &mut changed.effects, effects);
        self.set("connections", &mut changed.connections, connections);
        self.set("proxies", &mut changed.proxies, proxies);
        self.set("connect", &mut changed.connect, connect);
        self.set("organizations", &mut changed.organizations, organizations);
        self.set("rateLimit", &mut changed.rate_limit, rate_limit);
        self.set("mcpTools", &mut changed.mcp_tools, mcp_tools);
        changed
    }

    fn set<T>(&self, member: &str, current: &mut T, given: T) {
        if self.members.contains(member) {
            *current = given;
        }
    }
}

/// The tokens of a store.
pub struct Tokens<'a> {
    store: &'a dyn Store,
}

impl<'a> Tokens<'a> {
    /// Wraps a store.
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store }
    }

    /// Creates a token; returns it with its text, which is not stored. `faults` are those found
    /// while parsing.
    pub async fn create(
        &self,
        new: NewToken,
        mut faults: Faults,
    ) -> Result<(Token, Secret), ActionError> {
        self.check(
            new.name.as_deref(),
            new.grant.as_ref(),
            new.expires_at,
            &mut faults,
        )
        .await?;
        let name = valid(faults, new.name)?;
        let prefix = match new.project {
            Some(_) => PROJECT_PREFIX,
            None => PREFIX,
        };
        let text = generate(prefix)?;
        let token = Token {
            id: Uuid::now_v7(),
            name,
            hash: hash(text.expose()),
            preview: text.expose().chars().take(prefix.len() + PREVIEW).collect(),
            grant: new.grant.unwrap_or_default(),
            created_at: Timestamp::now(),
            expires_at: new.expires_at,
            revoked_at: None,
            project: new.project,
        };
        self.store.create_token(&token).await?;
        Ok((token, text))
    }

    /// Changes a token, unless it is revoked.
    pub async fn change(
        &self,
        id: Uuid,
        change: TokenChange,
        mut faults: Faults,
    ) -> Result<Token, ActionError> {
        let expires_at = match change.expires_at {
            Patch::Set(time) => Some(time),
            Patch::Keep | Patch::Clear => None,
        };
        // Unchanged members may refer to what no longer exists.
        let given = change.grant.as_ref().map(|change| {
            change.of(&Grant {
                organizations: Vec::new(),
                ..Grant::default()
            })
        });
        self.check(
            change.name.as_deref(),
            given.as_ref(),
            expires_at,
            &mut faults,
        )
        .await?;
        valid(faults, Some(()))?;
        self.update(id, |token| {
            if token.revoked_at.is_some() {
                return Err(ActionError::new(
                    ErrorCode::Conflict,
                    format!(
                        "the token `{}` is revoked, which can't be undone; make a new one",
                        token.name
                    ),
                ));
            }
            token.name = change.name.clone().unwrap_or_else(|| token.name.clone());
            if let Some(change) = &change.grant {
                token.grant = change.of(&token.grant);
            }
            token.expires_at = match change.expires_at {
                Patch::Keep => token.expires_at,
                Patch::Clear => None,
                Patch::Set(time) => Some(time),
            };
            Ok(())
        })
        .await
    }

    /// Revokes a token. Revoking it again has no effect.
    pub async fn revoke(&self, id: Uuid) -> Result<(), ActionError> {
        self.update(id, |token| {
            token.revoked_at.get_or_insert_with(Timestamp::now);
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Changes a stored token, starting over if it was changed concurrently.
    async fn update(
        &self,
        id: Uuid,
        change: impl Fn(&mut Token) -> Result<(), ActionError>,
    ) -> Result<Token, ActionError> {
        let mut attempts = Attempts::default();
        loop {
            let before = self.token(id).await?;
            let mut token = before.clone();
            change(&mut token)?;
            if token == before {
                return Ok(token);
            }
            let updated = self.store.update_token(&before, &token).await;
            if !attempts.go_on(&updated) {
                return Ok(updated.map(|()| token)?);
            }
        }
    }

    async fn token(&self, id: Uuid) -> Result<Token, ActionError> {
        let found = self.store.token(id).await?;
        found.ok_or_else(|| RecordKind::Token.missing(id))
    }

    async fn check(
        &self,
        name: Option<&str>,
        grant: Option<&Grant>,
        expires_at: Option<Timestamp>,
        faults: &mut Faults,
    ) -> Result<(), ActionError> {
        if let Some(message) = name.and_then(name_fault) {
            faults.note("name", message);
        }
        if expires_at.is_some_and(|time| time <= Timestamp::now()) {
            faults.note("expiresAt", "must be in the future");
        }
        let Some(grant) = grant else {
            return Ok(());
        };
        grant_sizes(grant, faults);
        if faults.is_full() {
            return Ok(());
        }
        let organizations = self.store.organizations().await?;
        let known: HashSet<_> = organizations.iter().map(|known| &*known.name).collect();
        for (index, name) in grant.organizations.iter().enumerate() {
            if name != "*" && !known.contains(&**name) {
                faults.note(
                    format_args!("grant.organizations[{index}]"),
                    format_args!("names an unknown organization, `{}`", Echo(name)),
                );
            }
        }
        for (index, id) in grant.connections.iter().flatten().enumerate() {
            if self.store.connection(*id).await?.is_none() {
                faults.note(
                    format_args!("grant.connections[{index}]"),
                    format_args!("names an unknown connection, `{id}`"),
                );
            }
        }
        Ok(())
    }
}

/// Checks the size of a grant's lists, since every call is compared with them.
fn grant_sizes(grant: &Grant, faults: &mut Faults) {
    for (name, length, most) in [
        ("actions", grant.actions.len(), Patterns::MOST),
        (
            "blockedActions",
            grant.blocked_actions.len(),
            Patterns::MOST,
        ),
        ("proxies", grant.proxies.len(), Patterns::MOST),
        ("connect", grant.connect.len(), Patterns::MOST),
        (
            "mcpTools",
            grant.mcp_tools.as_ref().map_or(0, Patterns::len),
            Patterns::MOST,
        ),
        ("effects", grant.effects.len(), MOST_EFFECTS),
        ("organizations", grant.organizations.len(), MOST_NAMED),
        (
            "connections",
            grant.connections.as_ref().map_or(0, Vec::len),
            MOST_NAMED,
        ),
    ] {
        if length > most {
            faults.note(
                format_args!("grant.{name}"),
                format_args!("must have at most {most} entries, not {length}"),
            );
        }
    }
}

/// Returns what is wrong with a display name.
pub fn name_fault(name: &str) -> Option<String> {
    let bad = name.trim().is_empty() || !is_line(name, LONGEST_NAME);
    bad.then(|| format!("must have 1 to {LONGEST_NAME} characters in one line"))
}

/// Returns whether a text is one line of at most `most` characters, with none that changes how
/// others are shown.
pub fn is_line(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(is_hidden)
}

/// Returns a required value if there are no faults.
pub fn valid<T>(faults: Faults, value: Option<T>) -> Result<T, ActionError> {
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(ActionError::invalid(faults)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_is_shown_as_it_is_written() {
        let longest = "ä".repeat(LONGEST_NAME);
        for good in ["Acme & Söhne", "می‌خواهم", "👩‍💻", &longest] {
            assert_eq!(name_fault(good), None, "{good}");
        }
        for bad in [
            "",
            " ",
            "a\nb",
            "a\u{1b}[2J",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{2028}b",
            "a\u{e0062}b",
        ] {
            assert!(name_fault(bad).is_some(), "{bad:?}");
        }
        assert!(name_fault(&format!("{longest}ä")).is_some());
    }

    #[test]
    fn a_token_is_random_and_its_hash_is_sha_256() {
        let (one, other) = (generate(PREFIX).unwrap(), generate(PREFIX).unwrap());
        assert_eq!(one.expose().len(), 46);
        assert!(one.expose().starts_with(PREFIX));
        assert_ne!(one.expose(), other.expose());
        assert_eq!(hash("abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
