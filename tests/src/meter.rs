//! What the kernel and the gateway itself say of what a gateway took.

use std::fs;
use std::time::Duration;

use reqwest::Method;

use crate::gateway::{GatewayProcess, OPERATOR};

/// Linux counts processor time for programs in ticks of this length, whatever its own clock is.
const TICK: Duration = Duration::from_millis(10);

impl GatewayProcess {
    pub fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id()));
        let stat = stat.expect("the gateway runs");
        // The name of the program stands in brackets and may have spaces in it.
        let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
        let ticks = fields.split_whitespace().skip(11).take(2);
        TICK * ticks
            .map(|ticks| ticks.parse::<u32>().expect("a number of ticks"))
            .sum::<u32>()
    }

    /// Lets [`most_memory`](Self::most_memory) begin anew.
    pub fn forget_most_memory(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.id()), "5").expect("the gateway runs");
    }

    pub fn open_sockets(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.id()));
        // One that is closed meanwhile is none.
        let is_socket = |file: std::io::Result<fs::DirEntry>| {
            let target = fs::read_link(file.ok()?.path()).ok()?;
            target.to_str()?.strip_prefix("socket:").map(drop)
        };
        let files = files.expect("the gateway runs");
        files.filter_map(is_socket).count()
    }

    /// Returns the length of the longest line that was logged, in bytes.
    pub fn longest_log_line(&self) -> usize {
        self.log().lines().map(str::len).max().unwrap_or(0)
    }

    /// Returns how often any of these limits was hit, as `/metrics` counts it.
    pub async fn limit_hits(&self, limits: &[&str]) -> u64 {
        let answer = self.request(Method::GET, "/metrics", OPERATOR).send().await;
        let text = answer.expect("an answer").text().await.expect("a text");
        let count = |line: &str| {
            let rest = line.strip_prefix("plugwright_limit_hits_total{limit=\"")?;
            let (limit, count) = rest.split_once("\"} ")?;
            limits
                .contains(&limit)
                .then(|| count.trim().parse::<u64>().ok())?
        };
        text.lines().filter_map(count).sum::<u64>()
    }
}
