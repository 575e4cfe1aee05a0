//! Servers that take turns under the same load, so that the machine's mood meets all alike.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::runtime::Runtime;

use super::load::{self, Target, Until};
use super::process::Process;
use crate::kernel;

#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) rounds: usize,
    pub(super) round: Duration,
    pub(super) warm_up: Duration,
}

pub(super) struct Contestant<'a> {
    pub(super) name: &'static str,
    pub(super) process: &'a Process,
    pub(super) target: Arc<Target>,
}

/// What became of a contestant, over all its rounds.
#[derive(Default)]
pub(super) struct Series {
    pub(super) name: &'static str,
    /// Nanoseconds of each call, the shortest first.
    latencies: Vec<u32>,
    elapsed: Duration,
    cpu: Duration,
    /// Processor time of the client meanwhile.
    client: Duration,
    /// Requests per second of each round, beside those of the first contestant just before and
    /// just after.
    ratios: Vec<f64>,
}

/// Lets all contestants take turns. Before and after each of them comes the first one, which the
/// others are compared with.
pub(super) fn hold(
    runtime: &Runtime,
    contestants: &[Contestant<'_>],
    in_flight: usize,
    plan: Plan,
) -> Result<Vec<Series>> {
    let mut series: Vec<_> = contestants
        .iter()
        .map(|contestant| Series {
            name: contestant.name,
            ..Series::default()
        })
        .collect();
    let run = |index: usize, duration| {
        let until = Until::After(duration);
        runtime.block_on(load::run(&contestants[index].target, in_flight, until))
    };
    for index in 0..contestants.len() {
        run(index, plan.warm_up)?;
    }
    let turn = |index: usize, series: &mut [Series]| -> Result<f64> {
        let process = contestants[index].process;
        let (cpu, client) = (process.cpu()?, kernel::cpu("thread-self")?);
        let load = run(index, plan.round)?;
        let own = &mut series[index];
        own.cpu += process.cpu()?.saturating_sub(cpu);
        own.client += kernel::cpu("thread-self")?.saturating_sub(client);
        own.elapsed += load.elapsed;
        let rate = count(&load.latencies) / load.elapsed.as_secs_f64();
        own.latencies.extend(load.latencies);
        Ok(rate)
    };
    let mut before = turn(0, &mut series)?;
    for _ in 0..plan.rounds {
        for index in 1..contestants.len() {
            let rate = turn(index, &mut series)?;
            let after = turn(0, &mut series)?;
            series[index].ratios.push(2.0 * rate / (before + after));
            before = after;
        }
    }
    for own in &mut series {
        own.latencies.sort_unstable();
        own.ratios.sort_by(f64::total_cmp);
    }
    Ok(series)
}

impl Series {
    /// Requests per second.
    pub(super) fn rate(&self) -> f64 {
        count(&self.latencies) / self.elapsed.as_secs_f64()
    }

    /// Returns the median of the ratios to the first contestant, and the least and greatest of them;
    /// the first has none.
    pub(super) fn ratio(&self) -> Option<[f64; 3]> {
        let middle = self.ratios.get(self.ratios.len() / 2)?;
        Some([*middle, *self.ratios.first()?, *self.ratios.last()?])
    }

    /// Returns the latency in milliseconds that this many of a thousand calls did not exceed.
    pub(super) fn latency(&self, of_thousand: usize) -> f64 {
        let rank = (self.latencies.len() * of_thousand).div_ceil(1000);
        let nanoseconds = self.latencies.get(rank.saturating_sub(1)).copied();
        f64::from(nanoseconds.unwrap_or_default()) / 1e6
    }

    /// Processor time per call in microseconds.
    pub(super) fn cpu_per_call(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / count(&self.latencies)
    }

    /// Processor time of the client per call in microseconds.
    pub(super) fn client_per_call(&self) -> f64 {
        self.client.as_secs_f64() * 1e6 / count(&self.latencies)
    }

    /// Share of one core that the client took.
    pub(super) fn client_share(&self) -> f64 {
        self.client.as_secs_f64() / self.elapsed.as_secs_f64()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody makes 2^52 calls in a benchmark"
)]
fn count(latencies: &[u32]) -> f64 {
    latencies.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_latency_that_was_measured() {
        let series = Series {
            latencies: (1..=1000)
                .map(|milliseconds| milliseconds * 1_000_000)
                .collect(),
            ..Series::default()
        };
        let found = [500, 990, 999].map(|of_thousand| series.latency(of_thousand));
        assert_eq!(
            found.map(f64::to_bits),
            [500.0, 990.0, 999.0].map(f64::to_bits)
        );
        let single = Series {
            latencies: vec![7_000_000],
            ..Series::default()
        };
        assert_eq!(single.latency(500).to_bits(), 7.0_f64.to_bits());
    }

    #[test]
    fn the_first_contestant_is_compared_with_nobody() {
        assert!(Series::default().ratio().is_none());
        let series = Series {
            ratios: vec![0.7, 0.8, 0.9],
            ..Series::default()
        };
        assert_eq!(series.ratio(), Some([0.8, 0.7, 0.9]));
    }
}
