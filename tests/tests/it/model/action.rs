//! What may happen to a breaker, and random sequences of it.

use fusebox_tests::model::{Breaker, End, Nanos, Settings, Window};
use fusebox_tests::subject::Via;
use proptest::prelude::*;
use proptest::sample::Index;

/// One event.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    /// The clock goes on by a length that matters, and a little more or less.
    Advance(Length, Nanos),
    /// The clock steps back.
    StepBack(Length, Nanos),
    /// A call is requested.
    Acquire(Via),
    /// One of the calls that are out ends.
    End(Index, End),
    /// A call is requested and ends at once.
    Run(Via, End),
    /// A call is requested while the body of another one is polled.
    Nest(Index, Via),
    /// Callers give up, one after the other.
    Abandon(Via),
    /// `trip()`.
    Trip,
    /// `reset()`.
    Reset,
    /// `force_open()`.
    ForceOpen,
    /// `force_closed()`.
    ForceClosed,
    /// `release()`.
    Release,
    /// `update()`, to one of the plan's settings.
    Update(Index),
}

/// A length of time that matters to a breaker.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    /// None.
    Zero,
    /// Until it admits again.
    Wait,
    /// The plain cooldown.
    Cooldown,
    /// The window.
    Window,
    /// A tenth of the window.
    Slice,
    /// From when on a call is slow.
    Slow,
}

impl Length {
    /// In nanoseconds, for this breaker now.
    pub(crate) fn of(self, settings: &Settings, model: &Breaker) -> Nanos {
        let window = match settings.window {
            Window::Time(length) => length,
            Window::None | Window::Calls(_) => 0,
        };
        match self {
            Self::Zero => 0,
            Self::Wait => model.wait().unwrap_or(0),
            Self::Cooldown => settings.cooldown,
            Self::Window => window,
            Self::Slice => (window / 10).max(1),
            Self::Slow => settings.slow_call.unwrap_or(0),
        }
    }
}

/// A life: up to 150 events.
pub(crate) fn life() -> impl Strategy<Value = Vec<Action>> {
    prop::collection::vec(action(), 1..150)
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        8 => (length(), -1..=1 as Nanos).prop_map(|(length, more)| Action::Advance(length, more)),
        2 => (0..40 as Nanos).prop_map(|by| Action::Advance(Length::Zero, by)),
        1 => (length(), 0..=2 as Nanos).prop_map(|(length, more)| Action::StepBack(length, more)),
        10 => via().prop_map(Action::Acquire),
        10 => (any::<Index>(), end()).prop_map(|(which, end)| Action::End(which, end)),
        8 => (via(), end()).prop_map(|(via, end)| Action::Run(via, end)),
        4 => (any::<Index>(), via()).prop_map(|(outer, via)| Action::Nest(outer, via)),
        1 => via().prop_map(Action::Abandon),
        1 => prop_oneof![
            3 => Just(Action::Trip),
            2 => Just(Action::Reset),
            1 => Just(Action::ForceOpen),
            3 => Just(Action::ForceClosed),
            4 => Just(Action::Release),
            2 => any::<Index>().prop_map(Action::Update),
        ],
    ]
}

fn length() -> impl Strategy<Value = Length> {
    prop_oneof![
        1 => Just(Length::Zero),
        4 => Just(Length::Wait),
        2 => Just(Length::Cooldown),
        1 => Just(Length::Window),
        2 => Just(Length::Slice),
        2 => Just(Length::Slow),
    ]
}

fn via() -> impl Strategy<Value = Via> {
    prop_oneof![2 => Just(Via::Permit), 1 => Just(Via::Call), 2 => Just(Via::Classified)]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        6 => Just(End::Success),
        6 => Just(End::Failure),
        1 => Just(End::Ignored),
        1 => Just(End::Panic),
        2 => Just(End::Drop),
    ]
}
