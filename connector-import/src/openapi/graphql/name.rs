//! Names of actions: what an operation is about, and what it does.

use super::schema::Field;
use crate::name::{VERBS, words};

/// Verbs of queries that say more than that they return something.
const READING: [&str; 14] = [
    "check", "count", "describe", "download", "export", "fetch", "find", "get", "list", "lookup",
    "preview", "search", "validate", "verify",
];

/// Where the verb is in the names of a schema's mutations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// `createIssue`.
    VerbFirst,
    /// `issueCreate`.
    VerbLast,
}

impl Naming {
    pub(super) fn of(mutations: Option<&[Field]>) -> Self {
        let mutations = mutations.unwrap_or_default();
        let count = |end: fn(&[String]) -> Option<&String>| {
            let verbs = mutations.iter().filter(|field| {
                let words = words(&field.name);
                end(&words).is_some_and(|word| is_verb(word))
            });
            verbs.count()
        };
        if count(<[String]>::last) > count(<[String]>::first) {
            Self::VerbLast
        } else {
            Self::VerbFirst
        }
    }

    /// Returns resource and verb of a mutation, with a slash between them.
    pub(super) fn of_mutation(self, field: &str) -> String {
        let words = words(field);
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return String::new();
        };
        if words.len() == 1 {
            return format!("root/{first}");
        }
        let is_first = match self {
            Self::VerbFirst => is_verb(first) || !is_verb(last),
            Self::VerbLast => !is_verb(last) && is_verb(first),
        };
        if is_first {
            format!("{}/{first}", words[1..].join("_"))
        } else {
            format!("{}/{last}", words[..words.len() - 1].join("_"))
        }
    }
}

fn is_verb(word: &str) -> bool {
    VERBS.contains(&word)
}

/// Returns resource and verb of a query, with a slash between them.
pub(super) fn of_query(field: &str, is_many: bool) -> String {
    let words = words(field);
    let is_reading = |word: &String| READING.contains(&word.as_str());
    match words.as_slice() {
        [first, rest @ ..] if is_reading(first) && !rest.is_empty() => {
            format!("{}/{first}", rest.join("_"))
        }
        [rest @ .., last] if is_reading(last) && !rest.is_empty() => {
            format!("{}/{last}", rest.join("_"))
        }
        [only] if is_reading(only) => format!("root/{only}"),
        words => {
            let verb = if is_many { "list" } else { "get" };
            format!("{}/{verb}", words.join("_"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_return_one_thing_or_many_unless_they_say_more() {
        for (field, is_many, expected) in [
            ("issues", true, "issues/list"),
            ("issue", false, "issue/get"),
            ("searchIssues", true, "issues/search"),
            ("issueVcsBranchSearch", false, "issue_vcs_branch/search"),
            ("search", true, "root/search"),
            ("repositoryOwner", false, "repository_owner/get"),
        ] {
            assert_eq!(of_query(field, is_many), expected);
        }
    }

    #[test]
    fn mutations_have_their_verb_where_the_others_have_it() {
        for (naming, field, expected) in [
            (Naming::VerbFirst, "createIssue", "issue/create"),
            (Naming::VerbFirst, "unlinkProject", "project/unlink"),
            (Naming::VerbFirst, "issueCreate", "issue/create"),
            (Naming::VerbLast, "issueCreate", "issue/create"),
            (Naming::VerbLast, "importFileUpload", "import_file/upload"),
            (
                Naming::VerbLast,
                "githubIntegrationConnect",
                "github_integration/connect",
            ),
            (Naming::VerbLast, "login", "root/login"),
        ] {
            assert_eq!(naming.of_mutation(field), expected);
        }
    }
}
