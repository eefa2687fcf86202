//! The rules between the keys of one table. The messages are those of the
//! attribute.

use crate::{
    config::{self, Settings, limits::MAX_WINDOW_CALLS},
    overrides::{
        Mistake,
        key::TableKey,
        section::{Section, SectionEntry},
    },
};

const THRESHOLD: TableKey = TableKey::Setting(config::Setting::Threshold);
const WINDOW: TableKey = TableKey::Setting(config::Setting::Window);
const MINIMUM_CALLS: TableKey = TableKey::Setting(config::Setting::MinimumCalls);
const SLOW_CALL: TableKey = TableKey::Setting(config::Setting::SlowCall);
const COOLDOWN: TableKey = TableKey::Setting(config::Setting::Cooldown);
const MAX_COOLDOWN: TableKey = TableKey::Setting(config::Setting::MaxCooldown);

/// Returns what no attribute or builder could make right: values that exclude
/// each other.
///
/// `own` are the entries of the table, `merged` those and the ones of its template. A pair of the
/// template alone is a mistake of the template.
pub(super) fn check(own: &Section, merged: &Section) -> Vec<Mistake> {
    let rules = Rules { own, merged };
    let found = [
        rules.window(),
        rules.minimum_calls(),
        rules.slow_call(),
        rules.cooldowns(),
        rules.reason(),
    ];
    found.into_iter().flatten().collect()
}

struct Rules<'a> {
    own: &'a Section,
    merged: &'a Section,
}

impl Rules<'_> {
    fn window(&self) -> Option<Mistake> {
        let failures = self.setting(THRESHOLD)?.threshold().as_failures()?;
        let window = self.setting(WINDOW)?.window()?;
        if failures > MAX_WINDOW_CALLS {
            let message = format!("`threshold` is too large; the largest value is {MAX_WINDOW_CALLS}");
            return self.on_later(THRESHOLD, WINDOW, message);
        }
        let calls = window.as_calls().filter(|calls| failures > *calls)?;
        let message = format!(
            "`threshold = {failures}` is never reached in `window = {calls}`; lower `threshold` to {calls} or raise `window`"
        );
        self.on_later(THRESHOLD, WINDOW, message)
    }

    fn minimum_calls(&self) -> Option<Mistake> {
        let minimum = self.setting(MINIMUM_CALLS)?.minimum_calls_as_given()?;
        let calls = self.setting(WINDOW)?.window()?.as_calls();
        let calls = calls.filter(|calls| minimum > *calls)?;
        let message = format!(
            "`minimum_calls = {minimum}` is never reached in `window = {calls}`; lower `minimum_calls` to {calls} or raise `window`"
        );
        self.on_later(MINIMUM_CALLS, WINDOW, message)
    }

    fn slow_call(&self) -> Option<Mistake> {
        let slow_call = self.setting(SLOW_CALL)?.slow_call()?;
        self.merged.timeout().filter(|timeout| slow_call >= *timeout)?;
        let message = "`slow_call` is never reached, because `timeout` ends the call first; make `slow_call` shorter than `timeout`";
        self.on_later(SLOW_CALL, TableKey::Timeout, message.to_owned())
    }

    fn cooldowns(&self) -> Option<Mistake> {
        let cooldown = self.setting(COOLDOWN)?.cooldown();
        let longest = self.setting(MAX_COOLDOWN)?.max_cooldown();
        longest.filter(|longest| *longest < cooldown)?;
        let message = "`max_cooldown` is shorter than `cooldown`; raise `max_cooldown` or lower `cooldown`";
        self.on_later(COOLDOWN, MAX_COOLDOWN, message.to_owned())
    }

    fn reason(&self) -> Option<Mistake> {
        let reason = self.own.get(TableKey::Reason)?;
        if self.merged.get(TableKey::Mode).is_some() {
            return None;
        }
        let message = "`reason` explains a `mode`; add for example `mode = \"forced_open\"` or remove it";
        Some(Mistake::new(reason.place, Some("reason"), message))
    }

    fn setting(&self, key: TableKey) -> Option<&Settings> {
        self.merged.get(key).and_then(SectionEntry::setting)
    }

    /// Returns the mistake of two keys that exclude each other, on the later one of
    /// the table.
    fn on_later(&self, a: TableKey, b: TableKey, message: String) -> Option<Mistake> {
        let later = [a, b]
            .into_iter()
            .filter_map(|key| self.own.get(key))
            .max_by_key(|entry| entry.place)?;
        Some(Mistake::new(later.place, Some(later.key.name()), message))
    }
}
