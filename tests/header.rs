//! The committed header is the generated one, so that nobody builds against what the library was yesterday.

const COMMITTED: &str = include_str!("../include/shoutout_otp.h");
const GENERATED: &str = include_str!(env!("SHOUTOUT_OTP_GENERATED_HEADER"));

#[test]
fn the_committed_header_is_up_to_date() {
    assert!(COMMITTED == GENERATED, "include/shoutout_otp.h is not what the source says: run `make header`");
}

#[test]
fn every_status_number_of_the_header_has_the_name_that_the_library_gives_it() {
    let numbers = COMMITTED.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "));
    let statuses: Vec<_> = numbers
        .filter(|(name, _)| !name.starts_with("SHOUTOUT_DELIVERY_") && !name.starts_with("SHOUTOUT_VERIFY_"))
        .collect();
    assert_eq!(statuses.len(), 21, "{statuses:?}");
    for (name, number) in statuses {
        let status = shoutout_otp::Status::from_number(number.parse().unwrap());
        assert_eq!(status.map(shoutout_otp::Status::name), Some(name), "{number}");
    }
}
