//! The arguments of an action's function.

use super::{Decoder, ParamEntry};

/// The arguments of an action's function after the context, one inside the other:
/// `(A, (B, ()))`. Decoding is written once here, and not in each action.
pub trait ArgumentList: Sized + Send + 'static {
    /// Takes all of them; reports every fault and returns nothing if there is one.
    fn take(entries: &[ParamEntry], decoder: &mut Decoder<'_>) -> Option<Self>;
}

impl ArgumentList for () {
    fn take(_: &[ParamEntry], _: &mut Decoder<'_>) -> Option<Self> {
        Some(())
    }
}

impl<A: Send + 'static, Rest: ArgumentList> ArgumentList for (A, Rest) {
    fn take(entries: &[ParamEntry], decoder: &mut Decoder<'_>) -> Option<Self> {
        let (entry, others) = entries.split_first()?;
        let first = entry.take(decoder);
        let rest = Rest::take(others, decoder);
        Some((first?, rest?))
    }
}
