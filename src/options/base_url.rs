//! The base URL: where the service is. The provider has a second front door with another prefix, tests have a
//! sandbox; neither may get the key by accident or in the clear.

use std::sync::Arc;

use http::Uri;

use crate::origin::Origin;

/// The provider's address (doc).
const PROVIDER: &str = "https://api.getshoutout.com/otpservice";

/// An `http` or `https` URL without user info, query and fragment, and the two paths below it.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    origin: Arc<Origin>,
    send_path: String,
    verify_path: String,
}

impl BaseUrl {
    pub(crate) fn provider() -> BaseUrl {
        Self::parse(PROVIDER).expect("the provider's URL is valid")
    }

    pub(crate) fn parse(text: &str) -> Result<BaseUrl, String> {
        check_text(text)?;
        let uri: Uri = text.parse().map_err(|_| "is not a URL such as https://host/path".to_owned())?;
        if !matches!(uri.scheme_str(), Some("https" | "http")) {
            return Err("does not begin with https:// (or http:// on this machine)".to_owned());
        }
        if uri.authority().is_some_and(|a| a.as_str().contains('@')) {
            return Err("holds a user name or password; the API key is given on its own".to_owned());
        }
        let path = uri.path().trim_end_matches('/');
        Ok(BaseUrl {
            origin: Arc::new(Origin::of(&uri)?),
            send_path: format!("{path}/send"),
            verify_path: format!("{path}/verify"),
        })
    }

    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    pub(crate) fn send_path(&self) -> &str {
        &self.send_path
    }

    pub(crate) fn verify_path(&self) -> &str {
        &self.verify_path
    }
}

/// What the URL parser would let through or drop silently.
fn check_text(text: &str) -> Result<(), String> {
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("holds a space, a control character or a non-ASCII character".to_owned());
    }
    if text.contains(['?', '#']) {
        return Err("has a query or a fragment; /send and /verify are appended to it".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn send_and_verify_are_appended_with_one_slash() {
        for text in ["https://gateway.example/otp", "https://gateway.example/otp/", "https://gateway.example/otp//"] {
            let url = BaseUrl::parse(text).unwrap();
            assert_eq!((url.send_path(), url.verify_path()), ("/otp/send", "/otp/verify"), "{text}");
        }
        assert_eq!(BaseUrl::parse("https://gateway.example").unwrap().send_path(), "/send");
    }

    #[test]
    fn loopback_is_told_by_name_or_literal_address() {
        for text in ["http://localhost:1", "http://LOCALHOST", "http://127.0.0.2/x", "http://[::1]:80"] {
            assert!(BaseUrl::parse(text).unwrap().origin().is_loopback(), "{text}");
        }
        for text in ["http://localhost.example", "http://127.0.0.1.example", "http://10.0.0.1", "http://[::2]"] {
            assert!(!BaseUrl::parse(text).unwrap().origin().is_loopback(), "{text}");
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for text in [
            "",
            "/otp",
            "api.example",
            "ftp://api.example",
            "https://",
            "https:///x",
            "https://u:p@api.example",
            "https://api.example?x=1",
            "https://api.example/#x",
            "https://api example/",
            "https://api.example\r\n",
            "https://api.example:0",
            "https://api.example:99999",
            "https://api.example:",
            "https://api.example:+443",
            "https://[]/",
            // Found by fuzzing: the first was looked up as a name, of the second a part was dropped.
            "https://[2001:d]:8443/otpservice",
            "http://[::1]80:80/otpservice",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text:?}");
        }
    }
}
