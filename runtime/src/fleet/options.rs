//! The options of a process in a fleet.

use crate::fleet::{
    Share,
    error::JoinError,
    protocol::{Service, SharedName, limits::LONGEST_NAME, name},
    share::Shares,
};

/// The names and the policy with which a process joins a fleet.
///
/// | option | default |
/// |---|---|
/// | `service` | required: the instances with one service name share their states |
/// | [`instance`](Self::instance) | host name and process id, as in `orders-7d9f-4711` |
/// | [`share_all`](Self::share_all) | [`Share::Report`]: trips have no effect on other instances |
/// | [`share`](Self::share) | no exceptions |
#[derive(Debug, Clone)]
#[must_use = "options do nothing until a process joins with them"]
pub struct FleetOptions {
    service: String,
    instance: Option<String>,
    shares: Shares,
}

/// Options that have been checked.
pub(crate) struct CheckedOptions {
    pub(crate) service: Service,
    pub(crate) instance: SharedName,
    pub(crate) shares: Shares,
}

impl FleetOptions {
    /// Options for an instance of this service: 1 to 64 letters, digits or `-_.`.
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            instance: None,
            shares: Shares::default(),
        }
    }

    /// Sets the name of this process, unique within the service: 1 to 64
    /// letters, digits or `-_.`.
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = Some(name.into());
        self
    }

    /// Sets what a trip does to the other instances, for all breakers.
    pub fn share_all(mut self, share: Share) -> Self {
        self.shares.set_default(share);
        self
    }

    /// Sets what a trip does to the other instances, for the breakers whose
    /// names match the pattern: `*` stands for any characters.
    ///
    /// The last call whose pattern matches decides.
    pub fn share(mut self, pattern: impl Into<String>, share: Share) -> Self {
        self.shares.add(pattern.into(), share);
        self
    }

    pub(crate) fn check(self) -> Result<CheckedOptions, JoinError> {
        self.shares.check()?;
        let instance = self.instance.unwrap_or_else(|| {
            let host = std::env::var("HOSTNAME").unwrap_or_default();
            default_instance(&host, std::process::id())
        });
        Ok(CheckedOptions {
            service: Service::new(&self.service)?,
            instance: name::instance(&instance)?,
            shares: self.shares,
        })
    }
}

/// Returns the host's name, as far as a key may contain it, and the process id.
fn default_instance(host: &str, process: u32) -> String {
    let end = format!("-{process}");
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let host: String = host
        .chars()
        .filter(allowed)
        .take(LONGEST_NAME - end.len())
        .collect();
    let host = if host.is_empty() { "instance" } else { &host };
    format!("{host}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_name_is_always_accepted() {
        assert_eq!(default_instance("orders-7d9f", 4711), "orders-7d9f-4711");
        assert_eq!(default_instance("", 1), "instance-1");
        assert_eq!(default_instance("höst {1}", 1), "hst1-1");
        let long = default_instance(&"a".repeat(300), u32::MAX);
        assert!(name::instance(&long).is_ok(), "{long}");
    }

    #[test]
    fn a_bad_name_is_an_error() {
        let error = FleetOptions::new("orders {eu}").check().err().expect("a space");
        assert!(error.to_string().contains("the service name has ' '"), "{error}");
        let error = FleetOptions::new("orders").instance("").check().err();
        assert!(
            error
                .expect("empty")
                .to_string()
                .contains("the instance name is empty")
        );
    }
}
