//! Running a program that may never end.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks whether a program has ended that has nothing more to say.
const LOOK: Duration = Duration::from_millis(2);

/// What a program said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) output: String,
    pub(super) complaint: String,
}

impl Said {
    /// Nothing, or what it complained of.
    pub(super) fn success(&self) -> io::Result<()> {
        // `security -i` says of every line what it thinks and ends well all the same.
        let first = self.complaint.lines().map(str::trim).find(|line| !line.is_empty());
        match (self.code, first) {
            (Some(0), None) => Ok(()),
            (_, Some(why)) => Err(io::Error::other(why.to_owned())),
            (_, None) => Err(io::Error::other("the keychain did not say why")),
        }
    }
}

/// Runs a program with an input, and ends it after a while.
pub(super) fn run(
    program: &Path,
    arguments: &[&str],
    input: &str,
    limit: Duration,
) -> io::Result<Said> {
    let end = Instant::now() + limit;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read says itself what is wrong. What is written fits the pipe.
        stdin.write_all(input.as_bytes()).ok();
    }
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let said = (all(stdout), all(stderr));
        sender.send(said).ok();
    });
    let said = receiver.recv_timeout(limit).ok();
    let status = ended(&mut child, end)?;
    if let (Some((output, complaint)), Some(status)) = (said, status) {
        return Ok(Said { code: status.code(), output, complaint });
    }
    child.kill().ok();
    child.wait().ok();
    Err(io::Error::new(io::ErrorKind::TimedOut, "the keychain does not answer"))
}

fn all(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    stream.map(|mut stream| stream.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn ended(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}
