//! What a command took.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Result;
use xshell::Cmd;

pub(super) struct Spent {
    pub(super) time: Duration,
    /// Together on all processors, where the system tells.
    processor: Option<Duration>,
}

impl Spent {
    pub(super) fn cells(&self) -> [String; 2] {
        let processor = self.processor.map_or_else(|| "?".to_owned(), shown);
        [shown(self.time), processor]
    }
}

pub(super) fn spend(command: &Cmd<'_>) -> Result<Spent> {
    let before = of_children();
    let start = Instant::now();
    command.run()?;
    let time = start.elapsed();
    let processor = of_children().zip(before);
    Ok(Spent {
        time,
        processor: processor.map(|(after, before)| after.saturating_sub(before)),
    })
}

/// Processor time of all children that ended, with theirs.
fn of_children() -> Option<Duration> {
    read(&fs::read_to_string("/proc/self/stat").ok()?)
}

fn read(stat: &str) -> Option<Duration> {
    // The program's name comes before, in brackets, and may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    // `cutime` and `cstime`, fields 16 and 17 of proc(5) counted from 1; the name is field 2.
    let ticks: Vec<u64> = fields
        .split(' ')
        .skip(13)
        .take(2)
        .map_while(|field| field.parse().ok())
        .collect();
    let [user, system] = ticks[..] else {
        return None;
    };
    // USER_HZ is 100 on every architecture of Linux.
    Some(Duration::from_millis((user + system) * 10))
}

/// A time as people read it.
pub(super) fn shown(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.2} s", time.as_secs_f64()),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_processor_time_of_children() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 95 8 0 0 3 1 250 50 20 0 1 0 1 2 3";
        assert_eq!(read(stat), Some(Duration::from_secs(3)));
        assert_eq!(read("7 (cut off) S 1 7"), None);
    }

    #[test]
    fn shows_short_times_exactly_and_long_ones_in_minutes() {
        let shown = [1_728, 74_400, 262_000].map(|millis| shown(Duration::from_millis(millis)));
        assert_eq!(shown, ["1.73 s", "74 s", "4 min 22 s"]);
    }
}
