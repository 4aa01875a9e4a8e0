//! The C entry points, as a careless or hostile C program calls them: NULL, bytes that are no UTF-8 and absurd lengths in
//! every position, handles that are not there, indexes out of range. Under AddressSanitizer a leak or a wild read fails too.
//! What the texts say, the target `answers` holds.
//!
//! Each line is one call; a word is an argument, and what it may be is said at [`Words::text`].
//!
//! ```text
//! options <setter> <argument> [<argument>]
//! client <key> [options]
//! 200
//! <Retry-After>
//! <body, which ends at the line "end">
//! end
//! send <source> <destination> <content>
//! verify <reference id> <code>
//! ```

use std::ffi::{CStr, CString, c_char};
use std::ptr::{null, null_mut};

use shoutout_otp::fuzzing::{PlantedAnswer, answering, c_abi::*};

use crate::scene::Script;

const INTERNAL_ERROR: i32 = 60;
const NOT_SENT: i32 = 1;
const UNKNOWN: i32 = 2;

pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let options = read_options(&mut script);
    let client = read_client(&mut script, options);
    // SAFETY: freed once, and a client keeps no pointer to them.
    unsafe { so_free_options(options) };
    let answer = script.answer(|script| {
        let body = script.0;
        let end = body.windows(5).position(|bytes| bytes == b"\nend\n");
        script.0 = end.map_or(&[][..], |end| &body[end + 5..]);
        &body[..end.unwrap_or(body.len())]
    });
    // Each call would use up the one answer, so each gets a scene of its own.
    for _ in 0..8 {
        let mut words = Words(script.line());
        match words.next() {
            b"send" => answered(client, answer, || send(client, &mut words)),
            b"verify" => answered(client, answer, || verify(client, &mut words)),
            _ => break,
        }
    }
    // SAFETY: freed once, and no call is under way.
    unsafe { so_free_client(client) };
}

/// A call whose client gets the answer; a call without a client gets none.
fn answered(client: *const so_client, answer: PlantedAnswer, call: impl FnOnce()) {
    // SAFETY: the handle is live or NULL.
    match unsafe { client_behind(client) } {
        Some(client) => drop(answering(client, answer, call)),
        None => call(),
    }
}

/// The words of a line.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    fn next(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|&byte| byte == b' ').unwrap_or(self.0.len());
        let word = &self.0[..end];
        self.0 = &self.0[(end + 1).min(self.0.len())..];
        word
    }

    /// An argument: `NULL`; `{{code}}…` up to the end of the line; `*x`, which is x so often that it is longer than any
    /// limit; or the word as it is. A NUL ends a C string, here as in C.
    fn text(&mut self) -> Option<CString> {
        let rest = self.0;
        let bytes = match self.next() {
            b"NULL" => return None,
            [b'*', byte, ..] => vec![*byte; 20_000],
            [b'{', ..] => {
                self.0 = &[];
                rest.to_vec()
            }
            word => word.to_vec(),
        };
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        Some(CString::new(&bytes[..end]).expect("no NUL is left"))
    }

    fn number(&mut self) -> u32 {
        self.next().iter().fold(0_u32, |number, byte| number.wrapping_mul(10).wrapping_add(u32::from(byte % 16)))
    }
}

fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(null(), |text| text.as_ptr())
}

/// Options as the lines that begin with `options` set them; NULL if the first of them says so.
fn read_options(script: &mut Script) -> *mut so_options {
    // SAFETY: has no conditions.
    let options = unsafe { so_options_new() };
    assert!(!options.is_null());
    for _ in 0..8 {
        let before = script.0;
        let mut words = Words(script.line());
        if words.next() != b"options" {
            script.0 = before;
            break;
        }
        let status = set(options, &mut words);
        hold_status(status);
    }
    options
}

fn set(options: *mut so_options, words: &mut Words) -> i32 {
    let setter = words.next();
    let number = words.number();
    let (first, second) = (words.text(), words.text());
    let text = pointer(&first);
    // SAFETY: the handle is live or NULL, and each string is NULL or NUL-terminated.
    unsafe {
        match setter {
            b"base_url" => so_options_set_base_url(options, text),
            b"auth_scheme" => so_options_set_auth_scheme(options, text),
            b"header" => so_options_add_header(options, text, pointer(&second)),
            b"timeout_ms" => so_options_set_timeout_ms(options, number),
            b"connect_timeout_ms" => so_options_set_connect_timeout_ms(options, number),
            b"max_retries" => so_options_set_max_retries(options, number),
            b"ca_file" => so_options_set_ca_file(options, text),
            b"proxy" => so_options_set_proxy(options, text),
            b"allow_plain_http" => so_options_set_allow_plain_http(options, number.cast_signed()),
            b"user_agent_suffix" => so_options_set_user_agent_suffix(options, text),
            _ => so_options_set_base_url(null_mut(), text),
        }
    }
}

fn read_client(script: &mut Script, options: *const so_options) -> *mut so_client {
    let mut words = Words(script.line());
    let takes = words.next() == b"client";
    let key = words.text();
    let options = if words.next() == b"options" { options } else { null() };
    let (mut client, mut error) = (dangling(), dangling());
    let client_out = if takes { &raw mut client } else { null_mut() };
    // SAFETY: the handle is live or NULL, the string NULL or NUL-terminated, the outputs NULL or valid.
    let status = unsafe { so_client_new(pointer(&key), options, client_out, &raw mut error) };
    hold_outcome(status, takes.then_some(client), Some(error));
    if takes { client } else { null_mut() }
}

fn send(client: *const so_client, words: &mut Words) {
    let arguments = [words.text(), words.text(), words.text()];
    let [source, destination, content] = arguments.each_ref().map(pointer);
    let mut result = dangling();
    let mut error = dangling();
    // SAFETY: as above; what it fills is read and freed below.
    let status = unsafe { so_send_otp(client, source, destination, content, &raw mut result, &raw mut error) };
    hold_outcome(status, Some(result), Some(error));
    hold_send_result(result);
    // SAFETY: freed once.
    unsafe { so_free_send_result(result) };

    // The same without outputs: no place for the result is refused before anything is sent.
    let status = unsafe { so_send_otp(client, source, destination, content, null_mut(), null_mut()) };
    assert_eq!(status, 1);
}

fn verify(client: *const so_client, words: &mut Words) {
    let arguments = [words.text(), words.text()];
    let [reference_id, code] = arguments.each_ref().map(pointer);
    let mut result = dangling();
    // SAFETY: as above; no error is asked for.
    let status = unsafe { so_verify_otp(client, reference_id, code, &raw mut result, null_mut()) };
    hold_outcome(status, Some(result), None::<*mut so_error>);
    hold_verify_result(result);
    // SAFETY: freed once.
    unsafe { so_free_verify_result(result) };
}

/// What an output holds before a call: nothing that may be read.
fn dangling<T>() -> *mut T {
    std::ptr::dangling_mut()
}

/// By the laws: a success fills the output and leaves the error NULL, a failure the other way round.
fn hold_outcome<T>(status: i32, output: Option<*mut T>, error: Option<*mut so_error>) {
    hold_status(status);
    if let Some(output) = output {
        assert_eq!(output.is_null(), status != 0);
    }
    if let Some(error) = error {
        assert_eq!(error.is_null(), status == 0);
        hold_error(error, status);
        // SAFETY: freed once.
        unsafe { so_free_error(error) };
    }
}

fn hold_status(status: i32) {
    assert_ne!(status, INTERNAL_ERROR, "something panicked inside");
    // SAFETY: has no conditions.
    let name = read(unsafe { so_status_name(status) }).expect("a status has a name");
    assert!(name.starts_with("SHOUTOUT_"), "{status} is called {name}");
}

fn hold_error(error: *const so_error, status: i32) {
    // SAFETY: the handle is live or NULL.
    unsafe {
        let texts = [
            so_error_message(error),
            so_error_service_status(error),
            so_error_service_message(error),
            so_error_reference_id(error),
        ];
        for text in texts {
            hold_text(text, error.is_null());
        }
        let (delivery, attempts) = (so_error_delivery(error), so_error_attempts(error));
        let (http_status, wait) = (so_error_http_status(error), so_error_retry_after_ms(error));
        so_error_elapsed_us(error);
        if error.is_null() {
            return;
        }
        assert_eq!(so_error_status(error), status);
        assert!(delivery == NOT_SENT || delivery == UNKNOWN, "delivery {delivery}");
        assert!((-1..=24 * 60 * 60 * 1000).contains(&wait), "wait for {wait} ms");
        if status < 20 {
            assert_eq!((delivery, attempts, http_status, wait), (NOT_SENT, 0, 0, -1));
        }
    }
}

fn hold_send_result(result: *const so_send_result) {
    // SAFETY: the handle is live or NULL, and every index is allowed.
    unsafe {
        let count = so_send_result_response_count(result);
        for index in (0..count.min(3)).chain([count, usize::MAX]) {
            let texts = [
                so_send_result_response_destination(result, index),
                so_send_result_response_reference_id(result, index),
                so_send_result_response_status(result, index),
            ];
            for text in texts {
                hold_text(text, result.is_null());
                assert!(index < count || read(text).is_none_or(str::is_empty));
            }
            let cost = so_send_result_response_cost(result, index);
            assert!(cost >= 0.0 || cost == -1.0, "a cost of {cost}");
        }
        hold_text(so_send_result_json(result), result.is_null());
        hold_text(so_send_result_reference_id(result), result.is_null());
        hold_text(so_send_result_status(result), result.is_null());
        hold_text(so_send_result_description(result), result.is_null());
        assert!(so_send_result_cost(result) >= -1.0);
        let (http_status, attempts) = (so_send_result_http_status(result), so_send_result_attempts(result));
        so_send_result_elapsed_us(result);
        assert!(result.is_null() || (200..300).contains(&http_status) && attempts == 1);
    }
}

fn hold_verify_result(result: *const so_verify_result) {
    // SAFETY: the handle is live or NULL.
    unsafe {
        hold_text(so_verify_result_reference_id(result), result.is_null());
        hold_text(so_verify_result_status(result), result.is_null());
        hold_text(so_verify_result_description(result), result.is_null());
        so_verify_result_http_status(result);
        so_verify_result_elapsed_us(result);
        let (is_verified, outcome) = (so_verify_result_is_verified(result), so_verify_result_outcome(result));
        assert!(result.is_null() || (is_verified == 1) == (outcome == 1) && (1..=4).contains(&outcome));
    }
}

/// A text is there unless its handle is not.
fn hold_text(text: *const c_char, is_absent: bool) {
    assert_eq!(read(text).is_none(), is_absent);
}

fn read<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: an accessor's string lives as long as its handle, which the caller holds.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_str().expect("a text is UTF-8"))
}
