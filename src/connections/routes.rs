//! The routes of one process, one per distinct setting, kept after the last client is freed: a PHP-FPM worker, whose objects are freed
//! with each request, sends its second OTP on the warm connection of the first.

use std::sync::{Arc, Mutex, MutexGuard};

use super::route::{Route, RouteSettings};
use crate::lru::LruList;
use crate::net::Names;
use crate::panics::lock;

/// The lock is held to find or add an entry, never across I/O.
#[derive(Default)]
pub(super) struct Routes(Mutex<LruList<Arc<Route>>>);

impl Routes {
    /// The route with these settings, made on first use.
    pub(super) fn get(&self, settings: &RouteSettings, names: &Arc<Names>) -> Arc<Route> {
        let mut routes = self.lock();
        if let Some(known) = routes.find(|route| route.settings() == settings) {
            return known.clone();
        }
        let route = Arc::new(Route::new(settings.clone(), names.clone()));
        routes.put(route.clone());
        route
    }

    /// Forgets a route in which something panicked.
    pub(super) fn discard(&self, route: &Arc<Route>) {
        self.lock().take(|known| Arc::ptr_eq(known, route));
    }

    fn lock(&self) -> MutexGuard<'_, LruList<Arc<Route>>> {
        lock(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::ProxyUrl;
    use crate::tls::Roots;

    fn settings(port: usize) -> RouteSettings {
        let proxy = ProxyUrl::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        RouteSettings { roots: Roots::WebPki, proxy: Some(proxy) }
    }

    #[test]
    fn equal_settings_share_a_route_until_it_is_discarded() {
        let (routes, names) = (Routes::default(), Arc::default());
        let first = routes.get(&settings(1), &names);
        assert!(Arc::ptr_eq(&first, &routes.get(&settings(1), &names)));
        assert!(!Arc::ptr_eq(&first, &routes.get(&settings(2), &names)));
        routes.discard(&first);
        assert!(!Arc::ptr_eq(&first, &routes.get(&settings(1), &names)));
    }

    #[test]
    fn the_list_is_bounded_and_what_is_in_use_stays() {
        let (routes, names) = (Routes::default(), Arc::default());
        let used = routes.get(&settings(1), &names);
        for port in 2..2 + 64 {
            routes.get(&settings(port), &names);
            assert!(Arc::ptr_eq(&used, &routes.get(&settings(1), &names)));
        }
        assert_eq!(routes.lock().iter().count(), 64);
    }
}
