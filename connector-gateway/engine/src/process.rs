//! What the system shows of this process to others.

/// Keeps the memory of this process, and the environment that it was started with, from other
/// processes of the same user, and from the disk when it crashes.
///
/// What stands in the environment can't be taken out of it again: `/proc/PID/environ` shows what
/// the process was started with. On Linux a process that is not dumpable has it, and its memory,
/// for root alone; elsewhere on Unix no core file is written.
pub fn protect() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        let none = Rlimit {
            current: Some(0),
            maximum,
        };
        // Less protection is no reason not to serve.
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps can't be switched off");
        }
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "other processes of this user can read the memory of this one");
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn a_protected_process_is_not_dumpable() {
        super::protect();
        let behavior = dumpable_behavior().unwrap();
        assert!(matches!(behavior, DumpableBehavior::NotDumpable));
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
    }
}
