//! Which actions are tools.

use std::collections::HashSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::catalog::{ActionMetadata, Effect};
use crate::connector::Connector;
use crate::error::{Error, ErrorCode};

/// Requests to the catalog at the same time.
const AT_ONCE: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// Ids, and patterns with `*`.
    patterns: Vec<String>,
    /// `None` are all.
    pub(super) effects: Option<Vec<Effect>>,
}

impl Selection {
    pub(super) fn new(patterns: Vec<String>) -> Self {
        Self {
            patterns,
            effects: None,
        }
    }

    /// Returns the connector that all selected actions are of, if it is one.
    pub(super) fn service(&self) -> Option<&str> {
        let mut services = self.patterns.iter().map(|pattern| service_of(pattern));
        let first = services.next()?;
        (!first.contains('*') && services.all(|service| service == first)).then_some(first)
    }

    pub(super) fn has(&self, action: &ActionMetadata) -> bool {
        self.matches(&action.id) && self.has_effect(action)
    }

    fn matches(&self, id: &str) -> bool {
        let mut patterns = self.patterns.iter();
        patterns.any(|pattern| matches(pattern, id))
    }

    fn has_effect(&self, action: &ActionMetadata) -> bool {
        let Some(effects) = &self.effects else {
            return true;
        };
        action
            .effect()
            .is_some_and(|effect| effects.contains(&effect))
    }

    /// Loads the selected actions, in the order of the patterns, each once.
    pub(super) async fn load(&self, client: &Connector) -> Result<Vec<ActionMetadata>, Error> {
        let mut known = HashSet::new();
        let mut actions = Vec::new();
        for pattern in &self.patterns {
            let mut found = load(client, pattern).await?;
            if found.is_empty() {
                let message = format!("no action matches `{pattern}`");
                return Err(Error::new(ErrorCode::UnknownAction, message));
            }
            found.retain(|action| self.has_effect(action) && known.insert(action.id.clone()));
            actions.append(&mut found);
        }
        Ok(actions)
    }
}

async fn load(client: &Connector, pattern: &str) -> Result<Vec<ActionMetadata>, Error> {
    let catalog = client.catalog();
    if !pattern.contains('*') {
        return Ok(vec![catalog.action(pattern).await?]);
    }
    let service = service_of(pattern);
    let services = if service.contains('*') {
        let mut services = catalog.services().await?;
        services.retain(|name| matches(service, name));
        services
    } else {
        vec![service.to_owned()]
    };
    let lists = stream::iter(services)
        .map(|service| async move { catalog.actions(&service).await })
        .buffered(AT_ONCE);
    let lists: Vec<_> = lists.try_collect().await?;
    let mut actions: Vec<_> = lists.into_iter().flatten().collect();
    actions.retain(|action| matches(pattern, &action.id));
    Ok(actions)
}

/// Returns what precedes the first dot.
fn service_of(pattern: &str) -> &str {
    pattern.split('.').next().unwrap_or_default()
}

/// Returns whether a text matches a pattern, in which `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, text, is_match) in [
            ("github.*", "github.issues.list", true),
            ("github.*", "gitlab.issues.list", false),
            ("github.*", "github", false),
            ("*", "a.b", true),
            ("*.list", "github.issues.list", true),
            ("*.list", "github.issues.list_all", false),
            ("github.*.list", "github.issues.list", true),
            ("a*b*c", "a.b.b.c", true),
            ("a*b*c", "a.c", false),
            ("ab*ba", "aba", false),
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
    }

    #[test]
    fn knows_the_connector_of_all_its_patterns() {
        let service = |patterns: &[&str]| {
            let patterns = patterns.iter().map(|&pattern| pattern.to_owned());
            Selection::new(patterns.collect())
                .service()
                .map(str::to_owned)
        };
        let github = Some("github".to_owned());
        assert_eq!(service(&["github.*", "github.issues.list"]), github);
        assert_eq!(service(&["github.*", "slack.*"]), None);
        assert_eq!(service(&["*"]), None);
        assert_eq!(service(&[]), None);
    }
}
