//! How fast the run log takes records, writes them and finds them without an index.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use plugwright_gateway::Surface;
use plugwright_gateway::run_log::{
    RunDatabase, RunFilter, RunLog, RunLogSettings, RunRecord, StageTimes,
};
use plugwright_sdk::host::Effect;

use crate::{kernel, on_all_cores, report};

const BURST: u32 = 20_000;
const BURSTS: u32 = 10;
const ALL: u32 = 400_000;
/// So many may wait without one being dropped.
const WAITING: usize = 30_000;

pub(crate) fn run() -> Result<()> {
    let text = on_all_cores()?.block_on(measure())?;
    println!("{text}");
    report::write("run-log", &text)
}

async fn measure() -> Result<String> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("runs.db");
    let log = RunLog::start(RunDatabase::file(&path).await?, RunLogSettings::default());

    let mut taking = Duration::MAX;
    for _ in 0..BURSTS {
        let records: Vec<_> = (0..BURST).map(|_| record()).collect();
        let start = Instant::now();
        for record in records {
            log.record(black_box(record));
        }
        taking = taking.min(start.elapsed());
        log.flush().await;
    }

    let (start, before) = (Instant::now(), kernel::cpu("self")?);
    for _ in 0..ALL {
        while log.waiting() > WAITING {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        log.record(record());
    }
    log.flush().await;
    let (spent, used) = (start.elapsed(), kernel::cpu("self")?.saturating_sub(before));
    let dropped = log.dropped();
    ensure!(dropped == 0, "{dropped} records were dropped");
    let rows = ALL + BURSTS * BURST;
    let size = std::fs::metadata(&path)?.len() / u64::from(rows);

    let start = Instant::now();
    let rare = RunFilter {
        principal: Some("nobody".to_owned()),
        ..RunFilter::default()
    };
    log.find(&rare).await?;
    let search = start.elapsed();
    log.close().await;
    Ok(format!(
        "\n| Run log | figure |\n| --- | --- |\n\
         | taking a record | {:.2} µs |\n\
         | records written | {:.0} a second, {:.1} µs of processor time each |\n\
         | a record on disk | {size} bytes |\n\
         | search without an index among {rows} records | {:.0} ms |\n\n",
        (taking / BURST).as_secs_f64() * 1e6,
        f64::from(ALL) / spent.as_secs_f64(),
        (used / ALL).as_secs_f64() * 1e6,
        search.as_secs_f64() * 1e3,
    ))
}

fn record() -> RunRecord {
    RunRecord {
        organization: Some("default".into()),
        connector: Some("github".into()),
        action: Some("github.issues.list".into()),
        effect: Some(Effect::Read),
        attempts: 1,
        durations: StageTimes {
            total: Duration::from_micros(412),
            invoke: Duration::from_micros(390),
            upstream: Duration::from_micros(350),
            ..StageTimes::default()
        },
        bytes_in: 64,
        bytes_out: 2048,
        upstream_bytes_received: 4096,
        ..RunRecord::begin(
            Surface::Action,
            "token:01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        )
    }
}
