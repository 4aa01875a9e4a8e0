//! The two things that one can ask of the service, and what a delivery means for each.

use crate::errors::Delivery;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Send,
    Verify,
}

impl Operation {
    /// The last sentence of every error message: where the user of the application stands now.
    pub(crate) fn outlook(self, delivery: Delivery) -> &'static str {
        match (self, delivery) {
            (Operation::Send, Delivery::NotSent) => "No SMS was sent.",
            (Operation::Send, Delivery::Unknown) => "An SMS may be on its way: ask the user to wait before a resend.",
            (Operation::Verify, Delivery::NotSent) => "The code was not checked, and no attempt was used up.",
            (Operation::Verify, Delivery::Unknown) => {
                "The attempt may have been counted, or the code used up: treat the code as not verified."
            }
        }
    }
}
