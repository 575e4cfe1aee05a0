//! What kind of action one is, and what kind a search asks for.

use std::collections::HashMap;
use std::sync::LazyLock;

use plugwright_sdk::host::Effect;

use super::words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Read,
    Create,
    Update,
    Delete,
}

/// Words of searches by deed: its name, a colon, and the words.
const DEEDS: &str = include_str!("deeds.txt");

static DEEDS_BY_STEM: LazyLock<HashMap<String, Deed>> = LazyLock::new(|| {
    let lines = DEEDS.lines().filter_map(|line| line.split_once(':'));
    let mut deeds = HashMap::new();
    for (name, known) in lines {
        if let Some(deed) = Deed::named(name) {
            for word in known.split_whitespace() {
                deeds.entry(words::stem(word)).or_insert(deed);
            }
        }
    }
    deeds
});

/// So many words of a search are looked at for what is to be done.
const FIRST_WORDS: usize = 6;

/// What of an action's form says how likely it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) deed: Option<Deed>,
    /// The parts of its path.
    pub(super) depth: u8,
    /// The different words of its name.
    pub(super) words: u8,
    /// Whether its path ends with a parameter.
    pub(super) of_one: bool,
    /// How well known its service is; nothing in catalogs from before this was told.
    pub(super) known: u8,
}

impl Deed {
    const ALL: [(&str, Self); 4] = [
        ("read", Self::Read),
        ("create", Self::Create),
        ("update", Self::Update),
        ("delete", Self::Delete),
    ];

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find_map(|(other, deed)| (other == name).then_some(deed))
    }

    pub(super) fn of_search(text: &str) -> Option<Self> {
        let mut first = words::split(text).into_iter().take(FIRST_WORDS);
        first.find_map(|word| DEEDS_BY_STEM.get(&words::stem(&word)).copied())
    }

    pub(super) fn of_action(name: &str, effect: Effect, method: &str) -> Option<Self> {
        let stems = words::stems(name);
        let has = |any: &[&str]| stems.iter().any(|stem| any.contains(&stem.as_str()));
        if has(&["delet", "remov", "destroy", "cancel"]) {
            Some(Self::Delete)
        } else if has(&["updat", "set", "modifi", "edit", "replac", "patch"]) {
            Some(Self::Update)
        } else if effect == Effect::Read
            || has(&[
                "list", "get", "describ", "search", "find", "retriev", "fetch",
            ])
        {
            Some(Self::Read)
        } else {
            match method {
                "GET" => Some(Self::Read),
                "POST" => Some(Self::Create),
                "PUT" | "PATCH" => Some(Self::Update),
                "DELETE" => Some(Self::Delete),
                _ => None,
            }
        }
    }
}

impl Shape {
    pub(super) fn packed(self) -> u64 {
        let deed = self.deed.map_or(0, |deed| deed as u8 + 1);
        u64::from_le_bytes([
            deed,
            self.depth,
            self.words,
            u8::from(self.of_one),
            self.known,
            0,
            0,
            0,
        ])
    }

    pub(super) fn from_packed(packed: u64) -> Self {
        let [deed, depth, words, of_one, known, ..] = packed.to_le_bytes();
        let deed = usize::from(deed).checked_sub(1);
        let deed = deed.and_then(|place| Deed::ALL.get(place));
        Self {
            deed: deed.map(|(_, deed)| *deed),
            depth,
            words,
            of_one: of_one != 0,
            known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_says_what_is_to_be_done() {
        for (text, expected) in [
            ("who is in the channel", Some(Deed::Read)),
            ("GitHub: close the issue", Some(Deed::Update)),
            ("please make a new folder", Some(Deed::Create)),
            ("cancelling my order", Some(Deed::Delete)),
            ("stale pull request", None),
            ("leave a comment on a task", None),
            ("", None),
        ] {
            assert_eq!(Deed::of_search(text), expected, "{text}");
        }
    }

    #[test]
    fn an_action_is_what_its_name_says_before_its_method() {
        let deed = Deed::of_action;
        assert_eq!(deed("keys.list", Effect::Write, "POST"), Some(Deed::Read));
        assert_eq!(
            deed("keys.remove", Effect::Write, "POST"),
            Some(Deed::Delete)
        );
        assert_eq!(
            deed("set_topic.post", Effect::Write, "POST"),
            Some(Deed::Update)
        );
        assert_eq!(deed("keys.post", Effect::Write, "POST"), Some(Deed::Create));
        assert_eq!(deed("keys.post", Effect::Read, "POST"), Some(Deed::Read));
        assert_eq!(deed("keys", Effect::Write, ""), None);
    }

    #[test]
    fn a_packed_shape_is_the_same() {
        for deed in [
            None,
            Some(Deed::Read),
            Some(Deed::Create),
            Some(Deed::Delete),
        ] {
            let shape = Shape {
                deed,
                depth: 7,
                words: 3,
                of_one: deed.is_none(),
                known: 9,
            };
            assert_eq!(Shape::from_packed(shape.packed()), shape);
        }
    }

    #[test]
    fn every_line_of_the_deeds_is_one() {
        for line in DEEDS.lines() {
            let (name, words) = line.split_once(':').expect(line);
            assert!(Deed::named(name).is_some(), "{line}");
            assert!(words.split_whitespace().count() > 5, "{line}");
        }
    }
}
