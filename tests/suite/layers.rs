//! The floors of the house: imports point downwards only, and neighbours on one floor do not know each other.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Floor of each module at the top of `src`; `None` when the file is the frame (`main.rs`, `lib.rs`).
fn floor(module: &str) -> Option<u8> {
    Some(match module {
        "value" | "schema" | "progress" => 0,
        "case" | "data_map" | "intake" | "kind" | "plan" | "refusal" => 1,
        "database" | "casebook" | "export" | "signature" => 2,
        "error" => 3, // shared by the use-cases, just below them
        "planner" | "kept" => 4,
        "rights" | "duties" | "demo" | "apply" | "prove" => 5,
        "cli" => 6,
        "main" | "lib" => return None,
        other => panic!("src/{other} stands on no floor: give it one in tests/suite/layers.rs"),
    })
}

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// `text` without comments of their own lines and without tests.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Top-level modules that `text` names by a `crate::…` path (outside of comments and tests).
fn imports(text: &str) -> BTreeSet<String> {
    let code = code_of(text);
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            // the first word after the brace and after each comma on the outer level
            let mut depth = 0;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.insert(first_word(&word));
                        word.clear();
                        continue;
                    }
                    _ => {}
                }
                if depth == 0 {
                    word.push(c);
                }
            }
            found.insert(first_word(&word));
        } else {
            found.insert(first_word(rest));
        }
    }
    found.remove("");
    found
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn imports_point_downwards_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let Some(own) = floor(&module) else { continue };
        for import in imports(&fs::read_to_string(&file).unwrap()) {
            if import == module || import.chars().next().is_some_and(char::is_uppercase) {
                continue;
            }
            let Some(theirs) = floor(&import) else { continue };
            let neighbours_on_floor_one = own == 1 && theirs == 1; // the domain is one floor of words that use each other
            if theirs > own || (theirs == own && !neighbours_on_floor_one) {
                wrong.push(format!("{}: {module} (floor {own}) uses {import} (floor {theirs})", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_groups_and_paths() {
    let text = "use crate::{case::{Case, Status}, value::Value};\nlet x = crate::plan::Plan::new(); // crate::cli\n// crate::cli::run";
    let seen: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(seen, ["case", "cli", "plan", "value"]); // a trailing comment counts: cheap, and errs on the strict side
}

#[test]
fn only_the_adapters_speak_to_sqlite() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let allowed = ["database", "casebook", "demo"].iter().any(|m| inside.starts_with(m));
        let text = code_of(&fs::read_to_string(&file).unwrap());
        assert!(allowed || !text.contains("rusqlite::"), "{} opens SQLite by itself", inside.display());
    }
}

#[test]
fn every_test_file_is_run() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut files = Vec::new();
    sources(&suite, &mut files);
    for file in files {
        let (folder, name) = (file.parent().unwrap(), file.file_stem().unwrap().to_str().unwrap());
        let (folder, name) = match name {
            "main" => continue,
            "mod" => (folder.parent().unwrap(), folder.file_name().unwrap().to_str().unwrap()),
            name => (folder, name),
        };
        let list = folder.join(if folder == suite { "main.rs" } else { "mod.rs" });
        let listed = fs::read_to_string(list).unwrap().contains(&format!("mod {name};"));
        assert!(listed, "{} is never run", file.display());
    }
}
