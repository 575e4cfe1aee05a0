//! What was found, as tables, with the limits beside it.

use std::fmt;

use super::connector::MANY;
use super::contest::{Plan, Series};
use super::stock::{self, Stock};
use crate::report::Limits;

pub(super) struct Findings {
    /// By calls in flight; the pass-through first.
    pub(super) calls: Vec<(usize, Vec<Series>)>,
    /// The same, of further runs of the first two.
    pub(super) further: Vec<Vec<(usize, Vec<Series>)>>,
    /// By calls in flight; the static answer first.
    pub(super) metadata: Vec<(usize, Vec<Series>)>,
    /// By calls in flight; those over `/v1/actions` first.
    pub(super) mcp: Vec<(usize, Vec<Series>)>,
    /// Lists of many tools.
    pub(super) tools: Vec<Series>,
    pub(super) stock: Option<Stock>,
    pub(super) plan: Plan,
    /// Whether idle cores could halt.
    pub(super) halting: bool,
}

impl Findings {
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for (in_flight, _) in &self.calls {
            let runs = self.runs(*in_flight);
            let measured = median(runs.iter().map(|run| run.share));
            let what = format!("action calls, {in_flight} in flight, of the pass-through's");
            let kept = measured >= 80.0;
            limits.push(what, "at least 80 %", format!("{measured:.1} %"), kept);
            let added = median(runs.iter().map(|run| run.added));
            let what = format!("added p99 of an action call, {in_flight} in flight");
            limits.push(what, "below 1 ms", format!("{added:.3} ms"), added < 1.0);
        }
        for (in_flight, series) in &self.metadata {
            let what = format!("metadata, {in_flight} in flight, of the static answer's");
            share(&mut limits, what, series, 80);
        }
        for (in_flight, series) in &self.mcp {
            let what = format!("MCP calls, {in_flight} in flight, of those over `/v1/actions`");
            share(&mut limits, what, series, 50);
        }
        for series in &self.tools {
            let p99 = series.latency(990);
            let what = format!("p99 of `tools/list` of {MANY} actions");
            limits.push(what, "below 20 ms", format!("{p99:.2} ms"), p99 < 20.0);
        }
        if let Some(stock) = &self.stock {
            let start = stock.start().as_secs_f64() * 1e3;
            let what = "start to the end of the first call";
            limits.push(
                what,
                "at most 60 ms",
                format!("{start:.0} ms"),
                start <= 60.0,
            );
            let mut megabytes = |what, size, most| {
                let (bound, measured) = (format!("at most {most} MB"), format!("{size:.1} MB"));
                limits.push(what, bound, measured, size <= most);
            };
            megabytes("idle memory", stock.idle, 50.0);
            megabytes("release binary", stock.size, 60.0);
        }
        limits
    }
}

struct Run {
    /// Percent of the pass-through's calls.
    share: f64,
    /// Milliseconds that the p99 is above the pass-through's.
    added: f64,
}

impl Findings {
    fn runs(&self, in_flight: usize) -> Vec<Run> {
        let all = [&self.calls].into_iter().chain(&self.further).flatten();
        let of_these = all.filter(|(other, _)| *other == in_flight);
        let run = |(_, series): &(usize, Vec<Series>)| {
            let [floor, gateway, ..] = series.as_slice() else {
                return None;
            };
            let [middle, ..] = gateway.ratio()?;
            Some(Run {
                share: middle * 100.0,
                added: gateway.latency(990) - floor.latency(990),
            })
        };
        of_these.filter_map(run).collect()
    }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The limit of the first gateway against the contestant before it.
fn share(limits: &mut Limits, what: String, series: &[Series], percent: u8) {
    let Some([middle, ..]) = series.get(1).and_then(Series::ratio) else {
        return;
    };
    let (bound, measured) = (format!("at least {percent} %"), middle * 100.0);
    let kept = measured >= f64::from(percent);
    limits.push(what, bound, format!("{measured:.1} %"), kept);
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        writeln!(
            f,
            "\nOn {cores} cores{}, {} rounds of {} s.\n",
            if self.halting {
                ""
            } else {
                " that are kept awake"
            },
            self.plan.rounds,
            self.plan.round.as_secs_f64()
        )?;
        write!(f, "{}", self.limits())?;
        if !self.further.is_empty() {
            let count = 1 + self.further.len();
            writeln!(f, "\nAction calls are the medians of {count} runs:\n")?;
            for (in_flight, _) in &self.calls {
                let runs = self.runs(*in_flight);
                let list = |of: &dyn Fn(&Run) -> String| {
                    runs.iter().map(of).collect::<Vec<_>>().join(", ")
                };
                let shares = list(&|run| format!("{:.1} %", run.share));
                let added = list(&|run| format!("{:.3} ms", run.added));
                writeln!(f, "- {in_flight} in flight: {shares}; added p99 {added}")?;
            }
        }
        for (title, contests) in [
            ("Action calls", &self.calls),
            ("Metadata", &self.metadata),
            ("MCP calls", &self.mcp),
        ] {
            for (in_flight, series) in contests {
                rows(f, &format!("{title}, {in_flight} in flight"), series)?;
            }
        }
        rows(f, &format!("Lists of {MANY} tools"), &self.tools)?;
        if let Some(stock) = &self.stock {
            let milliseconds = |index: Option<&std::time::Duration>| {
                index.copied().unwrap_or_default().as_secs_f64() * 1e3
            };
            writeln!(
                f,
                "\nThe stock binary started {} times, in {:.0} to {:.0} ms. Two seconds after a start it had \
                 {:.1} MB resident, after {} calls {:.1} MB.",
                stock.starts.len(),
                milliseconds(stock.starts.first()),
                milliseconds(stock.starts.last()),
                stock.idle,
                stock::CALLS,
                stock.after_calls,
            )?;
        }
        writeln!(f)
    }
}

fn rows(f: &mut fmt::Formatter<'_>, title: &str, series: &[Series]) -> fmt::Result {
    writeln!(
        f,
        "\n| {title} | calls/s | of the first | p50 | p99 | p99.9 | added p99 | CPU per call | of the client |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    for own in series {
        let ratio = own.ratio().map_or_else(
            || "-".to_owned(),
            |[middle, least, greatest]| {
                let percent = |ratio| ratio * 100.0;
                format!(
                    "{:.1} % ({:.1} to {:.1})",
                    percent(middle),
                    percent(least),
                    percent(greatest)
                )
            },
        );
        let added = match series.first() {
            Some(first) if own.ratio().is_some() => {
                format!("{:.3} ms", own.latency(990) - first.latency(990))
            }
            _ => "-".to_owned(),
        };
        writeln!(
            f,
            "| {} | {:.0} | {ratio} | {:.3} ms | {:.3} ms | {:.3} ms | {added} | {:.0} µs | {:.0} µs, {:.0} % of a core |",
            own.name,
            own.rate(),
            own.latency(500),
            own.latency(990),
            own.latency(999),
            own.cpu_per_call(),
            own.client_per_call(),
            own.client_share() * 100.0,
        )?;
    }
    Ok(())
}
