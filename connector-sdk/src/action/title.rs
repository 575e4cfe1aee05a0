//! Titles of actions that state none, made from their names.

use crate::result::Returns;
use crate::text::capitalized;

/// Verbs that are about all things of a kind even if one thing is returned.
const ABOUT_ALL: &[&str] = &["count", "filter", "list", "query", "search"];

/// Nouns that look like plurals, or have a plural of their own, and what one of them is called.
const IRREGULAR: &[(&str, &str)] = &[
    ("aliases", "alias"),
    ("analytics", "analytics"),
    ("children", "child"),
    ("contents", "contents"),
    ("cookies", "cookie"),
    ("details", "details"),
    ("indices", "index"),
    ("movies", "movie"),
    ("news", "news"),
    ("people", "person"),
    ("preferences", "preferences"),
    ("series", "series"),
    ("settings", "settings"),
    ("species", "species"),
    ("statistics", "statistics"),
    ("stats", "stats"),
];

/// Verbs that need a preposition before what they are about.
const WITH_PREPOSITION: &[(&str, &str)] = &[
    ("comment", "on"),
    ("reply", "to"),
    ("respond", "to"),
    ("subscribe", "to"),
    ("unsubscribe", "from"),
];

/// Prepositions within names.
const PREPOSITIONS: &[&str] = &[
    "as", "at", "by", "for", "from", "in", "into", "of", "on", "to", "with",
];

/// Verbs that are about a property of one thing, as in `channels.set_topic`.
const OF_PROPERTIES: &[&str] = &[
    "change", "clear", "delete", "download", "edit", "get", "read", "rename", "replace", "set",
    "update",
];

/// Words before plurals.
const QUANTIFIERS: &[&str] = &["all", "batch", "bulk", "many", "multiple", "several"];

/// Adjectives, besides those that end in `ed`, and whether a single thing has them.
const ADJECTIVES: &[(&str, bool)] = &[
    ("active", false),
    ("current", true),
    ("default", true),
    ("ephemeral", false),
    ("first", true),
    ("last", true),
    ("latest", true),
    ("main", true),
    ("new", false),
    ("next", true),
    ("open", false),
    ("previous", true),
    ("private", false),
    ("public", false),
    ("random", false),
    ("recent", false),
];

/// Makes `List issues` from `issues.list`, `Get an issue` from `issues.get`, `Add labels to an issue`
/// from `issues.add_labels` and `Set the topic of a channel` from `channels.set_topic`.
///
/// What these rules can't say well is the verb, then the resource.
///
/// ```
/// use plugwright_sdk::host::{Returns, action_title};
///
/// assert_eq!(action_title("issues.get", Returns::Single), "Get an issue");
/// ```
pub fn action_title(name: &str, returns: Returns) -> String {
    let words = |text: &str| text.replace(['.', '_'], " ");
    capitalized(&match name.rsplit_once('.') {
        Some((resource, verb)) => phrase(&words(verb), &words(resource), returns),
        None => words(name),
    })
}

fn phrase(verb: &str, resource: &str, returns: Returns) -> String {
    let one = || match singular(resource) {
        Some(one) => with_article(&one),
        None => resource.to_owned(),
    };
    let Some((verb, object)) = verb.split_once(' ') else {
        if returns == Returns::List || ABOUT_ALL.contains(&verb) {
            return format!("{verb} {resource}");
        }
        let preposition = WITH_PREPOSITION.iter().find(|(it, _)| *it == verb);
        let preposition = preposition.map_or(String::new(), |(_, it)| format!("{it} "));
        return format!("{verb} {preposition}{}", one());
    };
    let is_many = returns == Returns::List || ABOUT_ALL.contains(&verb);
    let found = || if is_many { resource.to_owned() } else { one() };
    if object.split(' ').any(|word| PREPOSITIONS.contains(&word)) {
        let first = object.split(' ').next().unwrap_or_default();
        return if PREPOSITIONS.contains(&first) {
            format!("{verb} {} {object}", found())
        } else {
            format!("{verb} {object}")
        };
    }
    let is_plural = singular(object).is_some();
    let preposition = match verb {
        "mark" => return format!("mark {} as {object}", found()),
        "add" => "to",
        "remove" => "from",
        _ if is_plural => "of",
        _ if is_many || QUANTIFIERS.contains(&object) => {
            return format!("{verb} {object} {resource}");
        }
        _ => {
            let kind = singular(resource).unwrap_or_else(|| resource.to_owned());
            let described = format!("{object} {kind}");
            return match adjective(object) {
                Some(true) => format!("{verb} the {described}"),
                Some(false) => format!("{verb} {}", with_article(&described)),
                None if OF_PROPERTIES.contains(&verb) => {
                    format!("{verb} the {object} of {}", one())
                }
                None => format!("{verb} {object} {resource}"),
            };
        }
    };
    let object = if is_plural {
        object.to_owned()
    } else {
        with_article(object)
    };
    format!("{verb} {object} {preposition} {}", one())
}

/// Returns whether only one thing has an adjective; nothing for other words.
fn adjective(word: &str) -> Option<bool> {
    let listed = ADJECTIVES.iter().find(|(it, _)| *it == word);
    let is_participle = word.ends_with("ed") && !word.ends_with("eed") && word.len() > 4;
    listed
        .map(|(_, is_only)| *is_only)
        .or(is_participle.then_some(false))
}

/// Returns what one thing of a plural is called, and nothing for a word that is no plural.
pub(crate) fn singular(plural: &str) -> Option<String> {
    let (before, word) = plural
        .rfind(' ')
        .map_or(("", plural), |space| plural.split_at(space + 1));
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return (*one != word).then(|| format!("{before}{one}"));
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let (cut, added) = if word.len() < 4 || !word.ends_with('s') || ends(&["ss", "us", "is"]) {
        return None;
    } else if ends(&["ies"]) {
        (3, "y")
    } else if ends(&["sses", "shes", "ches", "xes"])
        || ends(&["uses"]) && !ends(&["auses", "ouses"])
    {
        (2, "")
    } else {
        (1, "")
    };
    Some(format!("{before}{}{added}", &word[..word.len() - cut]))
}

fn with_article(noun: &str) -> String {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|text| noun.starts_with(text));
    let vowel = starts(&["a", "e", "i", "o", "u", "hour"])
        && !starts(&["eu", "one", "uni", "url", "us", "ut"]);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_read_like_commands() {
        for (name, expected) in [
            ("issues.get", "Get an issue"),
            ("project_cards.get", "Get a project card"),
            ("users.delete", "Delete a user"),
            ("statuses.create", "Create a status"),
            ("categories.update", "Update a category"),
            ("branches.rename", "Rename a branch"),
            ("releases.get", "Get a release"),
            ("status.get", "Get status"),
            ("settings.update", "Update settings"),
            ("issues.count", "Count issues"),
            ("issues.list", "List issues"),
            ("issues.add_labels", "Add labels to an issue"),
            ("issues.remove_label", "Remove a label from an issue"),
            (
                "issues.remove_all_labels",
                "Remove all labels from an issue",
            ),
            ("issues.list_labels", "List labels of an issue"),
            ("releases.get_by_tag", "Get a release by tag"),
            ("projects.list_archived", "List archived projects"),
            ("rooms.set_display_name", "Set the display name of a room"),
            ("messages.get_permalink", "Get the permalink of a message"),
            ("messages.send_ephemeral", "Send an ephemeral message"),
            ("messages.reply", "Reply to a message"),
            ("messages.mark_read", "Mark a message as read"),
            ("users.get_current", "Get the current user"),
            ("users.get_all", "Get all users"),
            ("repos.list_for_org", "List repos for org"),
            ("pulls.list_comments_for_review", "List comments for review"),
            ("ping", "Ping"),
        ] {
            assert_eq!(action_title(name, Returns::Single), expected);
        }
    }

    #[test]
    fn an_action_that_returns_a_list_is_about_many_things() {
        for (name, expected) in [
            ("issues.list", "List issues"),
            ("issues.find", "Find issues"),
            ("issues.find_by_label", "Find issues by label"),
            ("issues.list_labels", "List labels of an issue"),
        ] {
            assert_eq!(action_title(name, Returns::List), expected);
        }
    }
}
