//! The tables in `docs/certainty.md`: written by the tests that hold them when SHOUTOUT_RENEW_DOCS is set, compared with
//! the page otherwise, so that the page cannot say what the library does not do.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The tests of a program may renew their tables at the same time.
static PAGE: Mutex<()> = Mutex::new(());

/// Holds the table between `<!-- begin: NAME -->` and `<!-- end: NAME -->`.
pub fn hold(name: &str, table: &str) {
    let _mine = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/certainty.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- begin: {name} -->\n"), format!("<!-- end: {name} -->"));
    let (before, rest) = page.split_once(&begin).expect("the page marks where the table begins");
    let (shown, after) = rest.split_once(&end).expect("the page marks where the table ends");
    if std::env::var_os("SHOUTOUT_RENEW_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert!(shown == table, "docs/certainty.md is not what the library does: run `make certainty-page`\n{table}");
    }
}
