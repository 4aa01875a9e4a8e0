//! The transports of one process, one per distinct setting, kept when the last client is gone: a PHP-FPM worker,
//! whose objects die with each request, sends its second OTP on the warm connection of the first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::connector::Transport;
use super::names::Names;
use super::settings::Settings;
use crate::options::{ProxyUrl, Roots};
use crate::recent::Recent;

/// The lock is held to find or add an entry, never across I/O.
pub(crate) struct Registry(Mutex<Recent<Arc<Transport>>>);

impl Registry {
    pub(crate) const fn new() -> Registry {
        Registry(Mutex::new(Recent::new()))
    }

    /// The transport with these settings, made on first use.
    pub(crate) fn get(&self, settings: &Settings, names: &Arc<Names>) -> Arc<Transport> {
        let mut transports = self.lock();
        if let Some(known) = transports.find(|t| t.settings() == settings) {
            return known.clone();
        }
        let transport = Arc::new(Transport::new(settings.clone(), names.clone()));
        transports.put(transport.clone());
        transport
    }

    /// The settings of these roots and this proxy: those of the transport that has them, or else new ones.
    pub(crate) fn settings(&self, roots: &Roots, proxy: Option<&ProxyUrl>, names: &Arc<Names>) -> Settings {
        let known = self.lock().iter().map(|t| t.settings()).find(|settings| settings.are_of(roots, proxy)).cloned();
        known.unwrap_or_else(|| {
            let settings = Settings::new(roots.clone(), proxy.cloned());
            self.get(&settings, names);
            settings
        })
    }

    /// Forgets a transport in which something panicked: its locks may be poisoned.
    pub(crate) fn discard(&self, transport: &Arc<Transport>) {
        self.lock().take(|t| Arc::ptr_eq(t, transport));
    }

    fn lock(&self) -> MutexGuard<'_, Recent<Arc<Transport>>> {
        // A panic while the list was locked left it whole: every change of it is a single call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{ProxyUrl, Roots};

    fn settings(port: usize) -> Settings {
        Settings::new(Roots::WebPki, Some(ProxyUrl::parse(&format!("http://127.0.0.1:{port}")).unwrap()))
    }

    #[test]
    fn equal_settings_share_a_transport_until_it_is_discarded() {
        let (registry, names) = (Registry::new(), Arc::new(Names::new()));
        let first = registry.get(&settings(1), &names);
        assert!(Arc::ptr_eq(&first, &registry.get(&settings(1), &names)));
        assert!(!Arc::ptr_eq(&first, &registry.get(&settings(2), &names)));
        registry.discard(&first);
        assert!(!Arc::ptr_eq(&first, &registry.get(&settings(1), &names)));
    }

    #[test]
    fn the_list_is_bounded_and_what_is_in_use_stays() {
        let (registry, names) = (Registry::new(), Arc::new(Names::new()));
        let used = registry.get(&settings(1), &names);
        for port in 2..2 + 64 {
            registry.get(&settings(port), &names);
            assert!(Arc::ptr_eq(&used, &registry.get(&settings(1), &names)));
        }
        assert_eq!(registry.lock().iter().count(), 64);
    }

    #[test]
    fn equal_settings_are_made_once_for_ureq_looks_at_the_environment_each_time() {
        let (registry, names) = (Registry::new(), Arc::new(Names::new()));
        let proxy = ProxyUrl::parse("http://127.0.0.1:1").unwrap();
        let first = registry.settings(&Roots::WebPki, None, &names);
        assert!(Arc::ptr_eq(first.config(), registry.settings(&Roots::WebPki, None, &names).config()));
        let through_a_proxy = registry.settings(&Roots::WebPki, Some(&proxy), &names);
        assert!(!Arc::ptr_eq(first.config(), through_a_proxy.config()));
        assert!(Arc::ptr_eq(first.config(), registry.settings(&Roots::WebPki, None, &names).config()));
    }
}
