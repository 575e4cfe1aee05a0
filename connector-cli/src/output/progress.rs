//! Progress of long work, on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape;

/// Work on less than so many things shows none.
const FEWEST: usize = 2;

const TEMPLATE: &str = "{bar:30} {pos}/{len} {elapsed} {wide_msg}";

/// A bar on standard error, if that is a terminal. It is gone when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(number: usize) -> Self {
        let target = if number < FEWEST {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(u64::try_from(number).ok(), target);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(crate) fn start(&self, name: &str) {
        self.0.set_message(escape(name));
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    pub(crate) fn finish(&self, doing: &str) {
        self.0.set_message(doing.to_owned());
        self.0.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
