//! The client: checks the input, sends it, repeats it only where that is safe, and returns the result or the error.

use std::fmt;
use std::time::{Duration, Instant};

use crate::attempt::{Attempt, Limits};
use crate::call::{Call, InUse};
use crate::connections::{Program, RouteSettings};
use crate::errors::{Delivery, Error, NetworkFault, Status};
use crate::http1::{Answer, Request, RequestHead};
use crate::input::{api_key, code, content, destination::Destination, reference_id, source};
use crate::net::THIS_MACHINE;
use crate::operation::Operation;
use crate::options::{Header, Options};
use crate::planted_faults::{PlantedFault, is_planted};
use crate::protocol::{self, Question, SendResult, VerifyResult};
use crate::retry;
use crate::scrubber::Scrubber;
use crate::secret::Secret;

/// A client of the service: an API key and options, immutable and shared by any number of threads.
///
/// Cheap to make: it opens no socket and starts no thread, and all clients of a process share their connections.
/// It survives `fork()`: a child opens connections of its own. Dropping it wipes its copies of the key.
pub struct Client {
    api_key: Secret,
    options: Options,
    program: Program,
    route: RouteSettings,
    send_head: RequestHead,
    verify_head: RequestHead,
    #[cfg(feature = "fuzzing")]
    pub(crate) planted: crate::testing::planted::Planted,
}

impl Client {
    /// Checks the key and the options; nothing leaves the machine.
    ///
    /// # Errors
    /// [`Status::InvalidApiKey`], or [`Status::InvalidArgument`] with the name of the option at fault, also when its
    /// setter has reported it before.
    pub fn new(api_key: &str, options: &Options) -> Result<Client, Error> {
        Client::of_program(Program::This, api_key, options)
    }

    /// The same for a client whose program may be a simulated one.
    pub(crate) fn of_program(program: Program, api_key: &str, options: &Options) -> Result<Client, Error> {
        api_key::check(api_key)?;
        options.check()?;
        let head = |path| request_head(path, api_key, options, &[]);
        Ok(Client {
            api_key: Secret::new(api_key),
            program,
            route: RouteSettings { roots: options.roots().clone(), proxy: options.proxy().cloned() },
            send_head: head(options.base_url().send_path()),
            verify_head: head(options.base_url().verify_path()),
            options: options.clone(),
            #[cfg(feature = "fuzzing")]
            planted: Default::default(),
        })
    }

    /// Asks the service to make a passcode, to put it in place of `{{code}}` in `content`, and to send the text by SMS.
    ///
    /// * `source`: the sender mask, registered with the provider; 1 to 11 printable ASCII characters or up to 15 digits.
    /// * `destination`: the number in E.164 format; a leading `+` or `00` and separators are allowed.
    /// * `content`: the template, with `{{code}}` in it; at most 16 KiB of UTF-8.
    ///
    /// # Errors
    /// [`Error::delivery`] tells whether an SMS may be on its way. The library repeats the request only while it
    /// surely was not sent; there is no idempotency key, so a second request would be a second SMS.
    pub fn send_otp(&self, source: &str, destination: &str, content: &str) -> Result<SendResult, Error> {
        self.send(None, source, destination, content, &mut Attempt::not_begun(THIS_MACHINE, None))
    }

    /// The same as [`Client::send_otp`], with the settings of one call.
    ///
    /// # Errors
    /// [`Status::Cancelled`] after [`Call::cancel`]; [`Status::InvalidArgument`] where a setter of the call refused its value, or
    /// the call is in use.
    pub fn send_otp_with(
        &self,
        call: &Call,
        source: &str,
        destination: &str,
        content: &str,
    ) -> Result<SendResult, Error> {
        let mut attempt = Attempt::not_begun(THIS_MACHINE, Some(call.stop()));
        self.send(Some(call), source, destination, content, &mut attempt)
    }

    /// The same as `send_otp`. The caller passes the attempt, so it knows after a panic whether the request was sent.
    pub(crate) fn send(
        &self,
        call: Option<&Call>,
        source: &str,
        destination: &str,
        content: &str,
        attempt: &mut Attempt,
    ) -> Result<SendResult, Error> {
        source::check(source)?;
        let destination = Destination::parse(destination)?;
        content::check(content)?;
        let _in_use = self.begin_use(call)?;
        let body = protocol::send_body(source, destination.digits(), content);
        let scrubber = || {
            let mut scrubber = self.scrubber(call);
            scrubber.hide_number(destination.digits());
            scrubber
        };
        let own_head = self.own_head(self.options.base_url().send_path(), call);
        let head = own_head.as_ref().unwrap_or(&self.send_head);
        let job =
            Job { operation: Operation::Send, head, body: &body, timeout: self.timeout(call), scrubber: &scrubber };
        let (answer, attempts) = self.carry_out(&job, attempt)?;
        match protocol::read_send_answer(answer, attempt.world, scrubber) {
            Ok(result) => Ok(SendResult { attempts, elapsed: attempt.elapsed(), ..result }),
            Err(error) => Err(error.after(attempts, attempt.elapsed())),
        }
    }

    /// Asks whether a code is the right one for a send. A wrong code is a result, not an error.
    ///
    /// * `reference_id`: of the send ([`SendResult::reference_id`]); at most 256 bytes.
    /// * `code`: what the user typed; at most 256 bytes without control characters.
    ///
    /// # Errors
    /// Never for a code that the service calls wrong or expired. [`Delivery::Unknown`] means that the attempt may have
    /// been counted, or the code used up.
    pub fn verify_otp(&self, reference_id: &str, code: &str) -> Result<VerifyResult, Error> {
        self.verify(None, reference_id, code, &mut Attempt::not_begun(THIS_MACHINE, None))
    }

    /// The same as [`Client::verify_otp`], with the settings of one call.
    ///
    /// # Errors
    /// As those of [`Client::send_otp_with`].
    pub fn verify_otp_with(&self, call: &Call, reference_id: &str, code: &str) -> Result<VerifyResult, Error> {
        let mut attempt = Attempt::not_begun(THIS_MACHINE, Some(call.stop()));
        self.verify(Some(call), reference_id, code, &mut attempt)
    }

    /// The same as `verify_otp`, with the caller's attempt as in [`Client::send`].
    pub(crate) fn verify(
        &self,
        call: Option<&Call>,
        reference_id: &str,
        code: &str,
        attempt: &mut Attempt,
    ) -> Result<VerifyResult, Error> {
        reference_id::check(reference_id)?;
        code::check(code)?;
        let _in_use = self.begin_use(call)?;
        let body = protocol::verify_body(reference_id, code);
        let scrubber = || {
            let mut scrubber = self.scrubber(call);
            scrubber.hide(code);
            scrubber
        };
        let own_head = self.own_head(self.options.base_url().verify_path(), call);
        let head = own_head.as_ref().unwrap_or(&self.verify_head);
        let job =
            Job { operation: Operation::Verify, head, body: &body, timeout: self.timeout(call), scrubber: &scrubber };
        let (answer, attempts) = self.carry_out(&job, attempt)?;
        match protocol::read_verify_answer(answer, &Question { reference_id, code }, attempt.world, scrubber) {
            Ok(result) => Ok(VerifyResult { elapsed: attempt.elapsed(), ..result }),
            Err(error) => Err(error.after(attempts, attempt.elapsed())),
        }
    }

    fn begin_use<'a>(&self, call: Option<&'a Call>) -> Result<Option<InUse<'a>>, Error> {
        call.map(|call| call.begin_use(self.options.headers().len())).transpose()
    }

    fn timeout(&self, call: Option<&Call>) -> Duration {
        call.and_then(Call::timeout).unwrap_or(self.options.timeout())
    }

    /// The head of a call that has headers of its own.
    fn own_head(&self, path: &str, call: Option<&Call>) -> Option<RequestHead> {
        let headers = call.map(Call::headers).filter(|headers| !headers.is_empty())?;
        Some(request_head(path, self.api_key.expose(), &self.options, headers))
    }

    /// Makes attempts until one gives an answer, or until another attempt is not safe or cannot help.
    fn carry_out(&self, job: &Job, attempt: &mut Attempt) -> Result<(Answer, u32), Error> {
        if let Err(fault) = attempt.prepare_to_stop() {
            return Err(job.error(&fault, attempt, 0));
        }
        let mut attempts = 1;
        let mut stale_connections = 0;
        loop {
            let fault = match self.attempt_once(job, attempt) {
                Ok(answer) if answer.http_status == 500 && is_planted(PlantedFault::AnsweredIsRetried) => {
                    NetworkFault::cut_off()
                }
                Ok(answer) => return Ok((answer, attempts)),
                Err(fault) => fault,
            };
            if attempt.met_a_stale_connection(&fault) && stale_connections < MAX_STALE_CONNECTIONS {
                stale_connections += 1;
                continue;
            }
            let may_be_repeated = attempts <= self.options.max_retries() && attempt.may_be_repeated(&fault);
            let pause =
                if may_be_repeated { retry::pause_after(attempts, job.deadline(attempt), attempt.world) } else { None };
            match pause {
                Some(pause) => attempt.world.pause(pause, attempt.stop),
                None => return Err(job.error(&fault, attempt, attempts)),
            }
            if let Err(fault) = attempt.check_stop() {
                return Err(job.error(&fault, attempt, attempts));
            }
            attempts += 1;
        }
    }

    /// One attempt.
    fn attempt_once(&self, job: &Job, attempt: &mut Attempt) -> Result<Answer, NetworkFault> {
        let request = Request { head: job.head, body: job.body };
        let is_late = is_planted(PlantedFault::DeadlineRestarts);
        let deadline = if is_late { attempt.world.now() + job.timeout } else { job.deadline(attempt) };
        let limits =
            Limits { deadline, connect_deadline: deadline.min(attempt.world.now() + self.options.connect_timeout()) };
        *attempt = attempt.next(limits, self.route.proxy.is_some());
        #[cfg(feature = "fuzzing")]
        if let Some(answer) = self.planted.take(&request, attempt) {
            return Ok(answer);
        }
        self.program.connections().send_request(&self.route, &request, attempt)
    }

    /// Hides what this client and the call know: the key, header values, proxy credentials.
    fn scrubber<'a>(&'a self, call: Option<&'a Call>) -> Scrubber<'a> {
        let mut scrubber = Scrubber::default();
        scrubber.hide_token(self.api_key.expose());
        for header in self.options.headers().iter().chain(call.into_iter().flat_map(Call::headers)) {
            scrubber.hide(header.value.expose());
        }
        for secret in self.options.proxy().into_iter().flat_map(|proxy| proxy.secrets()) {
            scrubber.hide(secret);
        }
        scrubber
    }
}

/// The error after a panic. As after any fault, the delivery depends on whether the last byte was sent.
pub(crate) fn error_of_a_panic(attempt: &Attempt) -> Error {
    let delivery = attempt.delivery();
    let outlook = match delivery {
        Delivery::NotSent => "Nothing was sent.",
        Delivery::Unknown => "The service may have got the request.",
    };
    Error::new(Status::InternalError, delivery, format!("The library failed inside; please report this. {outlook}"))
}

/// How many stale connections one call may replace.
const MAX_STALE_CONNECTIONS: u32 = 64;

/// One call's request, the same for every attempt.
struct Job<'a> {
    operation: Operation,
    head: &'a RequestHead,
    body: &'a [u8],
    timeout: Duration,
    /// Makes the scrubber, which is needed only if there is foreign text.
    scrubber: &'a dyn Fn() -> Scrubber<'a>,
}

impl Job<'_> {
    /// The end of the whole call.
    fn deadline(&self, attempt: &Attempt) -> Instant {
        attempt.call_start + self.timeout
    }

    /// The message of a fault: what happened, the detail, what it means for the user, and what to do.
    fn error(&self, fault: &NetworkFault, attempt: &Attempt, attempts: u32) -> Error {
        let delivery = attempt.delivery();
        let detail = protocol::foreign_text(&fault.detail, &&(self.scrubber)());
        let times = if attempts > 1 { format!(", tried {attempts} times") } else { String::new() };
        let outlook = self.operation.outlook(delivery);
        let (summary, service) = (fault.summary(attempt.phase), self.head.origin().host_field());
        let hint = fault.hint(attempt.phase, attempt.via_proxy);
        let message = format!("{summary}, service {service} ({detail}){times}. {outlook} {hint}");
        Error::new(fault.status(), delivery, message.trim_end()).after(attempts, attempt.elapsed())
    }
}

/// The head of a request to a path. It is made once, except for a call with headers of its own. `Authorization` follows the provider's page (doc).
fn request_head(path: &str, api_key: &str, options: &Options, of_call: &[Header]) -> RequestHead {
    // One allocation: a string that grows leaves copies of the key behind.
    let credentials = Secret::new([options.auth_scheme(), " ", api_key].concat());
    let user_agent = options.user_agent();
    let mut fields = vec![
        ("authorization", credentials.expose()),
        ("content-type", "application/json"),
        ("user-agent", &user_agent),
    ];
    let headers = || options.headers().iter().chain(of_call);
    fields.extend(headers().map(|header| (header.name.as_str(), header.value.expose())));
    if !headers().any(|header| header.name == "accept") {
        fields.push(("accept", "application/json"));
    }
    RequestHead::post(options.base_url().origin(), path, &fields)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api_key", &self.api_key).field("options", &self.options).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_and_all_that_it_gives_may_cross_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Client>();
        shared::<SendResult>();
        shared::<VerifyResult>();
        shared::<Error>();
    }

    #[test]
    fn json_is_asked_for_unless_the_caller_asks_for_something_else() {
        let accepted = |options: &Options| {
            let client = Client::new("key", options).unwrap();
            let accepted = client.send_head.text().lines().filter_map(|line| line.strip_prefix("accept: "));
            accepted.map(str::to_owned).collect::<Vec<_>>()
        };
        let mut options = Options::new();
        assert_eq!(accepted(&options), ["application/json"]);
        options.add_header("Accept", "application/problem+json").unwrap();
        assert_eq!(accepted(&options), ["application/problem+json"]);
    }

    #[test]
    fn debug_output_holds_neither_key_nor_header_value() {
        let mut options = Options::new();
        options.add_header("x-tenant", "canary-value").unwrap();
        let client = Client::new("canary.api.key", &options).unwrap();
        assert!(!format!("{client:?}").contains("canary"), "{client:?}");
    }
}
