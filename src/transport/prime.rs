//! Makes ureq's one process-wide lazy value before any send can race with a `fork()`.
//! ureq keeps its default Accept-Encoding in a blocking once-cell that every request looks at, whatever its headers: a
//! child forked while another thread filled it would wait for that thread for ever. So it is filled when a client is
//! made; whoever can send has a client.

use std::sync::atomic::{AtomicU64, Ordering};

use ureq::Agent;
use ureq::config::Config;
use ureq::http::{Request, Uri};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::sys::ProcessMark;

/// Nobody has begun.
const UNTOUCHED: u64 = 0;
/// The value stands. Every other number is the mark of the process that is filling it.
const DONE: u64 = u64::MAX;

static STATE: AtomicU64 = AtomicU64::new(UNTOUCHED);

/// The fork came while another thread of the parent was inside [`prime`]: this process could wait for ever.
#[derive(Debug)]
pub(crate) struct ForkedTooEarly;

/// Fills the value, unless that is done. Cheap from the second call on.
pub(crate) fn prime() -> Result<(), ForkedTooEarly> {
    if STATE.load(Ordering::Acquire) == DONE {
        return Ok(());
    }
    let own = ProcessMark::current().number();
    match STATE.compare_exchange(UNTOUCHED, own, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => {}
        Err(DONE) => return Ok(()),
        // Another thread of this process: ureq makes us wait for it, which is what we want.
        Err(other) if other == own => {}
        Err(_) => return Err(ForkedTooEarly),
    }
    // Fails at the name, which comes after the value and before any socket.
    let agent = Agent::with_parts(Config::builder().proxy(None).build(), (), NoNames);
    let _ = Request::post("http://localhost/").body(()).map(|request| agent.run(request));
    STATE.store(DONE, Ordering::Release);
    Ok(())
}

/// Finds no name.
#[derive(Debug)]
struct NoNames;

impl Resolver for NoNames {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Err(ureq::Error::HostNotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_primed_it_stays_so() {
        prime().unwrap();
        assert_eq!(STATE.load(Ordering::Acquire), DONE);
        prime().unwrap();
    }
}
