//! What an organisation has set, in force.

use super::updating::Asked;
use super::{Background, Loaded, failure, normal_host};
use crate::engine::policy::{Policy, PolicySource};
use crate::engine::state::{SourceState, State};
use crate::protocol::{Event, Failure, PolicyStatus, Sensitivity};
use crate::source::{Clock, Fetch, Store};

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Takes a policy into force: JSON, or none. What came before it, and is not in it, is in force no more.
    pub async fn set_policy(&self, text: Option<&str>) {
        self.ready().await;
        let policy = Policy::parse(text);
        if *self.policy.borrow() == policy {
            return;
        }
        *self.policy.borrow_mut() = policy;
        self.load().await;
        self.tell(Event::SettingsChanged);
        self.index_changed();
    }

    /// Fetches the organisation's sources that nobody was asked for yet.
    pub async fn fetch_managed(&self) {
        self.ready().await;
        let never_asked =
            |source: &&Loaded| source.managed && source.publication.is_err() && source.last_check.is_none();
        let ids: Vec<String> =
            self.loaded.borrow().iter().filter(never_asked).map(|source| source.id.clone()).collect();
        for id in ids {
            self.update_sources(Some(&id), Asked::ByAlarm).await;
        }
    }

    /// Forgets the organisation's sources that its policy does not name any more. Not at the start: browsers may say late
    /// what the policy is.
    pub(super) async fn drop_unmanaged(&self) -> Result<(), Failure> {
        let named: Vec<String> =
            self.policy.borrow().sources.iter().map(|source| source.key.source().to_string()).collect();
        let left = |id: &String, stored: &SourceState| stored.managed && !named.contains(id);
        if !self.state.borrow().sources.iter().any(|(id, stored)| left(id, stored)) {
            return Ok(());
        }
        let drop_them = |state: &mut State| {
            state.sources.retain(|id, stored| !left(id, stored));
            Ok::<(), Failure>(())
        };
        self.change(drop_them, Vec::new()).await
    }

    /// Adds the organisation's sources to those that are loaded, and says which are used.
    pub(super) async fn apply_policy(&self, loaded: &mut Vec<Loaded>, state: &State) {
        let policy = self.policy.borrow().clone();
        for PolicySource { url, key, name } in policy.sources {
            let id = key.source().to_string();
            let at = match loaded.iter().position(|source| source.id == id) {
                Some(at) => at,
                None => {
                    let stored = state.sources.get(&id).cloned();
                    let stored = stored.unwrap_or_else(|| SourceState::new(key.to_string(), None, false));
                    let Some(source) = self.load_added(&id, &stored).await else { continue };
                    loaded.push(source);
                    loaded.len() - 1
                }
            };
            let source = &mut loaded[at];
            (source.managed, source.url) = (true, Some(url.as_str().to_owned()));
            source.catalogue_name = name.or_else(|| source.catalogue_name.take());
        }
        for source in loaded {
            source.enabled = source.managed || !policy.only_these_sources && source.enabled;
        }
    }

    /// Whether the person may switch this source on and off.
    pub(super) fn is_locked(&self, source: &Loaded) -> bool {
        source.managed || self.policy.borrow().only_these_sources
    }

    /// How readily to speak.
    pub(super) fn sensitivity(&self) -> Sensitivity {
        self.policy.borrow().sensitivity.unwrap_or(self.state.borrow().sensitivity)
    }

    /// What the organisation says of a site.
    pub(super) fn managed_site(&self, host: &str) -> Option<bool> {
        self.policy.borrow().site(&normal_host(host))
    }

    /// What the extension's own pages show of it; none where nothing is set.
    pub(super) fn policy_status(&self) -> Option<PolicyStatus> {
        let policy = self.policy.borrow();
        (!policy.is_empty()).then(|| PolicyStatus {
            only_these_sources: policy.only_these_sources,
            disabled_sites: policy.disabled_sites.rules(),
            enabled_sites: policy.enabled_sites.rules(),
            sensitivity_locked: policy.sensitivity.is_some(),
            language_locked: policy.language.is_some(),
            seen_log: policy.seen_log,
            notifications: policy.notifications,
            problems: policy.problems.clone(),
        })
    }
}

/// The refusal of what an organisation has set.
pub(super) fn set_by_organisation() -> Failure {
    failure("setByOrganisation", "the organisation that manages this browser has set this")
}
