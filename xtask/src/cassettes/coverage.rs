//! Which recorded exchanges are in no cassette, and that the plan says why.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::plan::{Entry, LeftOut, Recorded, Source};
use crate::findings;

/// Exchanges by scenario and number.
type Exchanges = BTreeSet<(String, usize)>;

/// Checks that every recorded exchange is in a cassette or left out with a reason, and none both.
///
/// `scenarios` has the number of exchanges of each.
pub(super) fn check(
    scenarios: &BTreeMap<String, usize>,
    entries: &[Entry],
    left_out: &[LeftOut],
) -> Result<()> {
    let recorded: Exchanges = scenarios
        .iter()
        .flat_map(|(name, &count)| (1..=count).map(move |number| (name.clone(), number)))
        .collect();
    let used: Exchanges = entries
        .iter()
        .filter_map(|entry| match &entry.from {
            Source::Recorded(taken) => Some(taken),
            _ => None,
        })
        .flat_map(|taken| numbers_of(taken, scenarios))
        .collect();
    let excused: Exchanges = left_out
        .iter()
        .flat_map(|left_out| {
            let named = |&number: &usize| (left_out.scenario.clone(), number);
            left_out.exchanges.iter().map(named)
        })
        .collect();

    let mut faults = Vec::new();
    let mut find = |what: &str, exchanges: Vec<&(String, usize)>| {
        for (scenario, number) in exchanges {
            faults.push(format!("exchange {number} of `{scenario}` {what}"));
        }
    };
    find(
        "is in no cassette, and no `left-out` says why",
        recorded
            .difference(&used)
            .filter(|exchange| !excused.contains(*exchange))
            .collect(),
    );
    find(
        "is left out, and yet in a cassette",
        excused.intersection(&used).collect(),
    );
    find(
        "is left out, and does not exist",
        excused.difference(&recorded).collect(),
    );
    findings::none(&faults, "nothing written")
}

fn numbers_of(taken: &Recorded, scenarios: &BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let count = scenarios.get(&taken.scenario).copied().unwrap_or_default();
    let numbers = match &taken.exchanges {
        Some(numbers) => numbers.clone(),
        None => (1..=count).collect(),
    };
    let named = |number| (taken.scenario.clone(), number);
    numbers.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cassettes::plan::Plan;

    fn check_plan(left_out: &str) -> Result<()> {
        let plan = format!(
            r#"
            [[cassette]]
            action = "labels.list"
            title = "Labels"
            from.recorded = {{ scenario = "labels", exchanges = [1] }}
            [[cassette]]
            action = "root.get"
            title = "The root"
            from.recorded = {{ scenario = "root" }}
            {left_out}
            "#
        );
        let plan = Plan::parse(&plan)?;
        let scenarios = BTreeMap::from([("labels".to_owned(), 2), ("root".to_owned(), 2)]);
        check(&scenarios, &plan.cassettes, &plan.left_out)
    }

    #[test]
    fn every_exchange_is_in_a_cassette_or_left_out_with_a_reason() {
        let left_out = |exchanges| {
            check_plan(&format!(
                "[[left-out]]\nscenario = 'labels'\nexchanges = {exchanges}\nreason = 'no action'"
            ))
        };
        let message = |result: Result<()>| result.unwrap_err().to_string();

        left_out("[2]").unwrap();
        assert!(message(check_plan("")).contains("exchange 2 of `labels` is in no cassette"),);
        assert!(
            message(left_out("[1, 2]")).contains("exchange 1 of `labels` is left out, and yet"),
        );
        assert!(
            message(left_out("[2, 3]"))
                .contains("exchange 3 of `labels` is left out, and does not"),
        );
    }
}
