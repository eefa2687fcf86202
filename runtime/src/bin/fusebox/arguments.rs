//! The arguments of the command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::duration;

/// What a newcomer reads below the list of commands.
const HELP: &str = "\
States:
  closed         calls are admitted
  open           calls are rejected until the cooldown ends
  half_open      a few trial calls decide whether it closes or opens again
  forced_open    an operator rejects every call, until `release` or the end of --for
  forced_closed  an operator admits every call, likewise
  disabled       switched off by configuration: calls are admitted and not counted

Examples:
  Which breakers does this instance have, and why is `payments` open?
    fusebox --at http://127.0.0.1:9090 list
    fusebox --at http://127.0.0.1:9090 explain payments
  The provider is down: reject its calls on all instances of `orders` for 30 minutes
    fusebox --at redis://localhost:6379 --service orders \\
      force open payments --for 30m --reason \"provider down\"
  Only one instance has trouble with it
    fusebox --at redis://localhost:6379 --service orders \\
      force open payments --instance pod-3 --for 10m --reason \"bad host\"
  It is back sooner
    fusebox --at redis://localhost:6379 --service orders \\
      release payments --reason \"provider is back\"
  Less to write
    export FUSEBOX_AT=redis://localhost:6379 FUSEBOX_SERVICE=orders
    fusebox watch

Secrets come from the environment or from --secret-file, never from an argument:
  FUSEBOX_TOKEN           the token of the page
  FUSEBOX_STORE_PASSWORD  the password of the store
  FUSEBOX_STORE_USER      the user of the store, unless it is the default user
  SSL_CERT_FILE           the certificate authority of `https://` and `rediss://`,
                          unless it is one that this machine trusts

Exit codes:
  0  done
  1  the command was refused, or a name was not found
  2  wrong arguments
  3  the store or the instance cannot be reached
  4  the token or the password was refused";

/// Shows and commands circuit breakers: of one instance, or of a whole fleet
///
/// A circuit breaker rejects calls to a service that fails, so that callers do
/// not wait for it. This program shows the state of each breaker and the reason
/// for it, and lets an operator decide by hand.
///
///   --at http://HOST:PORT                   one instance, through the page that it serves
///   --at redis://HOST:PORT --service NAME   all instances of a service, through their store
#[derive(Debug, Parser)]
#[command(name = "fusebox", version, verbatim_doc_comment, after_long_help = HELP)]
pub(crate) struct Arguments {
    /// The page of an instance (`http`, `https`) or the store of a fleet (`redis`,
    /// `rediss`)
    #[arg(long, global = true, env = "FUSEBOX_AT", value_name = "URL")]
    pub(crate) at: Option<String>,
    /// The service whose instances share the store
    #[arg(long, global = true, env = "FUSEBOX_SERVICE", value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// A file with the password of the store or the token of the instance
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Writes JSON for scripts
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The command to run.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the breakers; of a fleet, those that are not closed everywhere
    List,
    /// Shows everything about one breaker
    Show {
        /// The breaker
        name: String,
    },
    /// Explains why a breaker is in its state, and what happens next
    Explain {
        /// The breaker
        name: String,
    },
    /// Shows the last changes of one breaker (one instance only)
    History {
        /// The breaker
        name: String,
    },
    /// Prints each change until it is interrupted
    Watch {
        /// Ends after this time
        #[arg(long = "for", value_parser = duration::parse, value_name = "DURATION")]
        lasting: Option<Duration>,
    },
    /// Lists the live instances of a fleet
    Instances,
    /// Forces breakers open or closed
    Force {
        /// The state
        state: Forced,
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        on: On,
        /// Ends by itself after this time, for example `90s`, `30m`, `2h`.
        /// Default: never
        #[arg(long = "for", value_parser = duration::parse, value_name = "DURATION")]
        lasting: Option<Duration>,
        #[command(flatten)]
        author: Author,
    },
    /// Releases forced breakers
    Release {
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        on: On,
        #[command(flatten)]
        author: Author,
    },
    /// Opens breakers for one cooldown (one instance only)
    Trip {
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        author: Author,
    },
    /// Closes breakers (one instance only)
    Reset {
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        author: Author,
    },
    /// Changes settings: `threshold=5`, `threshold=50%`, `cooldown=10s` (one
    /// instance only)
    Set {
        /// The breaker
        name: String,
        /// One or more `key=value`
        #[arg(required = true, value_name = "KEY=VALUE")]
        settings: Vec<String>,
        #[command(flatten)]
        author: Author,
    },
    /// Prints the line that gives a Redis user the rights that a fleet needs
    Acl {
        /// The Redis user
        #[arg(default_value = "orders")]
        user: String,
    },
    /// Checks a file of overrides against the breakers of a running instance
    Check {
        /// The file
        file: PathBuf,
    },
}

/// The state to force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Forced {
    /// Rejects every call
    Open,
    /// Admits every call
    Closed,
}

/// The breakers of a command.
#[derive(Debug, Args)]
pub(crate) struct Names {
    /// The breakers; `*` stands for any characters
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Does not stop at a pattern that matches several breakers
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The instance of a command.
#[derive(Debug, Args)]
pub(crate) struct On {
    /// Acts on this instance of the fleet alone. Default: on all instances, or on
    /// the one whose page `--at` names
    #[arg(long, value_parser = given, value_name = "ID")]
    pub(crate) instance: Option<String>,
}

/// The operator and the reason, which every instance shows.
#[derive(Debug, Args)]
pub(crate) struct Author {
    /// Why, for the next person that reads it
    #[arg(long, value_parser = given)]
    pub(crate) reason: String,
    /// Your name
    #[arg(long, env = "USER", default_value = "unknown", value_parser = given)]
    pub(crate) who: String,
}

fn given(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it is empty; write a few words".to_owned()),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        let help = Arguments::command().render_long_help().to_string();
        assert!(
            !help.contains("--token") && !help.contains("--password"),
            "{help}"
        );
    }
}
