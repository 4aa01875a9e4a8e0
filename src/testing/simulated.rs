//! Clients and calls in a simulated world. What a fork leaves to a child, the client and its connections, is shared between
//! two simulated processes; only their worlds, and so their process marks, differ.
#![allow(missing_docs)]

use std::sync::Arc;

use crate::attempt::Attempt;
use crate::call::Call;
use crate::client::Client;
use crate::connections::{Connections, Program};
use crate::errors::Error;
use crate::net::World;
use crate::options::Options;
use crate::protocol::{SendResult, VerifyResult};

pub fn client(program: &Arc<Connections>, api_key: &str, options: &Options) -> Result<Client, Error> {
    Client::of_program(Program::Simulated(program.clone()), api_key, options)
}

pub fn send_otp(
    client: &Client,
    world: &'static dyn World,
    call: Option<&Call>,
    source: &str,
    destination: &str,
    content: &str,
) -> Result<SendResult, Error> {
    client.send(call, source, destination, content, &mut Attempt::not_begun(world, call.map(Call::stop)))
}

pub fn verify_otp(
    client: &Client,
    world: &'static dyn World,
    call: Option<&Call>,
    reference_id: &str,
    code: &str,
) -> Result<VerifyResult, Error> {
    client.verify(call, reference_id, code, &mut Attempt::not_begun(world, call.map(Call::stop)))
}
