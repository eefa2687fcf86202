//! The whole output of the compiler for a few mistakes: `tests/ui`.
//!
//! Every message is in a row of the tables, except for those about the attributes of tokio, which
//! only stand here. After a change of wording, run with `TRYBUILD=overwrite` and read the result.

#[test]
fn the_showcases_read_as_they_are_recorded() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
