//! Processes whose clocks are wrong, by Debian's library `libfaketime`.

use std::path::Path;
use std::time::{Duration, SystemTime};

use plugwright_tests::gateway::{Setup, client};

use crate::refresh::world::World;

/// How far the clock of each process is ahead, in minutes.
pub(crate) const SHIFTS: [i64; 4] = [5, -5, 0, 5];

/// Times that are less far apart are those of one clock, on however slow a machine.
pub(crate) const AGREED: Duration = Duration::from_mins(2);

/// The dynamic linker puts the machine's library directory for `$LIB`.
const LIBRARY: &str = "/usr/$LIB/faketime/libfaketimeMT.so.1";

/// Where the library keeps what processes share.
const SHARED: &str = "/dev/shm";

/// Shifts the clock of the day of a gateway; what measures spans of time stays as it is.
pub(crate) fn shifted(setup: Setup, minutes: i64) -> Setup {
    if minutes == 0 {
        return setup;
    }
    setup
        .env("LD_PRELOAD", LIBRARY)
        .env("FAKETIME", format!("{minutes:+}m"))
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("NO_FAKE_STAT", "1")
}

/// Makes sure that each process has the clock that it should have: it says so in its answers.
pub(crate) async fn check(world: &World) {
    for (process, minutes) in world.processes.iter().zip(SHIFTS) {
        let url = process.with(|gateway| gateway.url().to_owned());
        let url = format!("{}/healthz", url.expect("it runs"));
        let answer = client().get(url).send().await.expect("an answer");
        let date = answer.headers()["date"].to_str().expect("a date");
        let says = httpdate::parse_http_date(date).expect("a date");
        let off = apart(says, shift(SystemTime::now(), minutes));
        assert!(
            off < AGREED,
            "it is {date} for a process that is {minutes} minutes off: is Debian's package \
             `libfaketime` installed?"
        );
    }
}

/// Returns how far apart two times are.
pub(crate) fn apart(one: SystemTime, other: SystemTime) -> Duration {
    match one.duration_since(other) {
        Ok(after) => after,
        Err(before) => before.duration(),
    }
}

fn shift(time: SystemTime, minutes: i64) -> SystemTime {
    let span = Duration::from_mins(minutes.unsigned_abs());
    if minutes < 0 {
        time - span
    } else {
        time + span
    }
}

/// Removes what a killed process leaves behind.
pub(crate) fn clean_up(process: u32) {
    for name in ["faketime_shm_", "sem.faketime_sem_"] {
        let file = Path::new(SHARED).join(format!("{name}{process}"));
        // A process whose clock is right has none.
        drop(std::fs::remove_file(file));
    }
}
