//! The checks that run before money is spent: one file per input, each with the status that its refusal gives.
//! They never repair an input: a "fixed" number is a stranger's number.

pub(crate) mod api_key;
pub(crate) mod code;
pub(crate) mod content;
pub(crate) mod destination;
pub(crate) mod reference_id;
pub(crate) mod source;
