//! The memory that a gateway may have, and what it had at most.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::gateway::Process;
use crate::kernel;

/// What a small machine has for the gateway.
const MEMORY: u64 = 512 << 20;

/// A bound around a process; it is gone when this is dropped.
pub(super) struct Cage {
    id: u32,
    /// The control group, where the machine lets us make one.
    group: Option<PathBuf>,
}

impl Cage {
    /// Bounds the memory of a process that runs, with a control group of version 2 or 1.
    pub(super) fn around(process: &Process) -> Result<Self> {
        let id = process.id();
        let name = format!("plugwright-bench-{id}");
        let groups = [
            ("/sys/fs/cgroup", "memory.max"),
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        ];
        let group = groups
            .iter()
            .find_map(|(root, file)| bound(&Path::new(root).join(&name), file, id));
        let cage = Self { id, group };
        cage.peak()?;
        Ok(cage)
    }

    /// Returns the resident memory in bytes.
    pub(super) fn memory(&self) -> Result<u64> {
        kernel::memory(&self.id.to_string(), "VmRSS")
    }

    /// Returns the most resident memory since [`forget_peak`](Self::forget_peak), in bytes.
    pub(super) fn peak(&self) -> Result<u64> {
        kernel::memory(&self.id.to_string(), "VmHWM")
    }

    /// Begins to look for the peak anew.
    pub(super) fn forget_peak(&self) -> Result<()> {
        fs::write(format!("/proc/{}/clear_refs", self.id), "5")?;
        Ok(())
    }
}

/// Makes a control group and moves the process into it; nothing if the machine does not let us.
fn bound(group: &Path, file: &str, id: u32) -> Option<PathBuf> {
    // Only below a root that has such groups; elsewhere this would make a mere directory.
    if !group.parent()?.join("cgroup.procs").exists() {
        return None;
    }
    fs::create_dir(group).ok()?;
    let bounded = fs::write(group.join(file), MEMORY.to_string())
        .and_then(|()| fs::write(group.join("cgroup.procs"), id.to_string()));
    match bounded {
        Ok(()) => Some(group.to_owned()),
        Err(_) => {
            // What is empty goes; there is nothing else to do about it.
            let _ = fs::remove_dir(group);
            None
        }
    }
}

impl fmt::Display for Cage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.group {
            Some(_) => write!(
                f,
                "a control group ended the process above {} MiB",
                MEMORY >> 20
            ),
            None => f.write_str(
                "no control group could be made: the peak of the resident memory is looked at alone",
            ),
        }
    }
}

impl Drop for Cage {
    fn drop(&mut self) {
        let Some(group) = &self.group else { return };
        // The process goes back to where it was, so that the group is empty and can go.
        if let Some(root) = group.parent() {
            let _ = fs::write(root.join("cgroup.procs"), self.id.to_string());
        }
        let _ = fs::remove_dir(group);
    }
}
