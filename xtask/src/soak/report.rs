//! The section of the book that records a soak run.

use std::fmt::Write as _;
use std::num::NonZero;
use std::time::Duration;

/// A property test that held, or a fault test that passed.
pub(super) struct Passed {
    pub(super) name: String,
    pub(super) duration: Duration,
}

/// The section as Markdown, without the marks around it.
pub(super) fn section(
    laws: &[Passed],
    cases: u32,
    faults: &[Passed],
    counts: &[(&str, u32)],
    cores: NonZero<usize>,
) -> String {
    let mut section =
        String::from("| Law | Cases | Result | Time |\n| --- | ---: | --- | ---: |\n");
    for Passed { name, duration } in laws {
        let cases = grouped(cases);
        // Writing to a string cannot go wrong.
        let _ = writeln!(
            section,
            "| `{name}` | {cases} | holds | {:.0} s |",
            duration.as_secs_f64()
        );
    }
    section.push_str("\n| Fault | Result | Time |\n| --- | --- | ---: |\n");
    for Passed { name, duration } in faults {
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

/// A reader of bytes that was fuzzed.
pub(super) struct Fuzzed {
    pub(super) name: String,
    pub(super) executions: u64,
    pub(super) duration: Duration,
}

/// The section about fuzzing as Markdown, without the marks around it.
pub(super) fn fuzzing(fuzzed: &[Fuzzed], jobs: NonZero<usize>, cores: NonZero<usize>) -> String {
    let mut section =
        String::from("| Reader | Executions | Crashes | Time |\n| --- | ---: | ---: | ---: |\n");
    for reader in fuzzed {
        let _ = writeln!(
            section,
            "| `{}` | {} | 0 | {:.0} s |",
            reader.name,
            grouped(reader.executions),
            reader.duration.as_secs_f64()
        );
    }
    let _ = write!(
        section,
        "\nMeasured by `cargo xtask soak` on a machine with {cores} cores, {jobs} readers at a time."
    );
    section
}

/// A number with its thousands apart.
pub(super) fn grouped(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
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
        let laws = [Passed {
            name: "law::schema".to_owned(),
            duration: Duration::from_millis(74_400),
        }];
        let faults = [Passed {
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
    fn groups_thousands() {
        assert_eq!(
            [7u32, 1_000, 200_000].map(grouped),
            ["7", "1,000", "200,000"]
        );
    }
}
