//! Names that someone may have meant.

/// Returns the one of `known` that looks most like `name`, if any does.
pub(crate) fn name<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    #[test]
    fn offers_what_looks_alike_and_nothing_else() {
        assert_eq!(super::name("githb", ["gitlab", "github"]), Some("github"));
        assert_eq!(super::name("stripe", ["gitlab", "github"]), None);
    }
}
