//! A clock that a test sets, for a process that starts with it.

use std::{fs, path::PathBuf, process::Command};

/// The clock of some processes; their monotonic clocks stay as they are.
pub(crate) struct HostClock {
    library: String,
    file: PathBuf,
}

impl HostClock {
    /// A clock that is right; `None` if this machine has no `faketime`.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let output = Command::new("faketime")
            .args(["-f", "+0", "sh", "-c", "echo $LD_PRELOAD"])
            .output();
        let library = String::from_utf8(output.ok()?.stdout).ok()?.trim().to_owned();
        let file = std::env::temp_dir().join(format!("fusebox-clock-{}-{name}", std::process::id()));
        let clock = Self { library, file };
        clock.set("+0");
        Some(clock)
    }

    /// Jumps, for example to `+365d`.
    pub(crate) fn set(&self, offset: &str) {
        fs::write(&self.file, offset).expect("the folder of temporary files is writable");
    }

    /// The variables for a `redis-server` with this clock.
    ///
    /// Debian's `redis-server` uses jemalloc, which reads the clock before `faketime` is ready. So
    /// each waits for the other. With the allocator of the C library, the server starts.
    pub(crate) fn environment_of_redis(&self) -> Vec<(String, String)> {
        let mut environment = self.environment();
        environment[0].1.push_str(" libc.so.6");
        environment
    }

    /// The variables for a process with this clock.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let file = self.file.to_str().expect("a plain path");
        let variables = [
            ("LD_PRELOAD", self.library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", file),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("DONT_FAKE_MONOTONIC", "1"),
        ];
        variables
            .map(|(variable, value)| (variable.to_owned(), value.to_owned()))
            .into()
    }
}

impl Drop for HostClock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}
