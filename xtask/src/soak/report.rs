//! The section of the book that records a soak run.

use std::num::NonZero;
use std::time::Duration;

use super::fuzz;

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
    /// How many readers were fuzzed at a time.
    pub(super) jobs: NonZero<usize>,
}

/// The section about fuzzing as Markdown, without the marks around it. Rows of the present one stay if their
/// readers were not fuzzed.
pub(super) fn fuzzing(present: &str, run: &fuzz::Run, cores: NonZero<usize>) -> String {
    let row_of = |name: &String| {
        let start = format!("| `{name}` |");
        let recorded = present.lines().find(|line| line.starts_with(&start));
        let is_broken = run.broken.iter().any(|found| {
            let rest = found.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.starts_with(':'))
        });
        match run.fuzzed.iter().find(|reader| reader.name == *name) {
            Some(Fuzzed {
                executions,
                duration,
                jobs,
                ..
            }) => {
                let result = format!("{} | 0 | {jobs}", grouped(*executions));
                Some(row(name, &result, *duration))
            }
            None if is_broken => None,
            None => recorded.map(|line| format!("{line}\n")),
        }
    };
    let mut names: Vec<_> = run.names.iter().collect();
    names.sort();
    let rows: String = names.into_iter().filter_map(row_of).collect();
    format!(
        "| Reader | Executions | Crashes | Readers at a time | Time |\n| --- | ---: | ---: | ---: | ---: |\n{rows}\n\
         Measured by `cargo xtask soak` on a machine with {cores} cores."
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
    fn records_readers_that_hold_and_keeps_what_is_recorded_of_others() {
        let present = "| `gone` | 1 | 0 | 2 | 600 s |\n| `json` | 2 | 0 | 2 | 600 s |\n\
                       | `links` | 3 | 0 | 2 | 600 s |\n| `links_of` | 4 | 0 | 2 | 600 s |";
        let run = fuzz::Run {
            fuzzed: vec![Fuzzed {
                name: "forms".to_owned(),
                executions: 5_000,
                duration: Duration::from_secs(601),
                jobs: NonZero::<usize>::MIN,
            }],
            broken: vec!["links: it ended".to_owned()],
            names: ["links_of", "links", "json", "forms"]
                .map(str::to_owned)
                .into(),
        };
        assert_eq!(
            fuzzing(present, &run, NonZero::<usize>::MIN.saturating_add(1)),
            "| Reader | Executions | Crashes | Readers at a time | Time |\n\
             | --- | ---: | ---: | ---: | ---: |\n\
             | `forms` | 5,000 | 0 | 1 | 601 s |\n\
             | `json` | 2 | 0 | 2 | 600 s |\n\
             | `links_of` | 4 | 0 | 2 | 600 s |\n\
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
