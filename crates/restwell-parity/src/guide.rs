//! The examples of the guide are read as they stand there.

use std::path::Path;

use crate::{http_file::HttpFile, random::Grammar, rules::Rules};

const GUIDE: &str = include_str!("../../../docs/parity.md");

fn examples(language: &str) -> Vec<&'static str> {
    let start = format!("```{language}\n");
    let blocks = GUIDE.split(&start).skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .collect()
}

#[test]
fn case_files_are_read() {
    let examples = examples("http");
    assert_eq!(examples.len(), 2);
    for example in examples {
        let file = HttpFile::parse(Path::new("docs/parity.md"), example).unwrap();
        assert!(!file.cases.is_empty());
    }
}

#[test]
fn rules_and_grammar_are_read() {
    let examples = examples("toml");
    assert_eq!(examples.len(), 2);
    Rules::parse(examples[0]).unwrap();
    Grammar::parse(examples[1]).unwrap();
}
