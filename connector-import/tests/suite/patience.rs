//! How much time a hostile input may take.

use std::time::Duration;

/// No input may take longer, in a build without optimization.
const PATIENCE: Duration = Duration::from_secs(30);

/// Counts the processor time of this process, so that what runs beside it does not count; each test has a
/// process for itself where the suite is run by nextest.
pub(crate) struct Patience {
    before: Duration,
}

impl Patience {
    pub(crate) fn begin() -> Self {
        Self { before: spent() }
    }

    pub(crate) fn check(&self) {
        let taken = spent().saturating_sub(self.before);
        assert!(taken < PATIENCE, "{taken:?}");
    }
}

#[cfg(target_os = "linux")]
fn spent() -> Duration {
    let stat = procfs::process::Process::myself().unwrap().stat().unwrap();
    let ticks = Duration::from_secs(stat.utime + stat.stime);
    ticks / u32::try_from(procfs::ticks_per_second()).unwrap()
}

/// Elsewhere it is the time that passes.
#[cfg(not(target_os = "linux"))]
fn spent() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
