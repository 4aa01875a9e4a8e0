//! ureq's question "which addresses?", answered from our name cache: ureq's own resolver would start a thread for
//! every request, or wait without a limit.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::names::{NameFault, Names};
use super::progress::{self, Fault, Phase};
use crate::uri::{host_of, port_of};

/// How many addresses ureq's list holds.
const MOST_ADDRESSES: usize = 16;

pub(crate) struct CachingResolver(pub(crate) Arc<Names>);

impl Resolver for CachingResolver {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let (Some(host), Some(port)) = (host_of(uri), port_of(uri)) else {
            return Err(Error::HostNotFound);
        };
        progress::enter(Phase::Resolve);
        let addresses = self.0.addresses(host, progress::deadline()).map_err(|fault| {
            progress::note(as_fault(fault));
            Error::HostNotFound
        })?;
        let mut resolved = self.empty();
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            resolved.push(SocketAddr::new(address, port));
        }
        Ok(resolved)
    }
}

fn as_fault(fault: NameFault) -> Fault {
    match fault {
        NameFault::TimedOut => Fault::TimedOut,
        NameFault::ForNow => Fault::NotResolved { for_now: true },
        NameFault::Busy => Fault::TooManyLookups,
        NameFault::NoSuchName => Fault::NotResolved { for_now: false },
        NameFault::NoThread => Fault::NoThread,
    }
}

impl fmt::Debug for CachingResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CachingResolver")
    }
}
