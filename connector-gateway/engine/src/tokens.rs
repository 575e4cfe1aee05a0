//! Tokens of callers: made, changed and revoked by the operator.

use std::collections::HashSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::host::{Echo, Faults};
use plugwright_sdk::{ActionError, ErrorCode, Patch, Secret};
use plugwright_store::{
    ConnectionFilter, Grant, Patterns, Store, StoreError, Timestamp, Token, TokenHash,
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What every token begins with.
pub const PREFIX: &str = "pw_";

/// What the keys of projects begin with.
pub const PROJECT_PREFIX: &str = "pw_proj_";

/// How many characters of a token, after its prefix, people see in lists.
const PREVIEW: usize = 5;

/// How many characters the name of a token may have.
pub const LONGEST_NAME: usize = 100;

/// How many organizations or connections a grant may name.
const MOST_NAMED: usize = 1000;

/// How many effects a grant may name, some of them twice.
const MOST_EFFECTS: usize = 8;

/// How often a change is made anew that met another one.
const ATTEMPTS: u32 = 5;

/// Makes the text of a token: its prefix and 32 random bytes in base64url.
pub fn generate(prefix: &str) -> Result<Secret, ActionError> {
    let mut bytes = Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(|_| {
        ActionError::new(ErrorCode::InternalError, "the system has no random numbers")
    })?;
    let mut text = String::with_capacity(prefix.len() + 43);
    text.push_str(prefix);
    URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
    Ok(text.into())
}

/// Returns what is stored of a token's text. The text is random, so that a plain hash is enough.
pub fn hash(text: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

/// A token to be made. What could not be read is `None`, and is among the faults.
#[derive(Debug, Default)]
pub struct NewToken {
    /// The name.
    pub name: Option<String>,
    /// What it may do; `None` is what every token may.
    pub grant: Option<Grant>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// The project whose key it is to be, if it is to be one.
    pub project: Option<Uuid>,
}

/// What is to be changed of a token.
#[derive(Debug, Default)]
pub struct TokenChange {
    /// Another name.
    pub name: Option<String>,
    /// Members of the grant in place of those that there are.
    pub grant: Option<GrantChange>,
    /// When it ends.
    pub expires_at: Patch<Timestamp>,
}

/// Members of a grant that are given, by their names on the wire.
#[derive(Debug)]
pub struct GrantChange {
    given: Grant,
    members: HashSet<String>,
}

impl GrantChange {
    /// Makes the change to what `given` has in these members.
    pub fn new(given: Grant, members: HashSet<String>) -> Self {
        Self { given, members }
    }

    /// Returns a grant with this change.
    pub fn of(&self, grant: &Grant) -> Grant {
        fn pick<T: Clone>(is_given: bool, given: &T, kept: &T) -> T {
            if is_given { given } else { kept }.clone()
        }
        let (given, kept) = (&self.given, grant);
        let has = |member: &str| self.members.contains(member);
        Grant {
            actions: pick(has("actions"), &given.actions, &kept.actions),
            blocked_actions: pick(
                has("blockedActions"),
                &given.blocked_actions,
                &kept.blocked_actions,
            ),
            effects: pick(has("effects"), &given.effects, &kept.effects),
            connections: pick(has("connections"), &given.connections, &kept.connections),
            proxies: pick(has("proxies"), &given.proxies, &kept.proxies),
            connect: pick(has("connect"), &given.connect, &kept.connect),
            organizations: pick(
                has("organizations"),
                &given.organizations,
                &kept.organizations,
            ),
            rate_limit: pick(has("rateLimit"), &given.rate_limit, &kept.rate_limit),
            mcp_tools: pick(has("mcpTools"), &given.mcp_tools, &kept.mcp_tools),
        }
    }
}

/// The tokens of a store.
pub struct Tokens<'a> {
    store: &'a dyn Store,
}

impl<'a> Tokens<'a> {
    /// Works on the tokens of a store.
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store }
    }

    /// Makes a token; returns its text too, which is not kept. `faults` are those that reading the
    /// request found.
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

    /// Changes a token that is not revoked.
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
        // What is not given may name what is no longer there, and stays.
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

    /// Revokes a token; one that is revoked already stays as it is.
    pub async fn revoke(&self, id: Uuid) -> Result<(), ActionError> {
        self.update(id, |token| {
            token.revoked_at.get_or_insert_with(Timestamp::now);
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Changes a token as it is stored. If another process changes it at the same time, the change
    /// is made to what that one left.
    async fn update(
        &self,
        id: Uuid,
        change: impl Fn(&mut Token) -> Result<(), ActionError>,
    ) -> Result<Token, ActionError> {
        let mut attempts = 0;
        loop {
            let before = self.token(id).await?;
            let mut token = before.clone();
            change(&mut token)?;
            if token == before {
                return Ok(token);
            }
            match self.store.update_token(&before, &token).await {
                Err(StoreError::Changed(_)) if attempts < ATTEMPTS => attempts += 1,
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(token),
            }
        }
    }

    async fn token(&self, id: Uuid) -> Result<Token, ActionError> {
        let tokens = self.store.tokens().await?;
        tokens
            .into_iter()
            .find(|token| token.id == id)
            .ok_or_else(|| {
                ActionError::new(ErrorCode::NotFound, format!("there is no token `{id}`"))
            })
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
                    format_args!("is `{}`, which is no organization", Echo(name)),
                );
            }
        }
        if let Some(ids) = &grant.connections {
            let connections = self.store.connections(&ConnectionFilter::default()).await?;
            let known: HashSet<_> = connections.iter().map(|known| known.id).collect();
            for (index, id) in ids.iter().enumerate() {
                if !known.contains(id) {
                    faults.note(
                        format_args!("grant.connections[{index}]"),
                        format_args!("is `{id}`, which is no connection"),
                    );
                }
            }
        }
        Ok(())
    }
}

/// Notes the lists of a grant that have too many entries: every call is compared with them.
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

/// Returns what is wrong with a name for people.
pub fn name_fault(name: &str) -> Option<String> {
    let bad = name.trim().is_empty()
        || name.chars().count() > LONGEST_NAME
        || name.chars().any(char::is_control);
    bad.then(|| format!("must have 1 to {LONGEST_NAME} characters in one line"))
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
    fn a_token_is_random_and_its_hash_is_sha_256() {
        let (one, other) = (generate(PREFIX).unwrap(), generate(PREFIX).unwrap());
        assert_eq!(one.expose().len(), 46);
        assert!(one.expose().starts_with(PREFIX));
        assert_ne!(one.expose(), other.expose());
        assert_eq!(hash("abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
