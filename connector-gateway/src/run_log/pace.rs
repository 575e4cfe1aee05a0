//! How fast the log is. Run by hand:
//! `cargo test --release -p plugwright-gateway --lib run_log::pace -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use plugwright_sdk::Effect;

use super::*;
use crate::outcome::Surface;

fn record() -> RunRecord {
    RunRecord {
        organization: Some("default".into()),
        connector: Some("github".into()),
        action: Some("github.issues.list".into()),
        connection: Some(Uuid::from_u128(7)),
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

/// Processor time of this process so far.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum();
    // Linux counts in hundredths for programs, whatever the kernel's own rate.
    Duration::from_millis(ticks * 10)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, on a machine that does nothing else"]
async fn pace_of_the_run_log() {
    const BURST: u32 = 20_000;
    const BURSTS: u32 = 10;
    const ALL: u32 = 400_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let log = RunLog::open(&path, RunLogSettings::default())
        .await
        .unwrap();

    let mut best = Duration::MAX;
    for _ in 0..BURSTS {
        let records: Vec<_> = std::iter::repeat_with(record)
            .take(BURST as usize)
            .collect();
        let start = Instant::now();
        for record in records {
            log.record(black_box(record));
        }
        best = best.min(start.elapsed());
        log.flush().await;
    }
    println!("record: {:?} each", best / BURST);

    let (start, before) = (Instant::now(), processor_time());
    for _ in 0..ALL {
        while log.waiting() > QUEUE - 1024 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        log.record(record());
    }
    log.flush().await;
    let (spent, used) = (start.elapsed(), processor_time().saturating_sub(before));
    assert_eq!(log.dropped(), 0);
    println!(
        "writer: {:.0} records/s, {:?} of processor time each, {} bytes each on disk",
        f64::from(ALL) / spent.as_secs_f64(),
        used / ALL,
        std::fs::metadata(&path).unwrap().len() / u64::from(ALL + BURSTS * BURST),
    );

    let start = Instant::now();
    let rare = RunFilter {
        principal: Some("nobody".to_owned()),
        ..RunFilter::default()
    };
    assert!(log.find(&rare).await.unwrap().items.is_empty());
    println!(
        "search without an index over {} records: {:?}",
        ALL + BURSTS * BURST,
        start.elapsed()
    );
    log.close().await;
}
