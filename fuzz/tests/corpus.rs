//! The committed corpus, through every check, without a fuzzer: for machines that have none, and to see one input fail
//! with a plain backtrace.

use std::path::Path;

fn hold_all(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut held = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let outcome = std::panic::catch_unwind(|| check(&std::fs::read(&path).unwrap()));
        assert!(outcome.is_ok(), "{} does not hold", path.display());
        held += 1;
    }
    assert!(held > 0, "{} is empty", folder.display());
}

#[test]
fn answers_hold() {
    hold_all("answers", shoutout_otp_fuzz::answers::check);
}

#[test]
fn base_urls_hold() {
    hold_all("base_url", shoutout_otp_fuzz::base_url::check);
}

#[test]
fn calls_over_the_c_abi_hold() {
    hold_all("c_abi", shoutout_otp_fuzz::c_abi::check);
}

#[test]
fn http_holds() {
    hold_all("http", shoutout_otp_fuzz::http::check);
}

#[test]
fn inputs_hold() {
    hold_all("inputs", shoutout_otp_fuzz::inputs::check);
}
