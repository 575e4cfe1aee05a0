//! The section of the book that records a soak run.

use std::fmt::Write as _;
use std::num::NonZero;
use std::time::Duration;

use anyhow::{Context as _, Result};

const BEGIN: &str = "<!-- soak:begin -->";
const END: &str = "<!-- soak:end -->";

/// A property test that held.
pub(super) struct Law {
    pub(super) name: String,
    pub(super) duration: Duration,
}

/// A fault test that passed.
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) duration: Duration,
}

/// The section as Markdown, without the marks around it.
pub(super) fn section(
    laws: &[Law],
    cases: u32,
    faults: &[Fault],
    counts: &[(&str, u32)],
    cores: NonZero<usize>,
) -> String {
    let mut section =
        String::from("| Law | Cases | Result | Time |\n| --- | ---: | --- | ---: |\n");
    for Law { name, duration } in laws {
        let cases = grouped(cases);
        // Writing to a string cannot go wrong.
        let _ = writeln!(
            section,
            "| `{name}` | {cases} | holds | {:.0} s |",
            duration.as_secs_f64()
        );
    }
    section.push_str("\n| Fault | Result | Time |\n| --- | --- | ---: |\n");
    for Fault { name, duration } in faults {
        let _ = writeln!(
            section,
            "| `{name}` | passes | {:.0} s |",
            duration.as_secs_f64()
        );
    }
    let counts: Vec<_> = counts
        .iter()
        .map(|(name, count)| format!("`{name}={count}`"))
        .collect();
    let _ = writeln!(section, "\nCounts of the faults: {}.", counts.join(", "));
    let _ = write!(
        section,
        "\nMeasured by `cargo xtask soak` on a machine with {cores} cores."
    );
    section
}

/// The document with another text between its two marks.
pub(super) fn replace(document: &str, section: &str) -> Result<String> {
    let (before, rest) = document.split_once(BEGIN).with_context(|| missing(BEGIN))?;
    let (_, after) = rest.split_once(END).with_context(|| missing(END))?;
    Ok(format!("{before}{BEGIN}\n{section}\n{END}{after}"))
}

fn missing(mark: &str) -> String {
    format!("no `{mark}`: add the lines `{BEGIN}` and `{END}` where the record belongs")
}

/// A number with its thousands apart.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_each_test_with_its_counts_and_time() {
        let laws = [Law {
            name: "law::schema".to_owned(),
            duration: Duration::from_millis(74_400),
        }];
        let faults = [Fault {
            name: "crash::kept".to_owned(),
            duration: Duration::from_secs(90),
        }];

        assert_eq!(
            section(
                &laws,
                200_000,
                &faults,
                &[("FAULTS_KILLS", 50), ("FAULTS_STOPS", 20)],
                NonZero::<usize>::MIN.saturating_add(1)
            ),
            "| Law | Cases | Result | Time |\n\
             | --- | ---: | --- | ---: |\n\
             | `law::schema` | 200,000 | holds | 74 s |\n\
             \n\
             | Fault | Result | Time |\n\
             | --- | --- | ---: |\n\
             | `crash::kept` | passes | 90 s |\n\
             \n\
             Counts of the faults: `FAULTS_KILLS=50`, `FAULTS_STOPS=20`.\n\
             \n\
             Measured by `cargo xtask soak` on a machine with 2 cores."
        );
    }

    #[test]
    fn replaces_only_what_stands_between_the_marks() {
        let document = format!("# Soak\n{BEGIN}\nold\n{END}\nrest\n");

        assert_eq!(
            replace(&document, "new").unwrap(),
            format!("# Soak\n{BEGIN}\nnew\n{END}\nrest\n")
        );
    }

    #[test]
    fn says_which_mark_is_missing() {
        let error = replace(&format!("{BEGIN}\n"), "new")
            .unwrap_err()
            .to_string();

        assert!(error.starts_with("no `<!-- soak:end -->`"), "{error}");
    }

    #[test]
    fn groups_thousands() {
        assert_eq!([7, 1_000, 200_000].map(grouped), ["7", "1,000", "200,000"]);
    }
}
