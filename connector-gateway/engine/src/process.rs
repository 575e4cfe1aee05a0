//! Protects this process from others.

/// Protects the memory of this process and its initial environment from other processes of the same
/// user, and keeps them out of core dumps.
///
/// The initial environment can't be cleared: `/proc/PID/environ` shows it. On Linux, only root can
/// read it and the memory of a process that is not dumpable; on other Unix systems, core files are
/// disabled.
pub fn protect() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        let none = Rlimit {
            current: Some(0),
            maximum,
        };
        // Reduced protection is no reason not to start.
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
