//! What a person would call a process.

use std::fs;

use super::rest::Thread;

/// The name of a thread, as pthread_setname_np(3) sets it.
pub(super) fn of_thread(thread: Thread) -> String {
    let path = format!("/proc/{}/task/{}/comm", thread.process, thread.thread);
    let name = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&name)
        .trim_end_matches('\n')
        .to_owned()
}

/// How the threads that HotSpot makes for itself are called, or begin: its own (os::set_native_thread_name), and those of java.base. At
/// most 15 bytes of a name are kept.
const HELPERS: [&str; 15] = [
    "GC Thread#",
    "G1 ",
    "VM Thread",
    "VM Periodic Tas",
    "Reference Handl",
    "Finalizer",
    "Signal Dispatch",
    "Service Thread",
    "Monitor Deflati",
    "C1 CompilerThre",
    "C2 CompilerThre",
    "Sweeper thread",
    "Notification Th",
    "Common-Cleaner",
    "Attach Listener",
];

/// Whether a thread of this name is one that Java's virtual machine has made for itself. Its first one only waits for the one that runs main().
pub(super) fn is_helper(thread: Thread, name: &str) -> bool {
    name == "java" && thread.thread == thread.process
        || HELPERS.iter().any(|helper| name.starts_with(helper))
}

/// Executables that run what their first argument names.
const INTERPRETERS: [&str; 9] = [
    "python", "node", "ruby", "perl", "bash", "sh", "dash", "java", "php",
];
/// Options of theirs that take the next word.
const WITH_WORD: [&str; 8] = [
    "-X",
    "-W",
    "-cp",
    "-classpath",
    "--class-path",
    "-p",
    "-r",
    "-I",
];

/// The script that an interpreter runs, or the last part of the executable's path.
pub(super) fn of_process(pid: i32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<String> = line
        .split(|byte| *byte == 0)
        .take(64)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let main = Thread {
        process: pid,
        thread: pid,
    };
    named_by(&words).unwrap_or_else(|| of_thread(main))
}

fn named_by(words: &[String]) -> Option<String> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let own = last(words.first().filter(|word| !word.is_empty())?);
    let stem = own.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !INTERPRETERS.contains(&stem) {
        return Some(own);
    }
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-m" | "-jar" => return rest.next().map(|name| last(name)),
            "-c" | "-e" | "" => return Some(own),
            // Python's -I is one of the few that take none.
            "-I" if stem == "python" => {}
            word if WITH_WORD.contains(&word) => {
                rest.next();
            }
            word if word.starts_with('-') => {}
            word => return Some(last(word)),
        }
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_called_by_its_script() {
        let of = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            named_by(&words)
        };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(
            of("/usr/bin/python3.11 -u -X dev /tmp/x/server.py 9999"),
            named("server.py")
        );
        assert_eq!(of("python3 -I server.py"), named("server.py"));
        assert_eq!(of("python3 -m http.server"), named("http.server"));
        assert_eq!(of("python3 -c pass"), named("python3"));
        assert_eq!(of("java -cp . ChatServer"), named("ChatServer"));
        assert_eq!(of("./server 9999"), named("server"));
        assert_eq!(of(""), None);
    }
}
