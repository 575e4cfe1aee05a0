//! The section of the book that records a soak run.

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
    let cases = grouped(cases);
    let rows = |all: &[Passed], result: &str| -> String {
        let row = |one: &Passed| row(&one.name, result, one.duration);
        all.iter().map(row).collect()
    };
    let laws = rows(laws, &format!("{cases} | holds"));
    let faults = rows(faults, "passes");
    let counts: Vec<_> = counts
        .iter()
        .map(|(name, count)| format!("`{name}={count}`"))
        .collect();
    format!(
        "| Law | Cases | Result | Time |\n| --- | ---: | --- | ---: |\n{laws}\n\
         | Fault | Result | Time |\n| --- | --- | ---: |\n{faults}\n\
         Counts of the faults: {}.\n\n\
         Measured by `cargo xtask soak` on a machine with {cores} cores.",
        counts.join(", ")
    )
}

/// A row of a table: a name, what was found, and the time that it took.
fn row(name: &str, result: &str, duration: Duration) -> String {
    format!(
        "| `{name}` | {result} | {:.0} s |\n",
        duration.as_secs_f64()
    )
}

pub(super) struct Fuzzed {
    pub(super) name: String,
    pub(super) executions: u64,
    pub(super) duration: Duration,
}

/// The section about fuzzing as Markdown, without the marks around it.
pub(super) fn fuzzing(fuzzed: &[Fuzzed], jobs: NonZero<usize>, cores: NonZero<usize>) -> String {
    let row = |reader: &Fuzzed| {
        let result = format!("{} | 0", grouped(reader.executions));
        row(&reader.name, &result, reader.duration)
    };
    let rows: String = fuzzed.iter().map(row).collect();
    format!(
        "| Reader | Executions | Crashes | Time |\n| --- | ---: | ---: | ---: |\n{rows}\n\
         Measured by `cargo xtask soak` on a machine with {cores} cores, {jobs} readers at a time."
    )
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
