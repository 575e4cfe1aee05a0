//! Tests across the crates of Plugwright.
