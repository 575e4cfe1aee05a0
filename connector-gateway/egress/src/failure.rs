//! Whose fault it is that a request got no answer.

use std::error::Error;
use std::{io, iter};

/// Returns whether an attempt to connect failed for want of something on this machine.
pub(crate) fn is_of_this_machine(error: &(dyn Error + 'static)) -> bool {
    /// No more file descriptors (of the process, of the system), memory, addresses or buffers.
    #[cfg(unix)]
    const SCARCE: [i32; 5] = [24, 23, 12, 99, 105];

    causes(error).any(|cause| {
        let code = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::raw_os_error);
        #[cfg(unix)]
        let is_scarce = code.is_some_and(|code| SCARCE.contains(&code));
        #[cfg(not(unix))]
        let is_scarce = code.is_some_and(|_| false);
        is_scarce
    })
}

/// Returns whether an exchange broke for what was sent: a body that could not be read to its end, a
/// head that can't be written, or a request that was given up.
pub(crate) fn is_of_the_request(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        cause
            .downcast_ref::<hyper::Error>()
            .is_some_and(|error| error.is_user() || error.is_canceled())
    })
}

/// Returns what is wrong with the head of an answer, if that is why an exchange failed.
pub(crate) fn of_the_head(error: &(dyn Error + 'static)) -> Option<String> {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
        .find(|cause| cause.is_parse())
        .map(ToString::to_string)
}

pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] io::Error);

    #[test]
    /// No more file descriptors (of the process, of the system), memory, addresses or buffers.
    #[cfg(unix)]
    fn want_of_file_descriptors_is_not_the_hosts() {
        assert!(is_of_this_machine(&Outer(io::Error::from_raw_os_error(24))));
        assert!(!is_of_this_machine(&Outer(io::Error::from_raw_os_error(
            111
        ))));
        assert!(!is_of_the_request(&Outer(io::Error::from_raw_os_error(
            104
        ))));
    }
}
