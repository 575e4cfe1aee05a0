//! What streams have in common.

use plugwright_sdk::ActionContext;

/// About as many bytes of text are reported at once.
const REPORTED: usize = 80;

/// Reports text while it is written.
pub(crate) struct Reporter<'a> {
    cx: &'a ActionContext,
    /// Bytes that were reported.
    done: usize,
    pending: String,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(cx: &'a ActionContext) -> Self {
        Self {
            cx,
            done: 0,
            pending: String::new(),
        }
    }

    /// Takes a piece of text, and reports what there is if it is a line or long enough.
    pub(crate) fn add(&mut self, piece: &str) {
        self.pending.push_str(piece);
        if self.pending.len() >= REPORTED || self.pending.ends_with('\n') {
            self.report();
        }
    }

    /// Reports the rest.
    pub(crate) fn report(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        self.done += self.pending.len();
        let text = std::mem::take(&mut self.pending);
        self.cx.progress(self.done as u64, None, text);
    }
}
