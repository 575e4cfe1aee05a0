//! The stages of a call, in their order.
