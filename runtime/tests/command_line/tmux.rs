//! A real terminal: keys in, screen out.

use std::{
    process::{Command, Output},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use super::{program, skip::skipped};

static TERMINALS: AtomicU32 = AtomicU32::new(0);

/// A shell in a terminal of 80 columns and 50 lines; ended when dropped.
pub(crate) struct Terminal {
    /// The server of this terminal alone.
    socket: String,
}

impl Terminal {
    /// Starts it with these variables; `None`, with a line, if there is no `tmux`.
    pub(crate) fn start(environment: &[(&str, &str)]) -> Option<Self> {
        let number = TERMINALS.fetch_add(1, Ordering::Relaxed);
        let terminal = Self {
            socket: format!("fusebox-test-{}-{number}", std::process::id()),
        };
        let mut command = Command::new("tmux");
        command.args(["-L", &terminal.socket, "-f", "/dev/null", "-u"]);
        command.args(["new-session", "-d", "-x", "80", "-y", "50"]);
        command.args(["-e", &format!("FUSEBOX={}", program::PATH)]);
        for (name, value) in environment {
            command.args(["-e", &format!("{name}={value}")]);
        }
        let started = command.args(["sh"]).output();
        let output = started.inspect_err(|error| skipped("tmux", error)).ok()?;
        assert!(output.status.success(), "{}", program::text(&output));
        // A key that is pressed before the prompt is there appears twice.
        terminal.wait(|screen| !screen.trim().is_empty(), "a prompt");
        Some(terminal)
    }

    /// Types a line, as a person does. `$FUSEBOX` is the path of the program.
    pub(crate) fn types(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.press("Enter");
    }

    /// Presses a key, for example `C-c`.
    pub(crate) fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// The text on the screen.
    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.tmux(&["capture-pane", "-p"]).stdout).into_owned()
    }

    /// The text on the screen with its colours.
    pub(crate) fn coloured_screen(&self) -> String {
        String::from_utf8_lossy(&self.tmux(&["capture-pane", "-p", "-e"]).stdout).into_owned()
    }

    /// Waits until the screen shows this.
    pub(crate) fn shows(&self, text: &str) -> String {
        self.wait(|screen| screen.contains(text), text)
    }

    fn wait(&self, is_there: impl Fn(&str) -> bool, what: &str) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if is_there(&screen) {
                return screen;
            }
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "{what:?} is not on\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn tmux(&self, words: &[&str]) -> Output {
        let output = Command::new("tmux")
            .args(["-L", &self.socket])
            .args(words)
            .output()
            .expect("it has started the session");
        assert!(output.status.success(), "{words:?}: {}", program::text(&output));
        output
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // An error: the shell has ended already, and the server with it.
        let _ = Command::new("tmux")
            .args(["-L", &self.socket, "kill-server"])
            .output();
    }
}
