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

/// Makes `List issues` from `issues.list`, `Get an issue` from `issues.get` and
/// `Add labels to an issue` from `issues.add_labels`.
///
/// What these rules can't say well is the verb, then the resource.
pub(super) fn title(name: &str, returns: Returns) -> String {
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
        return if returns == Returns::List || ABOUT_ALL.contains(&verb) {
            format!("{verb} {resource}")
        } else {
            format!("{verb} {}", one())
        };
    };
    let preposition = match verb {
        "add" => "to",
        "remove" => "from",
        _ if object.starts_with("by ") => {
            let found = if returns == Returns::List {
                resource.to_owned()
            } else {
                one()
            };
            return format!("{verb} {found} {object}");
        }
        _ if singular(object).is_some() => "of",
        _ => return format!("{verb} {object} {resource}"),
    };
    let object = if singular(object).is_some() {
        object.to_owned()
    } else {
        with_article(object)
    };
    format!("{verb} {object} {preposition} {}", one())
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
            ("ping", "Ping"),
        ] {
            assert_eq!(title(name, Returns::Single), expected);
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
            assert_eq!(title(name, Returns::List), expected);
        }
    }
}
