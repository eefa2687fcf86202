//! Drives a model and a subject, and compares them after every action.

use fusebox_tests::model::{Admission, Breaker, End, Nanos, Rejection, Settings, Story};
use fusebox_tests::subject::{Subject, Via};

use super::action::Action;
use super::settings::Plan;

/// A model and a subject that have gone through the same.
pub(crate) struct Pair<S> {
    /// The model.
    pub(crate) model: Breaker,
    /// What is compared with it.
    pub(crate) subject: S,
    /// The clock of both.
    pub(crate) now: Nanos,
    /// All events.
    pub(crate) events: Vec<Story>,
    /// How many calls were admitted, and how many of them as extra trials.
    pub(crate) admitted: (usize, usize),
    /// How many calls were admitted as a part of a trial call.
    pub(crate) nested: usize,
    /// How many calls have ended.
    pub(crate) ended: u64,
    settings: Settings,
    /// The calls that are out: their numbers on both sides.
    out: Vec<(usize, usize, Via)>,
}

/// What the model and the subject answer to the request of a call.
type Answers = (
    Result<(usize, Admission), Rejection>,
    Result<(usize, Option<bool>), Rejection>,
);

/// Lives one life and returns the first difference, if there is one.
pub(crate) fn live<S: Subject>(plan: &Plan, start: Nanos, actions: &[Action]) -> Result<Pair<S>, String> {
    let mut pair = Pair::new(plan.settings, start);
    for (number, action) in actions.iter().enumerate() {
        pair.act(*action, plan)
            .and_then(|()| pair.compare())
            .map_err(|difference| format!("after event {number}, {action:?}:\n{difference}"))?;
    }
    Ok(pair)
}

impl<S: Subject> Pair<S> {
    fn new(settings: Settings, now: Nanos) -> Self {
        let (model, subject) = (Breaker::new(settings, now), S::start(&settings, now));
        Self {
            model,
            subject,
            now,
            events: Vec::new(),
            admitted: (0, 0),
            nested: 0,
            ended: 0,
            settings,
            out: Vec::new(),
        }
    }

    fn act(&mut self, action: Action, plan: &Plan) -> Result<(), String> {
        match action {
            Action::Advance(length, more) => {
                self.move_clock((length.of(&self.settings, &self.model) + more).max(0));
            }
            Action::StepBack(length, more) => self.move_clock(-length.of(&self.settings, &self.model) - more),
            Action::Acquire(via) => {
                self.acquire(via)?;
            }
            Action::End(which, end) => {
                if !self.out.is_empty() {
                    let call = self.out.remove(which.index(self.out.len()));
                    self.end(call, end);
                }
            }
            Action::Run(via, end) => {
                if self.acquire(via)? {
                    let call = self.out.pop().expect("just admitted");
                    self.end(call, end);
                }
            }
            Action::Nest(outer, via) => {
                if !self.out.is_empty() {
                    let outer = self.out[outer.index(self.out.len())];
                    self.acquire_within(outer, via)?;
                }
            }
            Action::Abandon(via) => {
                for _ in 0..6 {
                    if self.acquire(via)? {
                        let call = self.out.pop().expect("just admitted");
                        self.end(call, End::Drop);
                    }
                }
            }
            Action::Trip => self.both(Breaker::trip, S::trip),
            Action::Reset => self.both(Breaker::reset, S::reset),
            Action::ForceOpen => self.both(Breaker::force_open, S::force_open),
            Action::ForceClosed => self.both(Breaker::force_closed, S::force_closed),
            Action::Release => self.both(Breaker::release_override, S::release_override),
            Action::Update(which) => {
                self.settings = *which.get(&plan.updates);
                self.model.update(self.settings);
                self.subject.update(&self.settings);
            }
        }
        Ok(())
    }

    fn both(&mut self, model: impl Fn(&mut Breaker), subject: impl Fn(&mut S)) {
        model(&mut self.model);
        subject(&mut self.subject);
    }

    fn move_clock(&mut self, by: Nanos) {
        self.now = (self.now + by).max(0);
        self.model.set_clock(self.now);
        self.subject.set_clock(self.now);
    }

    fn acquire(&mut self, via: Via) -> Result<bool, String> {
        let answers = (self.model.acquire(), self.subject.acquire(via));
        self.admit(answers, via)
    }

    /// R20, unless the outer call is a permit, which has no body.
    fn acquire_within(&mut self, outer: (usize, usize, Via), via: Via) -> Result<bool, String> {
        let (ours, theirs, outer_via) = outer;
        let answers = if outer_via == Via::Permit {
            (self.model.acquire(), self.subject.acquire(via))
        } else {
            (
                self.model.acquire_within(ours),
                self.subject.acquire_within(theirs, via),
            )
        };
        self.admit(answers, via)
    }

    fn admit(&mut self, answers: Answers, via: Via) -> Result<bool, String> {
        match answers {
            (Ok((ours, admission)), Ok((theirs, is_trial))) => {
                let expected = admission.is_trial();
                if is_trial.is_some_and(|is_trial| is_trial != expected) {
                    return Err(format!(
                        "the model admits it as {admission:?}, the subject says trial: {is_trial:?}"
                    ));
                }
                self.out.push((ours, theirs, via));
                self.admitted.0 += 1;
                self.admitted.1 += usize::from(admission == Admission::Extra);
                self.nested += usize::from(admission == Admission::Nested);
                Ok(true)
            }
            (Err(ours), Err(theirs)) if ours == theirs => Ok(false),
            (ours, theirs) => Err(format!("model: {ours:?}\nsubject: {theirs:?}")),
        }
    }

    fn end(&mut self, (ours, theirs, via): (usize, usize, Via), end: End) {
        let end = possible(via, end);
        self.ended += 1;
        self.model.end(ours, end);
        self.subject.end(theirs, end);
    }

    fn compare(&mut self) -> Result<(), String> {
        equal("view", &Subject::view(&self.model), &self.subject.view())?;
        let story = self.model.take_story();
        equal("story", &story, &self.subject.story())?;
        self.events.extend(story);
        Ok(())
    }
}

/// A panic and a drop end a permit alike, and a `Result` has no third case.
fn possible(via: Via, end: End) -> End {
    match (via, end) {
        (Via::Permit, End::Panic) => End::Failure,
        (Via::Call, End::Ignored) => End::Success,
        _ => end,
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, model: &T, subject: &T) -> Result<(), String> {
    if model == subject {
        Ok(())
    } else {
        Err(format!("{what}\n  model:   {model:?}\n  subject: {subject:?}"))
    }
}
