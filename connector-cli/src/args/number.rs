//! Arguments that are numbers.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Reads a whole number, and says the range where there is none in it.
pub(crate) fn within<T>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("expected a whole number between {least} and {most}")
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::args::Arguments;

    #[test]
    fn a_number_that_is_none_or_out_of_range_says_the_range() {
        for words in [
            "p search x --limit 0",
            "p search x --limit many",
            "p run a.b.c --timeout 1.5",
            "p runs --limit 201",
        ] {
            let error = Arguments::try_parse_from(words.split(' ')).unwrap_err();
            let error = error.to_string();
            assert!(error.contains("a whole number between 1 and "), "{error}");
        }
    }
}
