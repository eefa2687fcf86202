//! The breakers of a registry, as a member sees them.

use std::time::SystemTime;

use crate::{
    CircuitBreaker, Operator, Reason, Registry, State,
    fleet::{
        member::{Action, Breakers, Condition, View},
        protocol::{ForcedState, Standing},
        share::Shares,
    },
    state::{BaseState, Override},
};

/// The breakers of a registry with their policies.
pub(crate) struct RegistryBreakers {
    registry: Registry,
    shares: Shares,
}

impl RegistryBreakers {
    pub(crate) const fn new(registry: Registry, shares: Shares) -> Self {
        Self { registry, shares }
    }

    pub(crate) const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Returns all breakers that exist, those of groups included.
    pub(crate) fn all(&self) -> impl Iterator<Item = CircuitBreaker> + use<> {
        let keyed = self.registry.groups().flat_map(|group| group.iter());
        self.registry.iter().chain(keyed)
    }

    fn view_of(&self, breaker: &CircuitBreaker) -> View {
        let base = breaker.engine().base_snapshot();
        let settings = breaker.settings();
        View {
            condition: match base.state {
                BaseState::Closed => Condition::Closed,
                BaseState::Open => Condition::Open {
                    remaining: base.remaining,
                },
                BaseState::HalfOpen => Condition::HalfOpen { trials: base.trials },
            },
            is_forced: base.is_forced,
            rejected: base.rejected,
            cooldown: settings.cooldown(),
            max_cooldown: settings.max_cooldown(),
            quorum: self.shares.quorum(breaker.name()),
        }
    }
}

impl Breakers for RegistryBreakers {
    fn view(&self, breaker: &str) -> Option<View> {
        self.registry.get(breaker).map(|breaker| self.view_of(&breaker))
    }

    fn standing(&self, breaker: &str) -> Option<Standing> {
        let snapshot = self.registry.get(breaker)?.snapshot();
        if !matches!(
            snapshot.state,
            State::ForcedOpen | State::ForcedClosed | State::Disabled
        ) {
            return None;
        }
        let operator = snapshot.last_change.and_then(|change| change.operator);
        let (who, reason) = operator.map_or_else(Default::default, |operator| {
            (operator.who.to_string(), operator.reason.to_string())
        });
        let left = |until: SystemTime| until.duration_since(SystemTime::now()).unwrap_or_default();
        Some(Standing {
            state: snapshot.state,
            remaining: snapshot.override_until.map(left),
            who,
            reason,
        })
    }

    fn act(&self, breaker: &str, action: Action) {
        let Some(breaker) = self.registry.get(breaker) else {
            return;
        };
        let engine = breaker.engine();
        match action {
            Action::OpenFor { duration, open, live } => {
                engine.hold_open(duration, Reason::Fleet { open, live });
            }
            Action::EndCooldown => {
                engine.end_cooldown(Some(fleet("this instance makes the trial calls for all")));
            }
            Action::Close => {
                let operator = fleet("the trial calls of another instance succeeded");
                engine.close_for(Reason::TrialsSucceeded, Some(operator));
            }
            Action::Force {
                state,
                lasting,
                who,
                reason,
            } => {
                let overridden = match state {
                    ForcedState::Open => Override::Open,
                    ForcedState::Closed => Override::Closed,
                };
                engine.set_override(overridden, lasting, Some(Operator::new(who, reason)));
            }
            // A breaker that configuration disables or forces is so again.
            Action::Release => engine.release_to_configured(fleet("released on all instances")),
        }
    }
}

/// Returns the operator of what a member does for the fleet.
fn fleet(reason: &str) -> Operator {
    Operator::new("fleet", reason)
}
