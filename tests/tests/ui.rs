//! What the compiler says: every mistake in `ui/fail` with its `.stderr`, every shape in `ui/pass`.
//!
//! The names carry the rows of the checklist of cases. After a change of wording: `TRYBUILD=overwrite`, and read.

#[test]
fn mistakes_are_told_where_they_are() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
