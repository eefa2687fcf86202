//! Colours, on a terminal only.

use std::io::IsTerminal;

use fusebox::State;

use crate::inventory::Health;

/// Puts colours around words if the output is a terminal.
#[derive(Clone, Copy)]
pub(crate) struct Paint {
    is_on: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Plain,
    Grey,
    Bold,
    Green,
    Yellow,
    Red,
}

impl Paint {
    /// Colours the output if it is a terminal and `NO_COLOR` is not set.
    pub(crate) fn for_stdout() -> Self {
        let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            is_on: is_wanted && std::io::stdout().is_terminal(),
        }
    }

    pub(crate) fn paint(self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::Plain => return text.to_owned(),
            Colour::Grey => 90,
            Colour::Bold => 1,
            Colour::Green => 32,
            Colour::Yellow => 33,
            Colour::Red => 31,
        };
        if self.is_on {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

pub(crate) fn of_state(state: State) -> Colour {
    match state {
        State::Closed | State::ForcedClosed => Colour::Green,
        State::Open | State::ForcedOpen => Colour::Red,
        _ => Colour::Yellow,
    }
}

pub(crate) fn of_health(health: Health) -> Colour {
    match health {
        Health::Healthy => Colour::Green,
        Health::Failing | Health::Hanging => Colour::Red,
    }
}
