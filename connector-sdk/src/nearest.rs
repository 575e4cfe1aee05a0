//! Names that a caller may have meant.

/// Returns up to `most` of `known` that look like `name`, the likeliest first; upper and lower case
/// are alike.
///
/// ```
/// use plugwright_sdk::nearest;
///
/// assert_eq!(nearest::names("githb", ["gitlab", "github", "slack"], 1), ["github"]);
/// assert!(nearest::names("stripe", ["gitlab", "github"], 1).is_empty());
/// ```
pub fn names<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let mut scored: Vec<_> = known
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&name, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.truncate(most);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}
