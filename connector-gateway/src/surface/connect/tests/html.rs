//! The pages' HTML.

#[test]
fn renders() {}
