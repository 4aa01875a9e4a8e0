//! `so_client`: the calls that do the work.

use std::ffi::c_char;

use super::call::so_call;
use super::error::so_error;
use super::guard::contain;
use super::handle::{borrow, clear, free, give};
use super::options::so_options;
use super::send_result::so_send_result;
use super::status::so_status;
use super::text::TextArgument;
use super::verify_result::so_verify_result;
use crate::attempt::Attempt;
use crate::call::Call;
use crate::client::{self, Client};
use crate::errors::Error;
use crate::errors::Status;
use crate::input;
use crate::net::THIS_MACHINE;
use crate::options::{MAX_SHORT_BYTES, Options};
use crate::panic_probe::panic_if_asked;
use crate::sys::Stop;

/// A client of the service: immutable, used by any number of threads at once, freed with so_free_client.
pub struct so_client {
    client: Client,
}

const API_KEY: TextArgument =
    TextArgument { name: "api_key", max_bytes: input::api_key::MAX_BYTES, too_long: Status::InvalidApiKey };
const SOURCE: TextArgument =
    TextArgument { name: "source", max_bytes: MAX_SHORT_BYTES, too_long: Status::InvalidSource };
const DESTINATION: TextArgument = TextArgument {
    name: "destination",
    max_bytes: input::destination::MAX_BYTES,
    too_long: Status::InvalidDestination,
};
const CONTENT: TextArgument =
    TextArgument { name: "content", max_bytes: input::content::MAX_BYTES, too_long: Status::InvalidContent };
const REFERENCE_ID: TextArgument = TextArgument {
    name: "reference_id",
    max_bytes: input::reference_id::MAX_BYTES,
    too_long: Status::InvalidReferenceId,
};
const CODE: TextArgument =
    TextArgument { name: "code", max_bytes: input::code::MAX_BYTES, too_long: Status::InvalidCode };

/// Runs a call that gives `output` or `error`, by the laws: outputs are NULL first, a NULL `output` is refused before
/// anything happens, a panic becomes an error.
///
/// # Safety
/// Both outputs are NULL or valid for a write.
unsafe fn run<T>(
    output: *mut *mut T,
    output_name: &str,
    error: *mut *mut so_error,
    stop: Option<&Stop>,
    body: impl FnOnce(&mut Attempt) -> Result<T, Error>,
) -> so_status {
    // SAFETY: the caller's promise.
    unsafe {
        clear(output);
        clear(error);
    }
    // Outside what is contained, so that it tells after a panic what has left.
    let mut attempt = Attempt::not_begun(THIS_MACHINE, stop);
    let refused_or = |attempt: &mut Attempt| {
        if output.is_null() {
            return Err(Error::refused(
                Status::InvalidArgument,
                format!("{output_name} is NULL; pass the address of a pointer to take it. Nothing was sent."),
            ));
        }
        body(attempt)
    };
    let outcome = contain(None, || Some(refused_or(&mut attempt)));
    match outcome.unwrap_or_else(|| Err(client::error_of_a_panic(&attempt))) {
        Ok(value) => {
            // SAFETY: the caller's promise.
            unsafe { give(output, value) };
            Status::Ok.number()
        }
        Err(failed) => {
            let status = failed.status().number();
            // SAFETY: the caller's promise.
            unsafe { give(error, failed.into()) };
            status
        }
    }
}

/// The client behind a handle.
///
/// # Safety
/// NULL or a live handle.
unsafe fn client_of<'a>(handle: *const so_client) -> Result<&'a Client, Error> {
    // SAFETY: the caller's promise.
    let handle = unsafe { borrow(handle) };
    handle
        .map(|handle| &handle.client)
        .ok_or_else(|| Error::refused(Status::InvalidArgument, "client is NULL. Nothing was sent."))
}

/// The client behind a handle, for the fuzz targets, which plant an answer in it.
///
/// # Safety
/// NULL or a live handle.
#[cfg(feature = "fuzzing")]
pub unsafe fn client_behind<'a>(handle: *const so_client) -> Option<&'a Client> {
    // SAFETY: the caller's promise.
    unsafe { borrow(handle) }.map(|handle| &handle.client)
}

/// Makes a client. It opens no socket and starts no thread, and shares its connections with all other clients of the
/// process. The options may be NULL (all defaults), and may be freed afterwards.
/// Fails with SHOUTOUT_INVALID_API_KEY, or with SHOUTOUT_INVALID_ARGUMENT and a message that names the option, also
/// when its setter refused it and nobody looked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_client_new(
    api_key: *const c_char,
    options: *const so_options,
    client: *mut *mut so_client,
    error: *mut *mut so_error,
) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the string and the outputs.
    unsafe {
        run(client, "client", error, None, |_| {
            let api_key = API_KEY.read(api_key)?;
            panic_if_asked("boundary", api_key.as_bytes());
            let client = match borrow(options) {
                Some(handle) => Client::new(api_key, &handle.options)?,
                None => Client::new(api_key, &Options::new())?,
            };
            Ok(so_client { client })
        })
    }
}

/// Has the service make a passcode, put it in the place of {{code}} in the content, and send that by SMS. Blocks for
/// at most timeout_ms.
/// source: the sender mask, 1 to 11 printable ASCII characters or up to 15 digits, registered with the provider.
/// destination: the number in E.164 format, such as "+94 77 123 4567"; a leading + or 00, spaces, - . ( and ) may stand
/// in it, and it goes out as digits.
/// content: the text, with {{code}} in it; at most 16384 bytes of UTF-8.
/// After a failure, so_error_delivery tells whether an SMS may be on its way. The request is tried again by itself only
/// while it surely was not sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_otp(
    client: *const so_client,
    source: *const c_char,
    destination: *const c_char,
    content: *const c_char,
    result: *mut *mut so_send_result,
    error: *mut *mut so_error,
) -> so_status {
    // SAFETY: the same promises; NULL is no call.
    unsafe { so_send_otp_with(client, std::ptr::null_mut(), source, destination, content, result, error) }
}

/// The same as so_send_otp, with the settings of one call; NULL for none.
/// Fails with SHOUTOUT_CANCELLED after so_call_cancel, and with SHOUTOUT_INVALID_ARGUMENT if a setter of the call refused its value
/// or another call uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_otp_with(
    client: *const so_client,
    call: *mut so_call,
    source: *const c_char,
    destination: *const c_char,
    content: *const c_char,
    result: *mut *mut so_send_result,
    error: *mut *mut so_error,
) -> so_status {
    // SAFETY: law 1 for the handles, law 2 for the strings and the outputs.
    unsafe {
        let settings = borrow(call.cast_const()).map(|handle| &handle.call);
        run(result, "result", error, settings.map(Call::stop), |attempt| {
            let client = client_of(client)?;
            let source = SOURCE.read(source)?;
            let destination = DESTINATION.read(destination)?;
            let content = CONTENT.read(content)?;
            panic_if_asked("boundary", content.as_bytes());
            let sent = client.send(settings, source, destination, content, attempt)?;
            panic_if_asked("result", content.as_bytes());
            Ok(so_send_result::from(sent))
        })
    }
}

/// Asks whether a code is the right one for a send. Blocks for at most timeout_ms. A wrong code is a result, not an
/// error: SHOUTOUT_OK, and so_verify_result_is_verified gives 0.
/// reference_id: of the send, at most 256 bytes. code: what the user typed, at most 256 bytes without control characters;
/// it goes out as it is, so trim what a form may add.
/// After a failure, SHOUTOUT_DELIVERY_UNKNOWN means that the attempt may have been counted, or the code used up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_otp(
    client: *const so_client,
    reference_id: *const c_char,
    code: *const c_char,
    result: *mut *mut so_verify_result,
    error: *mut *mut so_error,
) -> so_status {
    // SAFETY: the same promises; NULL is no call.
    unsafe { so_verify_otp_with(client, std::ptr::null_mut(), reference_id, code, result, error) }
}

/// The same as so_verify_otp, with the settings of one call; NULL for none. It fails as so_send_otp_with does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_otp_with(
    client: *const so_client,
    call: *mut so_call,
    reference_id: *const c_char,
    code: *const c_char,
    result: *mut *mut so_verify_result,
    error: *mut *mut so_error,
) -> so_status {
    // SAFETY: law 1 for the handles, law 2 for the strings and the outputs.
    unsafe {
        let settings = borrow(call.cast_const()).map(|handle| &handle.call);
        run(result, "result", error, settings.map(Call::stop), |attempt| {
            let client = client_of(client)?;
            let reference_id = REFERENCE_ID.read(reference_id)?;
            let code = CODE.read(code)?;
            panic_if_asked("boundary", code.as_bytes());
            client.verify(settings, reference_id, code, attempt).map(so_verify_result::from)
        })
    }
}

/// Frees a client, once no thread uses it any more; NULL does nothing. Its connections stay with the process for the
/// next client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_free_client(client: *mut so_client) {
    // SAFETY: law 1: NULL or a handle that is given back.
    contain((), || unsafe { free(client) });
}
