//! The tests of the macros' messages. They stand in a crate of their own because each case is built
//! with all that its crate depends on, and cases need the SDK alone.
