//! What was found, as tables, with the limits beside it.

use std::fmt;

use super::connector::MANY;
use super::contest::{Plan, Series};
use super::stock::{self, Stock};

/// The figures of one run, all taken on one machine.
pub(super) struct Findings {
    /// By calls in flight; the pass-through first.
    pub(super) calls: Vec<(usize, Vec<Series>)>,
    /// By calls in flight; the static answer first.
    pub(super) metadata: Vec<(usize, Vec<Series>)>,
    /// By calls in flight; those over `/v1/actions` first.
    pub(super) mcp: Vec<(usize, Vec<Series>)>,
    /// Lists of many tools.
    pub(super) tools: Vec<Series>,
    pub(super) stock: Option<Stock>,
    pub(super) plan: Plan,
}

struct Limit {
    what: String,
    bound: String,
    measured: String,
    kept: bool,
}

impl Findings {
    /// Returns the limits that are not kept, with what was measured.
    pub(super) fn missed(&self) -> Vec<String> {
        self.limits()
            .into_iter()
            .filter(|limit| !limit.kept)
            .map(|limit| {
                format!(
                    "{}: {} (limit: {})",
                    limit.what, limit.measured, limit.bound
                )
            })
            .collect()
    }

    fn limits(&self) -> Vec<Limit> {
        let mut limits = Vec::new();
        for (in_flight, series) in &self.calls {
            let what = format!("action calls, {in_flight} in flight, of the pass-through's");
            limits.extend(share(what, series, 80));
            if let [floor, gateway, ..] = series.as_slice() {
                let added = gateway.latency(990) - floor.latency(990);
                limits.push(Limit {
                    what: format!("added p99 of an action call, {in_flight} in flight"),
                    bound: "below 1 ms".to_owned(),
                    measured: format!("{added:.3} ms"),
                    kept: added < 1.0,
                });
            }
        }
        for (in_flight, series) in &self.metadata {
            let what = format!("metadata, {in_flight} in flight, of the static answer's");
            limits.extend(share(what, series, 80));
        }
        for (in_flight, series) in &self.mcp {
            let what = format!("MCP calls, {in_flight} in flight, of those over `/v1/actions`");
            limits.extend(share(what, series, 50));
        }
        for series in &self.tools {
            let p99 = series.latency(990);
            limits.push(Limit {
                what: format!("p99 of `tools/list` of {MANY} actions"),
                bound: "below 20 ms".to_owned(),
                measured: format!("{p99:.2} ms"),
                kept: p99 < 20.0,
            });
        }
        if let Some(stock) = &self.stock {
            let start = stock.start().as_secs_f64() * 1e3;
            limits.push(Limit {
                what: "start to the end of the first call".to_owned(),
                bound: "at most 150 ms".to_owned(),
                measured: format!("{start:.0} ms"),
                kept: start <= 150.0,
            });
            limits.push(Limit {
                what: "idle memory".to_owned(),
                bound: "at most 50 MB".to_owned(),
                measured: format!("{:.1} MB", stock.idle),
                kept: stock.idle <= 50.0,
            });
            limits.push(Limit {
                what: "release binary".to_owned(),
                bound: "at most 60 MB".to_owned(),
                measured: format!("{:.1} MB", stock.size),
                kept: stock.size <= 60.0,
            });
        }
        limits
    }
}

/// The limit of the first gateway against the contestant before it.
fn share(what: String, series: &[Series], percent: u8) -> Option<Limit> {
    let [middle, ..] = series.get(1)?.ratio()?;
    Some(Limit {
        what,
        bound: format!("at least {percent} %"),
        measured: format!("{:.1} %", middle * 100.0),
        kept: middle * 100.0 >= f64::from(percent),
    })
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        writeln!(
            f,
            "\nOn {cores} cores, {} rounds of {} s.\n",
            self.plan.rounds,
            self.plan.round.as_secs_f64()
        )?;
        writeln!(
            f,
            "| What | Limit | Measured | Kept |\n| --- | --- | ---: | --- |"
        )?;
        for limit in self.limits() {
            let kept = if limit.kept { "yes" } else { "no" };
            let Limit {
                what,
                bound,
                measured,
                ..
            } = limit;
            writeln!(f, "| {what} | {bound} | {measured} | {kept} |")?;
        }
        for (in_flight, series) in &self.calls {
            rows(f, &format!("Action calls, {in_flight} in flight"), series)?;
        }
        for (in_flight, series) in &self.metadata {
            rows(f, &format!("Metadata, {in_flight} in flight"), series)?;
        }
        for (in_flight, series) in &self.mcp {
            rows(f, &format!("MCP calls, {in_flight} in flight"), series)?;
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
