//! The inbox page: what can be said about it without a browser. What it does in one is tested in `tests/browser`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::server::Server;

/// The files of the page, as they are in the repository.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    let entries = fs::read_dir(folder).expect("the folder of the page").map(|entry| entry.expect("an entry").path());
    let named = entries.map(|path| {
        let name = path.file_name().expect("a name").to_str().expect("a plain name").to_owned();
        (name, fs::read_to_string(&path).expect("a text"))
    });
    named.collect()
}

/// What stands in double quotes after each occurrence.
fn values<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn the_page_says_what_it_is_for_and_needs_nothing_from_outside() {
    let server = Server::start();
    let page = server.get("/");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.body.contains("For development and tests only"));
    for attribute in ["src=\"", "href=\""] {
        for target in values(&page.body, attribute) {
            assert!(["/assets/", "data:", "#"].iter().any(|start| target.starts_with(start)), "{target}");
        }
    }
    for (name, text) in files().iter().filter(|(name, _)| name != "index.html") {
        for outside in ["http:", "https:", "//cdn", "@import", " url("] {
            let text = text.replace("location.protocol === \"https:\"", "");
            assert!(!text.contains(outside), "{outside} in {name}");
        }
    }
}

#[test]
fn every_file_of_the_page_is_served_as_what_it_is() {
    let server = Server::start();
    for (name, text) in files() {
        let media_type = match name.rsplit_once('.').expect("an ending").1 {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            _ => continue,
        };
        let answer = server.get(&format!("/assets/{name}"));
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("content-type"), Some(media_type), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(answer.body, text, "{name}");
    }
    for name in ["nothing.js", "..%2fsrc%2fmain.rs", "index.html"] {
        assert_eq!(server.get(&format!("/assets/{name}")).status, 404, "{name}");
    }
}

#[test]
fn every_module_is_asked_for_by_its_name() {
    let files = files();
    let names: BTreeSet<String> = files.iter().map(|(name, _)| name.clone()).collect();
    for (name, text) in &files {
        for import in values(text, "from \"./") {
            assert!(names.contains(import), "{name} imports {import}");
        }
    }
}

#[test]
fn nothing_runs_but_the_files_of_the_page_and_text_stays_text() {
    let server = Server::start();
    let page = server.get("/");
    let policy = page.header("content-security-policy").expect("a policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ] {
        assert!(policy.split("; ").any(|given| given == part), "{part}");
    }
    assert!(!policy.contains("unsafe"));
    for inline in [" style=", " onclick=", "<style", "<script>", "javascript:"] {
        assert!(!page.body.contains(inline), "{inline}");
    }
    for (name, text) in files() {
        for markup in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTML", "document.write", "eval(", "new Function"]
        {
            assert!(!text.contains(markup), "{markup} in {name}");
        }
    }
}

#[test]
fn the_page_itself_holds_no_message() {
    let server = Server::start();
    server.send("94770000001");
    assert!(!server.get("/").body.contains("94770000001"));
}
