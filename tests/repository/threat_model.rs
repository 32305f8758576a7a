//! The table of `docs/threat-model.md` names every row, and only tests that are there and run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The text of every file below a folder whose name ends so.
fn texts(folder: &str, ending: &str) -> String {
    let mut text = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for child in fs::read_dir(folder).unwrap() {
            let path = child.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("node_modules") => {}
                true => folders.push(path),
                false if path.to_string_lossy().ends_with(ending) => text += &fs::read_to_string(path).unwrap(),
                false => {}
            }
        }
    }
    text
}

/// The rows of the table: number, and the cell of each column.
fn rows() -> Vec<(u32, Vec<String>)> {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/threat-model.md")).unwrap();
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    table.lines().map(cells).filter_map(|cells| Some((cells[0].parse().ok()?, cells))).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The functions that `cargo test` runs: `#[test]` stands right above, with other attributes or none, not `#[ignore]`.
fn rust_tests(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut attributes = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            attributes.push(line);
            continue;
        }
        let runs = attributes.contains(&"#[test]") && !attributes.iter().any(|attribute| attribute.contains("ignore"));
        if let Some((name, _)) = line.strip_prefix("fn ").and_then(|rest| rest.split_once('('))
            && runs
        {
            found.insert(name);
        }
        attributes.clear();
    }
    found
}

/// The titles of the tests of both browsers: a call at the beginning of a line, whose first argument is the title.
fn browser_tests(text: &str) -> BTreeSet<&str> {
    let calls = ["inEachBrowser(", "withEachBrowser("].into_iter().flat_map(|call| text.match_indices(call));
    let title = |(at, call): (usize, &str)| {
        let begins = text[..at].ends_with('\n');
        let argument = text[at + call.len()..].trim_start().strip_prefix('"').filter(|_| begins)?;
        argument.split_once("\",").map(|(title, _)| title)
    };
    calls.filter_map(title).collect()
}

#[test]
fn what_does_not_run_is_not_taken_for_a_test() {
    let rust = [
        "#[test]\nfn plain() {}\n",
        "    #[test]\n    #[should_panic]\n    fn of_a_module(text in any::<String>()) {\n    }\n",
        "#[cfg(unix)]\n#[test]\nfn under_another_attribute() {}\n",
        "fn helper() {}\n#[test]\n\nfn apart() {}\n// #[test]\nfn commented_out() {}\n",
        "#[test]\n#[ignore]\nfn ignored() {}\n#[ignore = \"slow\"]\n#[test]\nfn ignored_above() {}\n",
        "#[test]\n#[cfg_attr(unix, ignore)]\nfn ignored_somewhere() {}\n#[test]\nconst NONE: u8 = 0;\nfn later() {}\n",
    ]
    .concat();
    assert_eq!(rust_tests(&rust), BTreeSet::from(["of_a_module", "plain", "under_another_attribute"]));
    let browser = [
        "// A file.\ninEachBrowser(\"one\", async () => {});\nwithEachBrowser(\n  \"two\",\n  async () => {},\n);\n",
        "// inEachBrowser(\"commented out\", async () => {});\nconst text = \"only a text\";\n",
        "  inEachBrowser(`made of ${parts}`, async () => {});\ntest.skip(\"skipped\", () => {});\n",
    ]
    .concat();
    assert_eq!(browser_tests(&browser), BTreeSet::from(["one", "two"]));
}

#[test]
fn every_row_is_there_once_and_has_a_test_of_its_number() {
    let rows = rows();
    assert_eq!(rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (1..=32).collect::<Vec<_>>());
    for (number, cells) in rows {
        assert_eq!(cells.len(), 5, "row {number}");
        let prefix = format!("row_{number:02}_");
        assert!(quoted(&cells[4]).any(|name| name.starts_with(&prefix)), "row {number} has no test of its own");
    }
}

#[test]
fn the_tests_that_are_named_exist_and_those_of_rows_are_named() {
    let (rust, browser) = (texts("tests", ".rs") + &texts("src", ".rs"), texts("tests/e2e", ".test.mjs"));
    let (rust, browser) = (rust_tests(&rust), browser_tests(&browser));
    let mut named = BTreeSet::new();
    for (number, cells) in rows() {
        let tested = cells[4].split("; in browsers").next().unwrap();
        let pieces: Vec<&str> = tested.split('`').collect();
        for pair in pieces.chunks_exact(2) {
            let (before, name) = (pair[0], pair[1]);
            match before.ends_with("e2e: ") {
                true => assert!(browser.contains(name), "row {number}: there is no test e2e: {name}"),
                false => assert!(rust.contains(name), "row {number}: there is no test {name}"),
            }
            named.insert(name.to_owned());
        }
    }
    let is_of_a_row = |name: &&str| name.starts_with("row_") && name.as_bytes().get(4).is_some_and(u8::is_ascii_digit);
    let forgotten: Vec<&str> = rust.into_iter().filter(is_of_a_row).filter(|name| !named.contains(*name)).collect();
    assert_eq!(forgotten, [""; 0]);
}

#[test]
fn the_codes_that_are_named_exist() {
    let source = texts("src", ".rs");
    for (number, cells) in rows() {
        for code in quoted(&cells[3]) {
            let reason = code[..1].to_uppercase() + &code[1..];
            assert!(
                source.contains(&format!("\"{code}\"")) || source.contains(&format!("{reason},")),
                "row {number}: {code}"
            );
        }
    }
}
