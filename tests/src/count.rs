//! How often tests do something.

/// Returns how often something is done: as a variable of the environment says, or as often as is
/// quick.
pub fn count(variable: &str, quick: usize) -> usize {
    match std::env::var(variable) {
        Ok(text) => text.parse().expect("the variable is a number"),
        Err(_) => quick,
    }
}
