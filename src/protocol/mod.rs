//! The service's protocol: JSON out, JSON in, and the two status tables, which must never be one
//! (1001 is success on send and failure on verify).

mod answer;
mod http_status;
mod problem;
mod retry_after;
mod send;
mod send_result;
mod verify;
mod verify_result;

pub use send_result::{SendResponse, SendResult};
pub use verify_result::{VerifyOutcome, VerifyResult};

pub(crate) use answer::foreign_text;
pub(crate) use send::{read_send_answer, send_body};
pub(crate) use verify::{Question, read_verify_answer, verify_body};
