//! What a mistake prints, and what must compile. One mistake a file, named after it; the `.stderr` beside it is read
//! before it is committed: `TRYBUILD=overwrite cargo test -p restwell --test ui` writes it.

#[test]
fn mistakes_are_told_where_they_are_made() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[test]
fn unusual_models_and_serializers_compile() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
