//! Programs on pipes and in terminals: their output apart, their input, signals, exits, restarts.

use super::stand::{Folder, came, viva};

/// Runs one scenario of a role `tool`, whose program is this.
fn tool(program: &str, settings: &str, steps: &str) -> super::stand::Came {
    let folder = Folder::new().with("tool.py", program).with(
        "x.yaml",
        format!(
            "viva: 1\nscenario: x\nroles: {{ tool: {{ find: tool.py, ready: started, {settings} }} }}\n\
             cast: {{ tool: {{ role: tool }} }}\nsteps:\n{steps}"
        ),
    );
    let output = viva()
        .args(["run", &folder.at("x.yaml"), "--submission", &folder.at("")])
        .output()
        .expect("viva starts");
    came(output)
}

const PIPES: &str = "terminal: false";

#[test]
fn on_pipes_output_and_errors_are_apart() {
    let program = "import sys\nprint('out', flush=True)\nprint('err', file=sys.stderr, flush=True)\n\
                   print('end', flush=True)\nsys.stdin.read()\n";
    let apart = "  - tool: { expect: out }\n  - tool: { expect: err, on: stderr }\n  - tool: { expect: { exactly: \"\\nend\" } }\n  \
                 - tool: { close: stdin }\n  - tool: { expect: { exit: 0 } }\n";
    tool(program, PIPES, apart).exits(0);
    // In a terminal they are one.
    let together =
        "  - tool: { expect: out }\n  - tool: { expect: err }\n  - tool: { expect: end }\n";
    tool(program, "terminal: true", together).exits(0);
    // What is expected of the wrong one is told where it was.
    let wrong = "  - tool: { expect: err, within: 1s }\n";
    tool(program, PIPES, wrong).exits(1);
}

#[test]
fn what_is_held_back_in_a_buffer_never_comes() {
    let program = "print('ready')\nimport time\ntime.sleep(1000)\n";
    let steps = "  - tool: { expect: ready, within: 1s }\n";
    tool(program, PIPES, steps).exits(1).prints("flush=True");
    // A terminal does not hold back lines.
    tool(program, "terminal: true", "  - tool: { expect: ready }\n").exits(0);
}

#[test]
fn how_a_program_ends_is_told_by_status_and_signal() {
    for (program, exit) in [
        ("raise SystemExit(7)", "7"),
        ("1 / 0", "1"),
        ("import os; os.kill(os.getpid(), 15)", "SIGTERM"),
        ("import os; os.abort()", "SIGABRT"),
        ("", "any"),
    ] {
        let steps = format!("  - tool: {{ expect: {{ exit: {exit} }} }}\n");
        for settings in [PIPES, "terminal: true"] {
            tool(program, settings, &steps).exits(0);
        }
    }
    tool(
        "raise SystemExit(7)",
        PIPES,
        "  - tool: { expect: { exit: 0 } }\n",
    )
    .exits(1)
    .prints("with status 7");
}

#[test]
fn signals_and_keys_reach_the_program() {
    // A handler must not call print() while the program may be in it.
    let program = r#"
import os, signal
def on(number, _):
    os.write(1, b"got " + signal.Signals(number).name.encode() + b"\n")
    if number == signal.SIGTERM: os._exit(3)
for number in (signal.SIGINT, signal.SIGUSR1, signal.SIGTERM): signal.signal(number, on)
os.write(1, b"ready\n")
while True: signal.pause()
"#;
    let signals = "  - tool: { expect: ready }\n  - tool: { signal: USR1 }\n  - tool: { expect: got SIGUSR1 }\n  \
                   - tool: { signal: INT }\n  - tool: { expect: got SIGINT }\n  - tool: { signal: TERM }\n  \
                   - tool: { expect: got SIGTERM }\n  - tool: { expect: { exit: 3 } }\n";
    for settings in [PIPES, "terminal: true"] {
        tool(program, settings, signals).exits(0);
    }
    let keys = "  - tool: { expect: ready }\n  - tool: { key: ctrl-c }\n  - tool: { expect: got SIGINT }\n";
    tool(program, "terminal: true", keys).exits(0);
}

#[test]
fn the_end_of_input_and_what_is_typed() {
    let program = "import sys\nfor line in sys.stdin: print('line', line.strip().upper(), flush=True)\nprint('over')\n";
    let steps = |end: &str| {
        format!(
            "  - tool: {{ send: 你好 }}\n  - tool: {{ expect: line 你好 }}\n  - tool: {{ send: abc }}\n  \
             - tool: {{ expect: line ABC }}\n  - tool: {{ {end} }}\n  - tool: {{ expect: over }}\n  \
             - tool: {{ expect: {{ exit: 0 }} }}\n"
        )
    };
    tool(program, PIPES, &steps("close: stdin")).exits(0);
    tool(program, "terminal: true", &steps("close: stdin")).exits(0);
    tool(program, "terminal: true", &steps("key: ctrl-d")).exits(0);
}

#[test]
fn a_program_is_stopped_and_started_again_and_finds_its_files() {
    let program = "import os, time\ncount = len(open('runs').read()) if os.path.exists('runs') else 0\n\
                   open('runs', 'a').write('x')\nprint('run', count + 1, flush=True)\ntime.sleep(1000)\n";
    let steps = "  - tool: { expect: run 1 }\n  - tool: { restart: true }\n  - tool: { expect: run 2 }\n  \
                 - tool: { stop: true }\n  - tool: { expect: { exit: SIGKILL } }\n  - tool: { start: true }\n  \
                 - tool: { expect: run 3 }\n";
    // `start` in the steps means that it is not started before them.
    let steps = format!("  - tool: {{ start: true }}\n{steps}");
    for settings in [PIPES, "terminal: true"] {
        tool(program, settings, &steps).exits(0);
    }
}

#[test]
fn files_that_a_program_writes_are_read() {
    let program = "open('答案.txt', 'w').write('42 苹果')\nprint('written', flush=True)\nopen('log', 'w').write('one\\ntwo\\n')\n";
    let steps = "  - tool: { expect: { exit: 0 } }\n  - tool: { expect: { file: 答案.txt, equals: 42 苹果 } }\n  \
                 - tool: { expect: { file: log, contains: two } }\n";
    tool(program, PIPES, steps).exits(0);
    let wrong = steps.replace("42 苹果", "43");
    tool(program, PIPES, &wrong).exits(1).prints("答案.txt");
}

#[test]
fn silence_is_broken_by_an_empty_message() {
    let server = "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9999))
while True:
    data, sender = s.recvfrom(2048)
    s.sendto(b'', sender)
    s.sendto(data, sender)
    if data == b'empty': s.sendto(b'', sender)
";
    // What an `expect` has passed over is no matter, but since that step.
    let calm = "  - alice: { send: hello, as: asked }\n  - alice: { expect: hello }\n  - alice: { silent: true }\n";
    let empty =
        "  - alice: { send: empty }\n  - alice: { expect: empty }\n  - alice: { silent: true }\n";
    let judged = |transport: &str, role: &str, steps: &str, lang: &str| {
        let folder = Folder::new().with("server.py", server).with(
            "x.yaml",
            format!(
                "viva: 1\nscenario: x\nconventions: {{ transport: {transport} }}\nroles: {{ server: {{ {role} }} }}\n\
                 cast: {{ server: {{ role: server }}, alice: {{ connects: server }} }}\nsteps:\n{steps}"
            ),
        );
        let (file, submission) = (folder.at("x.yaml"), folder.at(""));
        let mut viva = viva();
        viva.args(["run", &file, "--lang", lang]);
        if role.starts_with("find") {
            viva.args(["--submission", &submission]);
        }
        came(viva.output().expect("viva starts"))
    };
    let own = "find: server.py";
    judged("udp", own, calm, "en").exits(0);
    let noticed = judged("udp", own, empty, "en").exits(1);
    noticed.prints("But alice received an empty message.");
    let since = format!("{calm}  - alice: {{ silent: true, since: asked }}\n");
    judged("udp", own, &since, "en").exits(1).prints("step 4");
    let echo = "reference: [websocket-echo-server, --port, \"${port}\"]";
    let empty = "  - alice: { send: '' }\n  - alice: { silent: true }\n";
    let noticed = judged("websocket", echo, empty, "zh").exits(1);
    noticed.prints("但 alice 收到了一条空消息。");
}
