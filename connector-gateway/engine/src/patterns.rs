//! Patterns that match nothing: most of them are misspelled.

use std::collections::BTreeSet;
use std::sync::Arc;

use plugwright_sdk::host::{Connector, Registry, nearest};
use plugwright_store::{Grant, Pattern};

/// The most connectors of a library that are loaded for one pattern.
const MOST_LOADED: usize = 64;

/// The tools of MCP that are no actions.
pub const DISCOVERY_TOOLS: [&str; 4] = [
    "search_actions",
    "describe_action",
    "run_action",
    "list_connections",
];

/// Returns a warning for each pattern of a grant that matches nothing. Other calls go on while connectors of
/// a large library are loaded for it.
pub async fn unmatched_of_grant(registry: &Arc<Registry>, grant: &Grant) -> Vec<String> {
    let (registry, grant) = (Arc::clone(registry), grant.clone());
    let unmatched = tokio::task::spawn_blocking(move || unmatched_in_grant(&registry, &grant));
    unmatched.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the patterns of a grant cannot be checked");
        Vec::new()
    })
}

fn unmatched_in_grant(registry: &Registry, grant: &Grant) -> Vec<String> {
    let actions = [&grant.actions, &grant.blocked_actions]
        .into_iter()
        .flatten();
    let tools = grant.mcp_tools.iter().flatten();
    let connectors = [&grant.proxies, &grant.connect].into_iter().flatten();
    let mut warnings = unmatched(registry, actions);
    warnings.extend(unmatched_tools(registry, tools));
    warnings.extend(unmatched_connectors(registry, connectors));
    warnings
}

/// Returns a warning for each pattern that matches no action.
pub fn unmatched<'p>(
    registry: &Registry,
    patterns: impl IntoIterator<Item = &'p Pattern>,
) -> Vec<String> {
    let unmatched = patterns
        .into_iter()
        .filter(|pattern| !matches(registry, pattern));
    let warning = |pattern: &Pattern| {
        let near = near(registry, pattern.as_str());
        let near = near.and_then(|near| nearest::question(&[near]));
        format!("no action matches `{pattern}`{}", near.unwrap_or_default())
    };
    unmatched.map(warning).collect()
}

/// Returns a warning for each pattern that matches no tool of MCP.
pub fn unmatched_tools<'p>(
    registry: &Registry,
    patterns: impl IntoIterator<Item = &'p Pattern>,
) -> Vec<String> {
    let is_action = |pattern: &&Pattern| !DISCOVERY_TOOLS.iter().any(|tool| pattern.matches(tool));
    unmatched(registry, patterns.into_iter().filter(is_action))
}

/// Returns a warning for each pattern that matches no connector.
pub fn unmatched_connectors<'p>(
    registry: &Registry,
    patterns: impl IntoIterator<Item = &'p Pattern>,
) -> Vec<String> {
    let is_unmatched = |pattern: &&Pattern| !registry.names().any(|name| pattern.matches(name));
    let warning = |pattern: &Pattern| {
        let near = nearest::did_you_mean(pattern.as_str(), registry.names());
        format!(
            "no connector matches `{pattern}`{}",
            near.unwrap_or_default()
        )
    };
    patterns
        .into_iter()
        .filter(is_unmatched)
        .map(warning)
        .collect()
}

/// Returns whether a pattern matches an action, or may match one of a large library.
fn matches(registry: &Registry, pattern: &Pattern) -> bool {
    if pattern.as_str() == "*" {
        return true;
    }
    if registry
        .own_actions()
        .iter()
        .any(|entry| pattern.matches(&entry.id()))
    {
        return true;
    }
    let start = pattern.as_str().split('*').next().unwrap_or_default();
    let may_match = |name: &&str| {
        let id = format!("{name}.");
        registry.is_of_library(name) && (id.starts_with(start) || start.starts_with(&id))
    };
    for (index, name) in registry.names().filter(may_match).enumerate() {
        let is_matched = || {
            let connector = registry.connector(name);
            let mut outline = connector.into_iter().flat_map(Connector::outline);
            outline.any(|(action, _)| pattern.matches(&format!("{name}.{action}")))
        };
        if index == MOST_LOADED || is_matched() {
            return true;
        }
    }
    false
}

/// Returns a pattern that differs in one part of its name and matches an action.
fn near(registry: &Registry, pattern: &str) -> Option<String> {
    let parts: Vec<_> = pattern.split('.').collect();
    let connector = parts.first().copied().unwrap_or_default();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut add = |id: &str| known.extend(id.split('.').map(str::to_owned));
    for entry in registry.own_actions() {
        add(&entry.id());
    }
    if registry.is_of_library(connector) {
        let connector = registry.connector(connector).into_iter();
        for (action, _) in connector.flat_map(Connector::outline) {
            add(action);
        }
    }
    parts.iter().enumerate().find_map(|(index, part)| {
        let names = known.iter().map(String::as_str);
        let candidates = match index {
            0 => nearest::names(part, registry.names(), 3),
            _ => nearest::names(part, names, 3),
        };
        candidates.into_iter().find_map(|candidate| {
            let mut parts = parts.clone();
            parts[index] = candidate;
            let pattern = parts.join(".");
            let is_matched = pattern
                .parse()
                .is_ok_and(|pattern| matches(registry, &pattern));
            is_matched.then_some(pattern)
        })
    })
}

#[cfg(test)]
mod tests {
    use plugwright_github::CONNECTOR;

    use super::*;

    fn registry() -> Registry {
        Registry::new([&CONNECTOR]).unwrap()
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn patterns_that_match_nothing_are_told_with_what_may_be_meant() {
        let good = ["*", "github.*", "*.delete", "github.issues.list"];
        assert!(unmatched(&registry(), &patterns(&good)).is_empty());
        let bad = ["githb.*", "*.delte", "github.isues.list", "nope.*"];
        assert_eq!(
            unmatched(&registry(), &patterns(&bad)),
            [
                "no action matches `githb.*`; did you mean `github.*`?",
                "no action matches `*.delte`; did you mean `*.delete`?",
                "no action matches `github.isues.list`; did you mean `github.issues.list`?",
                "no action matches `nope.*`",
            ]
        );
    }

    #[test]
    fn every_list_of_a_grant_is_compared() {
        let list = |text: &str| patterns(&[text]).into_iter().collect();
        let grant = Grant {
            actions: list("a.*"),
            blocked_actions: list("b.*"),
            proxies: list("githb"),
            connect: list("github"),
            mcp_tools: Some(patterns(&["search_actions", "c.*"]).into_iter().collect()),
            ..Grant::default()
        };
        assert_eq!(
            unmatched_in_grant(&registry(), &grant),
            [
                "no action matches `a.*`",
                "no action matches `b.*`",
                "no action matches `c.*`",
                "no connector matches `githb`; did you mean `github`?",
            ]
        );
    }
}
