//! File descriptors: as many as the system gives, and some kept for what is no client.

use plugwright_engine::Limits;

/// What at least is kept for the database, the log and the connections to providers.
const KEPT: usize = 64;
/// More is not kept, however many there are.
const KEPT_MOST: usize = 1024;

/// Raises the limit of the process as far as it may, and lowers that of connections to what fits.
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
            "the process may open too few files for `limits.connections`; raise its limit \
             (`ulimit -n`) for more",
        );
    }
    fitting
}

fn share(limits: &Limits, descriptors: usize) -> Limits {
    let kept = (descriptors / 4).clamp(KEPT, KEPT_MOST);
    let most = descriptors.saturating_sub(kept).max(descriptors / 2).max(1);
    if most >= limits.connections {
        return limits.clone();
    }
    // In the same proportion, so that one peer leaves as much to the others.
    let of_one = limits.connections_per_peer.min(limits.connections) * most / limits.connections;
    Limits {
        connections: most,
        connections_per_peer: of_one.max(1),
        ..limits.clone()
    }
}

/// Raises the soft limit to the hard one. Returns what it is then; `None` if there is none.
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
            tracing::debug!(%error, "the limit of open files can't be raised");
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
