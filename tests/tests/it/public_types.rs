//! The traits of public types, as CONTRIBUTING.md decides them.

use std::{
    error::Error,
    fmt::{Debug, Display},
    hash::Hash,
};

use fusebox::config::InvalidOverrides;
use fusebox::{
    BreakerEvent, CallError, Cause, ConfigError, Conflict, DeclareError, Difference, Event, EventKind,
    InstallError, LastChange, LastTrip, Location, Name, Operator, Outcome, ParseError, Rate, Reason,
    RecvError, Refusal, Rejected, Settings, Source, State, Threshold, TimedOut, Totals, Transitions, Trials,
    Verdict, Window,
};

fn may_be_counted_by<T: Debug + Clone + Eq + Hash + Send + Sync>() {}

fn is_read_by_people<T: Display>() {}

fn is_an_error<T: Error + Clone + Eq + Hash + Send + Sync + 'static>() {}

macro_rules! for_each {
    ($check:ident: $($type:ty),* $(,)?) => { $($check::<$type>();)* };
}

#[test]
fn values_are_compared_hashed_and_cloned() {
    for_each!(may_be_counted_by: BreakerEvent, Cause<u8>, Conflict, Difference, Event, EventKind, LastChange, LastTrip, Location,
        Name, Operator, Outcome, Rate, Reason, Settings, Source, State, Threshold, Totals, Transitions, Trials, Verdict,
        Window);
}

#[test]
fn what_people_read_has_display() {
    for_each!(is_read_by_people: BreakerEvent, Cause<u8>, Conflict, Difference, Event, EventKind, Location, Name, Operator, Outcome,
        Rate, Reason, Settings, Source, State, Threshold, Window);
}

#[test]
fn errors_are_values_too() {
    for_each!(is_an_error: CallError<std::fmt::Error>, ConfigError, DeclareError, InstallError, InvalidOverrides, ParseError, RecvError, Refusal, Rejected,
        TimedOut);
}
