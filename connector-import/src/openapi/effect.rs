//! What an operation does to the world, by its method and the words of its name.

use plugwright_sdk::host::Effect;

/// Words of names of operations that only look.
const LOOKING: &[&str] = &[
    "autocomplete",
    "calculate",
    "check",
    "count",
    "describe",
    "estimate",
    "fetch",
    "find",
    "get",
    "list",
    "lookup",
    "preview",
    "query",
    "read",
    "retrieve",
    "search",
    "suggest",
    "validate",
];

/// Words of names of operations that take something away for good.
const REMOVING: &[&str] = &[
    "delete",
    "destroy",
    "drop",
    "erase",
    "purge",
    "remove",
    "revoke",
    "terminate",
    "wipe",
];

/// Words of names of operations that change something.
const CHANGING: &[&str] = &[
    "add",
    "archive",
    "cancel",
    "clear",
    "create",
    "disable",
    "enable",
    "insert",
    "invite",
    "kick",
    "move",
    "post",
    "publish",
    "rename",
    "reset",
    "restart",
    "send",
    "set",
    "start",
    "stop",
    "unarchive",
    "update",
    "upload",
];

/// Returns the effect, and whether doing it twice is the same as doing it once.
pub(super) fn of(method: &str, verb: &str, path: &str) -> (Effect, bool) {
    let words: Vec<&str> = verb.split('_').collect();
    let first = words.first().copied().unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // `/pets/{id}:search` says after the colon what is done.
    let own = path.rsplit('/').next().and_then(|part| {
        let (before, own) = part.rsplit_once(':')?;
        (!own.contains('}') && !before.is_empty()).then_some(own)
    });
    let last = match own {
        Some(own) => {
            let words = crate::name::words(own);
            let is_batch = |word: &&String| matches!(word.as_str(), "batch" | "bulk");
            words.iter().find(|word| !is_batch(word)).cloned()
        }
        None => {
            let last = path
                .rsplit('/')
                .find(|part| !part.is_empty() && !part.contains('{'));
            last.map(crate::name::words).unwrap_or_default().pop()
        }
    };
    let last = last.as_deref().unwrap_or_default();
    let first = match words.as_slice() {
        ["batch" | "bulk", second, ..] if own.is_some() => second,
        _ => first,
    };
    let removes = REMOVING.contains(&first) || REMOVING.contains(&last);
    match method {
        "GET" | "HEAD" | "OPTIONS" if removes => (Effect::Destructive, true),
        "GET" if CHANGING.contains(&first) => (Effect::Write, false),
        "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY" => (Effect::Read, true),
        "DELETE" => (Effect::Destructive, true),
        "PUT" => (Effect::Write, true),
        "POST" if removes => (Effect::Destructive, false),
        "POST" if own == Some("testIamPermissions") => (Effect::Read, true),
        // Both the name and the path have to say so: what is read may be repeated.
        "POST" if LOOKING.contains(&first) && LOOKING.contains(&last) => (Effect::Read, true),
        _ => (Effect::Write, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_decide_and_names_correct_them() {
        for (method, verb, path, effect, repeatable) in [
            ("GET", "list", "/pets", Effect::Read, true),
            ("GET", "delete", "/pets/delete", Effect::Destructive, true),
            ("GET", "archive", "/channels.archive", Effect::Write, false),
            ("POST", "create", "/pets", Effect::Write, false),
            ("POST", "search", "/pets/search", Effect::Read, true),
            ("POST", "search", "/pets", Effect::Write, false),
            ("POST", "batch_get", "/pets:batchGet", Effect::Read, true),
            (
                "POST",
                "get_iam_policy",
                "/{pet}:getIamPolicy#pets.getIamPolicy",
                Effect::Read,
                true,
            ),
            (
                "POST",
                "batch_delete",
                "/pets:batchDelete",
                Effect::Destructive,
                false,
            ),
            ("POST", "create", "/{pet}:search/{id}", Effect::Write, false),
            (
                "POST",
                "delete_all",
                "/pets/delete",
                Effect::Destructive,
                false,
            ),
            ("PUT", "replace", "/pets/{id}", Effect::Write, true),
            ("PATCH", "update", "/pets/{id}", Effect::Write, false),
            ("DELETE", "delete", "/pets/{id}", Effect::Destructive, true),
        ] {
            assert_eq!(
                of(method, verb, path),
                (effect, repeatable),
                "{method} {verb} {path}"
            );
        }
    }
}
