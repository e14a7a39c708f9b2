//! The contract is its comments: every part of every proto file of ours says what it is for, every RPC who
//! may call it, every list how long it may be.

use crate::tree::{self, Source};
use crate::{Complaints, assert_none, assert_one};

#[test]
fn every_part_of_the_contract_is_explained() {
    let sources = tree::sources(".proto");
    let ours: Vec<&Source> =
        sources.iter().filter(|source| source.path.starts_with("proto/lightcone/")).collect();
    assert!(ours.len() >= 6, "only {} proto files found", ours.len());
    assert_none(&ours.iter().flat_map(|source| unexplained(source)).collect::<Vec<_>>());
}

/// A part of a proto file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    /// A package, service, message, enum, oneof, field or value.
    Named,
    Rpc,
    Repeated,
}

fn unexplained(source: &Source) -> Complaints {
    let mut complaints = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for (number, line) in source.text.lines().map(str::trim).enumerate() {
        if let Some(said) = line.strip_prefix("//") {
            comment.push(said);
            continue;
        }
        let comment = std::mem::take(&mut comment);
        let Some(part) = part(line) else { continue };
        let said = comment.join(" ");
        let missing = match part {
            _ if said.trim().is_empty() => "has no comment",
            Part::Rpc if !said.contains("Caller:") => "does not say who may call it (`Caller:`)",
            Part::Repeated if !limits(&said) => "does not say how long it may be (`at most`, `1 to 16`)",
            _ => continue,
        };
        complaints.push(format!(
            "{}:{}: `{}` {missing}",
            source.path,
            number + 1,
            line.trim_end_matches(['{', ';'])
        ));
    }
    complaints
}

/// What begins on a line, if anything does that needs a comment.
fn part(line: &str) -> Option<Part> {
    let line = line.split("//").next().unwrap_or_default().trim();
    match line.split_whitespace().next()? {
        "rpc" => Some(Part::Rpc),
        "package" | "service" | "message" | "enum" | "oneof" => Some(Part::Named),
        "syntax" | "import" | "option" | "reserved" | "extend" | "returns" => None,
        "repeated" => Some(Part::Repeated),
        _ if line.starts_with("map<") => Some(Part::Repeated),
        _ => is_numbered(line).then_some(Part::Named),
    }
}

/// Whether a line declares a field or a value: a name, an equals sign and a number.
fn is_numbered(line: &str) -> bool {
    let Some((left, right)) = line.split_once('=') else { return false };
    let name = left.split_whitespace().last().unwrap_or_default();
    let number: String = right.trim().chars().take_while(char::is_ascii_digit).collect();
    !number.is_empty() && name.starts_with(|letter: char| letter.is_ascii_alphabetic())
}

/// Whether a comment bounds a list.
fn limits(said: &str) -> bool {
    let said = said.to_lowercase();
    let between = said.split(" to ").collect::<Vec<_>>();
    let digit = |text: &str, last: bool| {
        let letter = if last { text.chars().last() } else { text.chars().next() };
        letter.is_some_and(|letter| letter.is_ascii_digit())
    };
    said.contains("at most")
        || said.contains("one for each")
        || between.windows(2).any(|pair| digit(pair[0], true) && digit(pair[1], false))
}

#[cfg(test)]
mod planted {
    use super::*;

    fn check(text: &str) -> Complaints {
        unexplained(&Source { path: "x.proto".into(), text: text.into() })
    }

    #[test]
    fn a_part_without_a_comment_is_told() {
        for line in [
            "package x.v1;",
            "service S {",
            "message M {",
            "enum E {",
            "oneof o {",
            "string name = 1;",
            "optional uint32 liars = 2;",
            "E_UNSPECIFIED = 0;",
            "a.b.C c = 3 [deprecated = true];",
            "map<string, string> m = 4;",
        ] {
            assert_one(&check(&format!("// Detached.\n\n{line}")), "has no comment");
            assert_none(&check(&format!("// At most 3.\n{line}")));
        }
        assert_none(&check("syntax = \"proto3\";\nimport \"x.proto\";\noption (x) = 3;\n}\nreserved 3;"));
    }

    #[test]
    fn an_rpc_that_anyone_might_call_is_told() {
        assert_one(&check("// Does it.\nrpc Do(A) returns (B);"), "who may call it");
        assert_none(&check("// Does it.\n//\n// Caller: owner.\nrpc Do(A) returns (B) {"));
    }

    #[test]
    fn a_list_without_end_is_told() {
        assert_one(&check("// Names.\nrepeated string names = 1;"), "how long it may be");
        assert_none(&check("// Names; 1 to 16.\nrepeated string names = 1;"));
        assert_none(&check("// Names, one for each landmark.\nrepeated string names = 1;"));
    }
}
