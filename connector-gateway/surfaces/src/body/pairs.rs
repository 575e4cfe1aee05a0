//! Checks of queries and forms before they are parsed.

use percent_encoding::percent_decode;
use plugwright_engine::{Limit, Limits};
use plugwright_sdk::ActionError;
use plugwright_sdk::host::Echo;
use url::form_urlencoded;

/// Length of a percent-encoded byte.
const ESCAPED: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PairsError {
    TooMany {
        most: usize,
    },
    LongName {
        /// Longest name, in bytes.
        most: usize,
    },
    /// The parameter of this name is not UTF-8, or the name itself.
    NotUtf8 {
        name: String,
    },
}

impl PairsError {
    pub(crate) fn limit(&self) -> Option<Limit> {
        match self {
            Self::TooMany { .. } => Some(Limit::Parameters),
            Self::LongName { .. } => Some(Limit::Name),
            Self::NotUtf8 { .. } => None,
        }
    }

    /// Returns the error; `place` is what holds the parameters.
    pub(crate) fn into_error(self, place: &str) -> ActionError {
        match self {
            Self::TooMany { most } => {
                let message = format!("must not have more than {most} parameters");
                ActionError::invalid_param(place, message)
            }
            Self::LongName { most } => {
                let message =
                    format!("must not have a parameter whose name is longer than {most} bytes");
                ActionError::invalid_param(place, message)
            }
            Self::NotUtf8 { name } => {
                ActionError::invalid_param(Echo::cut(name), "must be percent-encoded UTF-8")
            }
        }
    }
}

/// Checks a query or a form, and stops at the first excess.
pub(crate) fn check(text: &[u8], limits: &Limits) -> Result<(), PairsError> {
    let most = limits.name;
    let mut seen = 0;
    for pair in text.split(|byte| *byte == b'&') {
        if pair.is_empty() {
            continue;
        }
        seen += 1;
        if seen > limits.parameters {
            return Err(PairsError::TooMany {
                most: limits.parameters,
            });
        }
        let longest = most.saturating_mul(ESCAPED);
        let name = &pair[..pair.len().min(longest + 1)];
        let name = name.split(|byte| *byte == b'=').next().unwrap_or(name);
        if name.len() > longest || decoded_length(name) > most {
            return Err(PairsError::LongName { most });
        }
    }
    // A parser of forms replaces what is not UTF-8.
    let not_utf8 = |pair: &&[u8]| percent_decode(pair).decode_utf8().is_err();
    match text.split(|byte| *byte == b'&').find(not_utf8) {
        Some(pair) => Err(PairsError::NotUtf8 {
            name: form_urlencoded::parse(pair)
                .next()
                .map_or_else(String::new, |(name, _)| name.into_owned()),
        }),
        None => Ok(()),
    }
}

fn decoded_length(name: &[u8]) -> usize {
    let escapes = name
        .windows(ESCAPED)
        .filter(|window| window[0] == b'%' && window[1..].iter().all(u8::is_ascii_hexdigit));
    name.len() - escapes.count() * (ESCAPED - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_pairs_and_stops_at_the_first_above() {
        let limits = Limits::default();
        let many = |count: usize| {
            let pairs: Vec<_> = (0..count).map(|number| format!("n{number}=1")).collect();
            check(pairs.join("&").as_bytes(), &limits)
        };
        assert_eq!(many(0), Ok(()));
        assert_eq!(many(1_000), Ok(()));
        let too_many = Err(PairsError::TooMany { most: 1_000 });
        assert_eq!(many(1_001), too_many);
        assert_eq!(many(110_000), too_many);
        // Empty pairs are none to a parser of forms.
        assert_eq!(check(&[b'&'; 5_000], &limits), Ok(()));
    }

    #[test]
    fn a_name_is_measured_without_its_escapes() {
        let limits = Limits::default();
        let long = Err(PairsError::LongName { most: 256 });
        for (name, expected) in [
            ("a".repeat(256), Ok(())),
            ("%41".repeat(256), Ok(())),
            ("a".repeat(257), long.clone()),
            ("%41".repeat(257), long.clone()),
            ("a".repeat(9 << 20), long),
        ] {
            for text in [format!("{name}=1"), name.clone(), format!("x=1&{name}")] {
                assert_eq!(check(text.as_bytes(), &limits), expected, "{}", text.len());
            }
        }
        let value = format!("a={}", "v".repeat(1 << 20));
        assert_eq!(check(value.as_bytes(), &limits), Ok(()));
    }

    #[test]
    fn what_is_not_utf8_is_refused_by_its_name() {
        let limits = Limits::default();
        for (text, name) in [
            (&b"a=1&name=caf%E9"[..], "name"),
            (&b"name=caf\xe9&a=1"[..], "name"),
            (&b"name=%C3"[..], "name"),
            (&b"caf%E9=1"[..], "caf\u{fffd}"),
        ] {
            let name = name.to_owned();
            assert_eq!(check(text, &limits), Err(PairsError::NotUtf8 { name }));
        }
        for text in ["name=caf%C3%A9", "name=caf\u{e9}", "name=100%", "=%20&&"] {
            assert_eq!(check(text.as_bytes(), &limits), Ok(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_has_few_pairs_and_short_names(
            text in "[a-c&=%0-9]{0,200}",
            most in 1_usize..8,
        ) {
            let limits = Limits { name: most, ..Limits::default() };
            let longest = form_urlencoded::parse(text.as_bytes())
                .map(|(name, _)| name.len())
                .max()
                .unwrap_or(0);
            let checked = check(text.as_bytes(), &limits);
            // Bytes that are no UTF-8 grow when they are decoded.
            if !text.contains('%') {
                prop_assert_eq!(checked.is_ok(), longest <= most);
            }
        }
    }
}
