#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| shoutout_otp_fuzz::http::check(data));
