//! File descriptors: raises the limit, and reserves some for everything but clients.

use plugwright_engine::Limits;

/// Descriptors to reserve at least, for the database, the log and connections to providers.
const RESERVED: usize = 64;
/// Descriptors to reserve at most.
const RESERVED_MOST: usize = 1024;

/// Raises the process's limit of open files, and lowers the limits of connections to fit.
pub(super) fn fit(limits: Limits) -> Limits {
    let Some(descriptors) = raise() else {
        return limits;
    };
    let fitting = share(&limits, descriptors);
    if fitting.connections < limits.connections {
        tracing::warn!(
            descriptors,
            connections = fitting.connections,
            connections_per_peer = fitting.connections_per_peer,
            "the limit of open files is too low for `limits.connections`; raise it with `ulimit -n`",
        );
    }
    fitting
}

fn share(limits: &Limits, descriptors: usize) -> Limits {
    let kept = (descriptors / 4).clamp(RESERVED, RESERVED_MOST);
    let most = descriptors.saturating_sub(kept).max(descriptors / 2).max(1);
    if most >= limits.connections {
        return limits.clone();
    }
    // In proportion, so that one peer can't take a larger share.
    let of_one = limits.connections_per_peer.min(limits.connections) * most / limits.connections;
    Limits {
        connections: most,
        connections_per_peer: of_one.max(1),
        ..limits.clone()
    }
}

/// Raises the soft limit to the hard one and returns it; `None` if it is unlimited or unknown.
#[cfg(unix)]
fn raise() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let before = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: before.maximum,
        ..before
    };
    let now = match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::debug!(%error, "can't raise the limit of open files");
            before
        }
    };
    now.current
        .map(|most| usize::try_from(most).unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
fn raise() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_to_what_is_no_client() {
        let limits = Limits::default();
        for (descriptors, connections, of_one) in [
            (32, 16, 8),
            (256, 192, 96),
            (1024, 768, 384),
            (4096, 3072, 1536),
            (1 << 20, 4096, 2048),
        ] {
            let fitting = share(&limits, descriptors);
            let found = (fitting.connections, fitting.connections_per_peer);
            assert_eq!(found, (connections, of_one), "{descriptors}");
        }
    }
}
