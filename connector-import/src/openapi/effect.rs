//! What an operation does to the world, by its method and the words of its name.

use plugwright_sdk::host::{Effect, word_list};

use crate::name;

const LOOKING: &[&str] = &word_list::<18>(include_str!("../../words/reading_verbs.txt"));

/// Words of names of operations that take something away for good.
const REMOVING: &[&str] = &word_list::<9>(include_str!("../../words/removing_verbs.txt"));

const CHANGING: &[&str] = &word_list::<23>(include_str!("../../words/changing_verbs.txt"));

/// Words of `CHANGING` that paths also have as nouns: `/posts/{id}/move` moves, `/move/{id}` is one.
const NOUNS: &[&str] = &[
    "archive", "invite", "move", "post", "set", "update", "upload",
];

/// Further words of ids that say that what follows is only looked at.
const SHOWING: &[&str] = &["browse", "download", "export", "show", "view"];

/// Returns the effect, and whether doing it twice is the same as doing it once. The verb is that of
/// the action's name, which may have been made of the method; the id is the document's.
pub(super) fn of(method: &str, verb: &str, id: Option<&str>, path: &str) -> (Effect, bool) {
    let words: Vec<&str> = verb.split('_').collect();
    let first = words.first().copied().unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // `/pets/{id}:search` says after the colon what is done.
    let own = path.rsplit('/').next().and_then(|part| {
        let (before, own) = part.rsplit_once(':')?;
        (!own.contains('}') && !before.is_empty()).then_some(own)
    });
    let segment = Segment::of(path, own);
    let last = match own {
        Some(_) => {
            let is_batch = |word: &&String| matches!(word.as_str(), "batch" | "bulk");
            segment.words.iter().find(|word| !is_batch(word))
        }
        None => segment.words.last(),
    };
    let last = last.map(String::as_str).unwrap_or_default();
    let first = match words.as_slice() {
        ["batch" | "bulk", second, ..] if own.is_some() => second,
        _ => first,
    };
    let id = id.map(id_words).unwrap_or_default();
    let removes = REMOVING.contains(&first) || segment.removes(&id) || id_removes(&id);
    let looks_only = matches!(method, "GET" | "HEAD" | "OPTIONS");
    match method {
        "PUT" if removes => (Effect::Destructive, true),
        "PATCH" if removes => (Effect::Destructive, false),
        _ if looks_only && removes => (Effect::Destructive, true),
        _ if looks_only && (CHANGING.contains(&first) || segment.changes(&id)) => {
            (Effect::Write, false)
        }
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

/// The words of the part of a path that says what is done.
struct Segment {
    words: Vec<String>,
    /// Nothing but a slash follows it.
    is_end: bool,
    /// It is what is done with one thing: it follows a parameter, or what stands before a colon.
    is_of_one: bool,
}

impl Segment {
    fn of(path: &str, own: Option<&str>) -> Self {
        let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        let is_literal = |part: &&str| !part.contains('{');
        let at = parts.iter().rposition(is_literal);
        let part = own.or_else(|| Some(parts[at?]));
        let before = at.and_then(|at| parts.get(at.checked_sub(1)?));
        Self {
            words: part.map(name::words).unwrap_or_default(),
            is_end: own.is_some() || at.is_some_and(|at| at + 1 == parts.len()),
            is_of_one: own.is_some() || before.is_some_and(|part| !is_literal(part)),
        }
    }

    fn removes(&self, id: &[String]) -> bool {
        let at_an_end = [self.words.first(), self.words.last()];
        let is_said = at_an_end.into_iter().flatten().any(|word| removes(word));
        is_said || (!looks(id) && self.words.iter().any(|word| removes(word)))
    }

    /// Returns whether a request that should only look changes something.
    fn changes(&self, id: &[String]) -> bool {
        let changes = |word: &String| CHANGING.contains(&word.as_str());
        let is_noun = |word: &String| NOUNS.contains(&word.as_str());
        match self.words.as_slice() {
            [only] if is_noun(only) => self.is_end && self.is_of_one && !looks(id),
            [only] => changes(only) && (self.is_end || !looks(id)),
            [first, .., last] => {
                !looks(id) && (changes(first) || (changes(last) && !is_noun(last)))
            }
            [] => false,
        }
    }
}

fn id_words(id: &str) -> Vec<String> {
    let mut groups = id.rsplit(['/', '.', ':', '#']).map(name::words);
    groups.find(|words| !words.is_empty()).unwrap_or_default()
}

fn looks(id: &[String]) -> bool {
    let first = id.first().map(String::as_str).unwrap_or_default();
    LOOKING.contains(&first) || SHOWING.contains(&first)
}

fn id_removes(id: &[String]) -> bool {
    // `createDeleteRequest` makes one.
    let is_other = |word: &String| name::VERBS.contains(&word.as_str()) && !removes(word);
    let ends = [id.first(), id.last()];
    let is_said = !looks(id) && ends.into_iter().flatten().any(|word| removes(word));
    is_said || (!id.first().is_some_and(is_other) && id.iter().any(|word| removes(word)))
}

/// Returns whether a word says that something is taken away, also if it runs into the next one:
/// `removeall`, but not `removed`.
fn removes(word: &str) -> bool {
    const PREFIXES: &[&str] = &["delete", "destroy", "purge", "remove"];
    REMOVING.contains(&word)
        || PREFIXES.iter().any(|prefix| {
            let rest = word.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.len() > 2 && !rest.starts_with(['d', 'r', 's', 'e']))
        })
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
                of(method, verb, None, path),
                (effect, repeatable),
                "{method} {verb} {path}"
            );
        }
    }

    #[test]
    fn requests_that_should_only_look_are_judged_by_all_their_words() {
        let (read, write, gone) = (
            (Effect::Read, true),
            (Effect::Write, false),
            (Effect::Destructive, true),
        );
        for (id, path, expected) in [
            ("", "/deleteMessage", gone),
            ("", "/delete-all", gone),
            ("", "/pub/items/removeAll", gone),
            ("", "/removeallpersonaldata", gone),
            ("usersDeleteById", "/users/{id}/x", gone),
            ("user_remove_all", "/user/all", gone),
            ("getDeleteMessage", "/deleteMessage", gone),
            ("", "/sendMessage", write),
            ("", "/updatePathway", write),
            ("", "/servers/{id}/restart", write),
            ("", "/jobs/{id}/cancel", write),
            ("getJobsCancel", "/jobs/{id}/cancel", write),
            ("", "/jobs/{id}/archive", write),
            ("downloadArchive", "/jobs/{id}/archive", read),
            ("", "/posts/{id}", read),
            ("", "/move/{id}", read),
            ("", "/blog/post", read),
            ("getSendAddresses", "/send-addresses", read),
            (
                "listPendingDeleteRequests",
                "/pending-delete-requests",
                read,
            ),
            ("getDeletedUsers", "/users/deleted", read),
            ("getDroplets", "/droplets", read),
            ("getCreated", "/created", read),
        ] {
            let id = Some(id).filter(|id| !id.is_empty());
            assert_eq!(of("GET", "list", id, path), expected, "{id:?} {path}");
        }
        for (method, id, path, expected) in [
            ("POST", None, "/deleteMessage", (Effect::Destructive, false)),
            ("POST", Some("createDeleteRequest"), "/requests", write),
            ("PUT", None, "/users/{id}/delete", gone),
        ] {
            assert_eq!(of(method, "create", id, path), expected, "{method} {path}");
        }
    }
}
