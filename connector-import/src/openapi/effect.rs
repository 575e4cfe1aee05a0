//! What an operation does to the world, by its method and the words of its name.

use plugwright_sdk::host::{Effect, word_list};

use crate::name;

const LOOKING: &[&str] = &word_list::<18>(include_str!("../../words/reading_verbs.txt"));

/// Words of names of operations that take something away for good.
const REMOVING: &[&str] = &word_list::<9>(include_str!("../../words/removing_verbs.txt"));

const CHANGING: &[&str] = &word_list::<49>(include_str!("../../words/changing_verbs.txt"));

/// Words that are as often nouns, and verbs where an action is named: `?action=transfer`, and
/// `GET /transfer` if its id is `transferFunds`.
const ACTING: &[&str] = &word_list::<32>(include_str!("../../words/acting_verbs.txt"));

/// Words of `CHANGING` that paths also have as nouns: `/posts/{id}/move` moves, `/move/{id}` is one.
const NOUNS: &[&str] = &[
    "archive",
    "associate",
    "invite",
    "move",
    "post",
    "set",
    "update",
    "upload",
];

/// Words that say what is done where they are all that a path ends in, or all that an id is: `GET /deploy`,
/// but not `/deploy/{id}` and `/deploy-keys`.
const ENDING: &[&str] = &[
    "buy", "deploy", "flush", "kill", "pay", "rollback", "shutdown", "toggle", "withdraw",
];

/// Words that take away where they come first; a request that should only look may be about them.
const EMPTYING: &[&str] = &["empty", "expunge", "kill", "prune", "truncate"];

/// Two words that say together what is done.
const PHRASES: &[[&str; 2]] = &[
    ["place", "order"],
    ["roll", "back"],
    ["shut", "down"],
    ["turn", "off"],
    ["turn", "on"],
];

/// Further words of ids that say that what follows is only looked at.
const SHOWING: &[&str] = &[
    "browse", "decode", "download", "export", "show", "simulate", "view",
];

/// Returns the effect, and whether doing it twice is the same as doing it once. The verb is that of
/// the action's name, which may have been made of the method; the id is the document's.
pub(super) fn of(method: &str, verb: &str, id: Option<&str>, path: &str) -> (Effect, bool) {
    let words: Vec<&str> = verb.split('_').collect();
    let action = NamedAction::of(path);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // `/pets/{id}:search` says after the colon what is done.
    let own = action.map(|action| action.value).or_else(|| {
        let (before, own) = path.rsplit('/').next()?.rsplit_once(':')?;
        (!own.contains('}') && !before.is_empty()).then_some(own)
    });
    let segment = Segment::of(path, own);
    let is_batch = |word: &&str| matches!(*word, "batch" | "bulk");
    let mut said = segment.words.iter().map(String::as_str);
    let last = match own {
        Some(_) => said.find(|word| !is_batch(word)),
        None => said.next_back(),
    };
    let last = last.unwrap_or_default();
    let (id, is_behind_method) = id.map_or_else(Default::default, |id| id_words(id, method));
    let first = match words.as_slice() {
        // The name has the method in place of a verb.
        _ if is_behind_method => id.first().map(String::as_str).unwrap_or_default(),
        [first, second, ..] if is_batch(first) && own.is_some() => second,
        [first, ..] => first,
        [] => "",
    };
    let looks_only = matches!(method, "GET" | "HEAD" | "OPTIONS");
    let starts = [id.first(), segment.words.first()].into_iter().flatten();
    let mut starts = starts.map(String::as_str).chain([first]);
    let empties = !looks_only && starts.any(|word| EMPTYING.contains(&word));
    let removes = REMOVING.contains(&first) || segment.removes(&id) || id_removes(&id) || empties;
    let acts = action.is_some_and(|action| action.acts(last));
    // `RestorePoints_List` restores nothing.
    let is_said = CHANGING.contains(&first)
        && !(id.first().is_some_and(|word| word == first) && speaks_of_looking(&id));
    match method {
        "PUT" if removes => (Effect::Destructive, true),
        "PATCH" if removes => (Effect::Destructive, false),
        _ if looks_only && removes => (Effect::Destructive, true),
        _ if looks_only && (acts || is_said || segment.changes(&id)) => (Effect::Write, false),
        "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY" => (Effect::Read, true),
        "DELETE" => (Effect::Destructive, true),
        "PUT" => (Effect::Write, true),
        "POST" if removes => (Effect::Destructive, false),
        "POST" if own == Some("testIamPermissions") => (Effect::Read, true),
        // Both the name and the path have to say so: what is read may be repeated.
        "POST"
            if LOOKING.contains(&first)
                && LOOKING.contains(&last)
                && !acts
                && !segment.may_act(&id) =>
        {
            (Effect::Read, true)
        }
        _ => (Effect::Write, false),
    }
}

/// Returns that of a GraphQL mutation.
pub(super) fn of_mutation(field: &str) -> (Effect, bool) {
    match of("POST", "", Some(field), &format!("/{field}")) {
        // What is declared to change something does so.
        (Effect::Read, _) => (Effect::Write, false),
        other => other,
    }
}

/// The action that a query or fragment names, as in `/#Action=TerminateInstances`.
#[derive(Clone, Copy)]
struct NamedAction<'a> {
    key: &'a str,
    value: &'a str,
}

impl<'a> NamedAction<'a> {
    fn of(path: &'a str) -> Option<Self> {
        const KEYS: &[&str] = &["action", "cmd", "method", "op", "operation", "x-amz-target"];
        let (_, pairs) = path.split_once(['?', '#'])?;
        pairs.split(['?', '#', '&']).find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            let is_key = KEYS.iter().any(|known| key.eq_ignore_ascii_case(known));
            let value = value.rsplit('.').next().unwrap_or(value);
            (is_key && !value.is_empty() && !value.contains('{')).then_some(Self { key, value })
        })
    }

    /// Returns whether its first word says that it does more than look.
    fn acts(self, first: &str) -> bool {
        // Where every action is a verb, one that isn't known does something. `CheckInLicense` and
        // `RetrieveTapeArchive` do too.
        let is_verb = matches!(self.key, "Action" | "X-Amz-Target");
        let may_act = matches!(first, "check" | "retrieve");
        let looks = LOOKING.contains(&first) || SHOWING.contains(&first);
        ACTING.contains(&first) || (is_verb && (may_act || !looks))
    }
}

/// The words of the part of a path that says what is done.
struct Segment {
    words: Vec<String>,
    /// Nothing but a slash follows it.
    is_end: bool,
    /// It is what is done with one thing: it follows a parameter, or what stands before a colon.
    is_of_one: bool,
    /// It is an action's name rather than a part of the path.
    is_named: bool,
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
            is_named: own.is_some(),
            is_of_one: own.is_some() || before.is_some_and(|part| !is_literal(part)),
        }
    }

    fn removes(&self, id: &[String]) -> bool {
        let at_an_end = [self.words.first(), self.words.last()];
        let is_said = at_an_end.into_iter().flatten().any(|word| removes(word));
        let is_other = self.is_named && self.words.first().is_some_and(is_other_verb);
        is_said || (!looks(id) && !is_other && self.words.iter().any(|word| removes(word)))
    }

    /// Returns whether a request that is named like one that looks may do more: `lookupOrCreate` does, and
    /// `/items/{id}/list` may put it on one.
    fn may_act(&self, id: &[String]) -> bool {
        let changes = |word: &String| {
            let word = word.as_str();
            (CHANGING.contains(&word) && !NOUNS.contains(&word)) || removes(word)
        };
        let is_other = !self.is_named && id.iter().skip(1).any(changes);
        let is_listed = self.is_of_one && !self.is_named && self.words == ["list"];
        id.iter().any(|word| joins(word)) || is_other || is_listed
    }

    /// Returns whether a request that should only look changes something.
    fn changes(&self, id: &[String]) -> bool {
        let changes = |word: &String| CHANGING.contains(&word.as_str());
        let is_noun = |word: &String| NOUNS.contains(&word.as_str());
        let acts = |word: &String| ACTING.contains(&word.as_str());
        let ends = |words: &[String]| matches!(words, [only] if ENDING.contains(&only.as_str()));
        let is_phrase = |words: &[String]| PHRASES.iter().any(|phrase| words == phrase);
        if ends(id) || id.get(..2).is_some_and(is_phrase) {
            return true;
        }
        match self.words.as_slice() {
            words if ends(words) || is_phrase(words) => self.is_end && !looks(id),
            [only] if acts(only) => {
                self.is_end && id.len() > 1 && id.first() == Some(only) && !speaks_of_looking(id)
            }
            [only] if is_noun(only) => self.is_end && self.is_of_one && !looks(id),
            [only] => changes(only) && (self.is_end || !looks(id)),
            [first, .., last] => {
                let is_said = changes(first) || (changes(last) && !is_noun(last));
                is_said && !speaks_of_looking(id) && !LOOKING.contains(&last.as_str())
            }
            [] => false,
        }
    }
}

/// Returns the words of an id behind those of what it is grouped by, without the method that some
/// generators put before them: that of `GET_DeleteVpc` and `get_action_deleteUser` is no verb. Also
/// returns whether there was one.
fn id_words(id: &str, method: &str) -> (Vec<String>, bool) {
    let mut groups = id.rsplit(['/', '.', ':', '#']);
    let own = groups.find(|group| !name::words(group).is_empty());
    let own = own.unwrap_or_default();
    let behind = own
        .split_at_checked(method.len())
        .and_then(|(first, rest)| {
            let rest = rest.strip_prefix(['_', '-'])?;
            let is_apart = rest.contains(|letter: char| letter.is_ascii_uppercase());
            let is_it = first.eq_ignore_ascii_case(method) && is_apart && !rest.contains('-');
            is_it.then_some(rest)
        });
    let mut words = name::words(behind.unwrap_or(own));
    // In `createPadUsingGET` it is none either, but in `Pads_Get` it is.
    let is_method = |part: &str| part.eq_ignore_ascii_case(method);
    let is_apart = own.rsplit(['_', '-']).next().is_some_and(is_method);
    if words.len() > 1 && !is_apart && words.last().is_some_and(|word| is_method(word)) {
        words.pop();
    }
    (words, behind.is_some())
}

fn looks(id: &[String]) -> bool {
    let first = id.first().map(String::as_str).unwrap_or_default();
    LOOKING.contains(&first) || SHOWING.contains(&first)
}

/// Returns whether an id looks, or has such a word further on: `Lock_GetEnvelopeLock`.
fn speaks_of_looking(id: &[String]) -> bool {
    let is_looking = |word: &String| LOOKING.contains(&word.as_str());
    looks(id) || (id.iter().any(is_looking) && !id.iter().any(|word| joins(word)))
}

fn joins(word: &str) -> bool {
    matches!(word, "and" | "or")
}

fn id_removes(id: &[String]) -> bool {
    let ends = [id.first(), id.last()];
    ends.into_iter().flatten().any(|word| removes(word))
        || (!id.first().is_some_and(is_other_verb) && id.iter().any(|word| removes(word)))
}

/// Returns whether a word says that something else is done: `createDeleteRequest` makes one.
fn is_other_verb(word: &String) -> bool {
    word != "batch" && name::VERBS.contains(&word.as_str()) && !removes(word)
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
            ("getRpcDelete", "/rpc", gone),
            ("get_action_deleteUser", "/api.php", gone),
            ("", "/api.php?action=deleteUser", gone),
            ("", "/api.php?action=status", read),
            (
                "GET_TerminateInstances",
                "/#Action=TerminateInstances",
                gone,
            ),
            ("GET_ModifyVpc", "/#Action=ModifyVpc", write),
            ("GET_RunInstances", "/#Action=RunInstances", write),
            ("GET_SwitchoverCluster", "/#Action=SwitchoverCluster", write),
            ("GET_DescribeVpcs", "/#Action=DescribeVpcs", read),
            ("GET_upload-tokens", "/upload-tokens", read),
            ("reboot", "/reboot/{id}", write),
            ("", "/shutdown", write),
            ("preview_prune", "/groups/{id}/prune", read),
            ("getShutdown", "/shutdown", read),
            ("shutdown", "/rpc", write),
            ("", "/invoices/{id}/pay", write),
            ("", "/pay-runs", read),
            ("", "/toggle/{name}", read),
            ("", "/lamps/{id}/turn_on", write),
            ("placeOrder", "/order", write),
            ("", "/order", read),
            ("voteUp", "/posts/{id}/vote", write),
            ("", "/posts/{id}/vote", read),
            ("unsubscribe", "/unsubscribe", write),
            ("transferFunds", "/transfer", write),
            ("transferHistory", "/transfer/history", read),
            ("purchaseOrdersAll", "/purchase-orders", read),
            ("Lock_GetEnvelopeLock", "/envelopes/{id}/lock", read),
            ("RestorePoints_List", "/restorePoints", read),
            ("createPadUsingGET", "/createPad", write),
        ] {
            let id = Some(id).filter(|id| !id.is_empty());
            let verb = id.map_or("list".to_owned(), |id| name::words(id)[0].clone());
            assert_eq!(of("GET", &verb, id, path), expected, "{id:?} {path}");
        }
        let lost = (Effect::Destructive, false);
        for (method, id, path, expected) in [
            ("POST", None, "/deleteMessage", (Effect::Destructive, false)),
            ("POST", Some("createDeleteRequest"), "/requests", write),
            ("PUT", None, "/users/{id}/delete", gone),
            (
                "POST",
                Some("POST_DeleteVpc"),
                "/y",
                (Effect::Destructive, false),
            ),
            (
                "POST",
                Some("UpdateDeleteProtection"),
                "/#X-Amz-Target=A.UpdateDeleteProtection",
                write,
            ),
            ("POST", Some("POST_ListUsers"), "/#Action=ListUsers", read),
            ("POST", Some("emptyTrash"), "/trash", lost),
            ("POST", None, "/trash/empty", lost),
            ("POST", Some("pruneImages"), "/images/prune", lost),
        ] {
            assert_eq!(of(method, "create", id, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_post_of_two_verbs_does_more_than_look() {
        let (read, write) = ((Effect::Read, true), (Effect::Write, false));
        for (id, path, expected) in [
            ("lookupOrCreate", "/contacts/lookup", write),
            ("describeAndTag", "/items/describe", write),
            ("searchArchive", "/items/search", read),
            ("searchRestart", "/items/search", write),
            ("listForSale", "/items/{id}/list", write),
            ("listItems", "/items/list", read),
            ("listItems", "/{item}:list", read),
            (
                "DescribeCreateAccountStatus",
                "/#X-Amz-Target=A.DescribeCreateAccountStatus",
                read,
            ),
        ] {
            let verb = name::words(id)[0].clone();
            assert_eq!(of("POST", &verb, Some(id), path), expected, "{id} {path}");
        }
    }
}
