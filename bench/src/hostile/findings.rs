//! What was found, beside the limits.

use std::fmt::{self, Display};
use std::time::Duration;

use super::crowd::CALLERS;
use super::tenant::{Calls, RATE};
use super::wire::Reply;
use crate::report::Limits;

/// Longest answer to a hostile call and longest line of the log, in bytes.
const LONGEST: usize = 16 << 10;
/// Of the good caller's calls, 99 of 100 are done within this.
const P99: Duration = Duration::from_millis(50);
/// Most resident memory, in bytes.
const MEMORY: u64 = 300 << 20;
/// Most processor time and memory of one hostile call.
const CALL_TIME: Duration = Duration::from_millis(20);
const CALL_MEMORY: u64 = 10 << 20;

#[derive(Default)]
pub(super) struct Answers {
    refused: u64,
    /// Answers that say that the gateway is busy.
    busy: u64,
    /// Answers that call the caller's fault the gateway's, or none.
    wrong: u64,
    /// Calls that were let go without an answer.
    none: u64,
    longest: usize,
    pub(super) held: u64,
}

impl Answers {
    pub(super) fn take(&mut self, reply: Option<&Reply>) {
        let Some(reply) = reply else {
            self.none += 1;
            return;
        };
        self.longest = self.longest.max(reply.length);
        match reply.status {
            503 => self.busy += 1,
            400..=499 => self.refused += 1,
            200 if reply.is_error => self.refused += 1,
            _ => self.wrong += 1,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.refused += other.refused;
        self.busy += other.busy;
        self.wrong += other.wrong;
        self.none += other.none;
        self.held += other.held;
        self.longest = self.longest.max(other.longest);
    }
}

/// What one kind costs the gateway, per call or connection.
pub(super) struct Cost {
    pub(super) name: &'static str,
    pub(super) cpu: Duration,
    pub(super) memory: u64,
    pub(super) answers: Answers,
}

pub(super) struct Contest {
    pub(super) calls: Calls,
    pub(super) hostile: Answers,
    pub(super) peak: u64,
    pub(super) cpu: Duration,
    pub(super) longest_line: usize,
    pub(super) cage: String,
}

impl Contest {
    /// So many calls of a thousand were done within this.
    fn within(&self, of_thousand: usize) -> Duration {
        let all = &self.calls.latencies;
        let place = all.len().saturating_sub(1) * of_thousand / 1000;
        all.get(place).copied().unwrap_or(Duration::MAX)
    }
}

pub(super) struct Findings {
    pub(super) costs: Vec<Cost>,
    pub(super) contest: Contest,
    pub(super) duration: Duration,
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn mebibytes(bytes: u64) -> String {
    let hundredths = bytes.saturating_mul(100) >> 20;
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}

impl Findings {
    pub(super) fn limits(&self) -> Limits {
        let contest = &self.contest;
        let made = contest.calls.latencies.len() + contest.calls.failures.len();
        let dearest = self.costs.iter().max_by_key(|cost| cost.cpu);
        let largest = self.costs.iter().max_by_key(|cost| cost.memory);
        let alone = self.costs.iter().map(|cost| cost.answers.longest);
        let longest = alone.chain([contest.hostile.longest]).max().unwrap_or(0);
        let wrong = self.costs.iter().map(|cost| cost.answers.wrong);
        let wrong = wrong.sum::<u64>() + contest.hostile.wrong;
        let mut limits = Limits::default();
        limits.push(
            "good calls that succeed",
            "all",
            format!("{} of {made}", contest.calls.latencies.len()),
            made > 0 && contest.calls.failures.is_empty(),
        );
        let p99 = contest.within(990);
        limits.push(
            "p99 of the good calls",
            "below 50 ms",
            milliseconds(p99),
            p99 < P99,
        );
        limits.push(
            "most memory of the gateway",
            "below 300 MiB",
            mebibytes(contest.peak),
            contest.peak < MEMORY,
        );
        let mut bytes = |what, length| {
            let kept = length <= LONGEST;
            limits.push(what, "at most 16 KiB", format!("{length} bytes"), kept);
        };
        bytes("longest line of the log", contest.longest_line);
        bytes("longest answer to a hostile call", longest);
        let what = "answers that call it the gateway's fault";
        limits.push(what, "none", wrong.to_string(), wrong == 0);
        if let (Some(dearest), Some(largest)) = (dearest, largest) {
            limits.push(
                format!("processor time of a hostile call ({})", dearest.name),
                "at most 20 ms",
                milliseconds(dearest.cpu),
                dearest.cpu <= CALL_TIME,
            );
            limits.push(
                format!("memory of a hostile call ({})", largest.name),
                "at most 10 MiB",
                mebibytes(largest.memory),
                largest.memory <= CALL_MEMORY,
            );
        }
        limits
    }
}

impl Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contest = &self.contest;
        writeln!(
            f,
            "\n{} s of {RATE} good calls a second beside {CALLERS} hostile callers. Of the memory, {}.\n",
            self.duration.as_secs(),
            contest.cage
        )?;
        write!(f, "{}", self.limits())?;
        let hostile = &contest.hostile;
        writeln!(
            f,
            "\nThe good calls took {} in the middle and {} at most. The hostile callers made {} calls, of \
             which {} were refused, {} were told that the gateway is busy and {} got no answer, and {} times \
             held connections; the gateway took {:.1} s of processor time.",
            milliseconds(contest.within(500)),
            milliseconds(contest.within(1000)),
            hostile.refused + hostile.busy + hostile.none + hostile.wrong,
            hostile.refused,
            hostile.busy,
            hostile.none,
            hostile.held,
            contest.cpu.as_secs_f64(),
        )?;
        for failure in contest.calls.failures.iter().take(5) {
            writeln!(f, "\nA good call failed: {failure}")?;
        }
        writeln!(
            f,
            "\n| One hostile call or connection | Processor time | Memory at most | Longest answer |\n| --- | ---: | ---: | ---: |"
        )?;
        for cost in &self.costs {
            let longest = match cost.answers.longest {
                0 => "-".to_owned(),
                longest => format!("{longest} bytes"),
            };
            writeln!(
                f,
                "| {} | {:.2} ms | {} | {longest} |",
                cost.name,
                cost.cpu.as_secs_f64() * 1e3,
                mebibytes(cost.memory),
            )?;
        }
        writeln!(f)
    }
}
