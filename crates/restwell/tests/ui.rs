//! What a mistake prints, and what must compile. One mistake a file, named after it; the `.stderr` beside it is read
//! before it is committed: `TRYBUILD=overwrite cargo test -p restwell --test ui` writes it.

#[test]
fn mistakes_are_told_at_the_users_own_token() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
