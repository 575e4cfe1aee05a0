//! Scopes that an action needs.

use std::fmt;

use serde::{Serialize, Serializer};

/// A scope that an action needs, or several of which any one is enough.
///
/// As JSON it is the scope, or an array of those that are enough.
///
/// ```
/// use plugwright_sdk::auth::NeededScope;
/// use plugwright_sdk::json;
///
/// let needed = NeededScope::any_of(&["repo", "public_repo"]);
/// assert_eq!(needed.to_string(), "repo or public_repo");
/// assert_eq!(json!(needed), json!(["repo", "public_repo"]));
/// assert_eq!(json!(NeededScope::any_of(&["repo"])), json!("repo"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NeededScope<'a>(Names<'a>);

#[derive(Clone, Copy, Debug)]
enum Names<'a> {
    One(&'a str),
    AnyOf(&'a [&'a str]),
    Stored(&'a [String]),
}

impl<'a> Names<'a> {
    const fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::AnyOf(scopes) => scopes.len(),
            Self::Stored(scopes) => scopes.len(),
        }
    }

    fn at(&self, index: usize) -> &'a str {
        match self {
            Self::One(scope) => scope,
            Self::AnyOf(scopes) => scopes[index],
            Self::Stored(scopes) => &scopes[index],
        }
    }
}

impl<'a> NeededScope<'a> {
    /// Takes one scope.
    pub const fn one(scope: &'a str) -> Self {
        Self(Names::One(scope))
    }

    /// Takes the scopes of which any one is enough, the most usual one first.
    pub const fn any_of(scopes: &'a [&'a str]) -> Self {
        Self(Names::AnyOf(scopes))
    }

    /// Takes scopes of which any one is enough from where an action stores them.
    pub const fn any_stored(scopes: &'a [String]) -> Self {
        Self(Names::Stored(scopes))
    }

    /// Returns the scopes of which any one is enough.
    pub fn alternatives(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        let names = self.0;
        (0..names.len()).map(move |index| names.at(index))
    }
}

impl PartialEq for NeededScope<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.alternatives().eq(other.alternatives())
    }
}

impl Eq for NeededScope<'_> {}

impl fmt::Display for NeededScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.alternatives().enumerate() {
            let separator = if index == 0 { "" } else { " or " };
            write!(f, "{separator}{scope}")?;
        }
        Ok(())
    }
}

impl Serialize for NeededScope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = self.alternatives();
        if names.len() == 1 {
            return names.next().serialize(serializer);
        }
        serializer.collect_seq(names)
    }
}
