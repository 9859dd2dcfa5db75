//! Programs that do something to what Viva stands on: their folder, their box, the addresses and words that Viva has from them. They fail;
//! Viva doesn't.

use super::stand::{Came, Folder, run};

/// A scenario of this cast and these steps, against these programs. Every program gets its port as its argument.
fn judge(conventions: &str, scenario: &str, programs: &[(&str, &str)]) -> Came {
    let mut folder = Folder::new().with(
        "x.yaml",
        format!(
            "viva: 1\nscenario: x\nconventions: {{ message: raw, port: 9999 {conventions} }}\n\
             roles:\n  server: {{ find: server.py, arguments: [\"${{port}}\"], ready: started }}\n  \
             client: {{ find: client.py, arguments: [\"${{port}}\"], terminal: true, ready: started }}\n{scenario}\n"
        ),
    );
    for (name, program) in programs {
        folder = folder.with(name, program);
    }
    let submission = folder.at("");
    let scenario = folder.at("x.yaml");
    run(["run", &scenario, "--submission", &submission])
}

/// One that does `first`, then listens, and answers to each message `answer`.
fn server(first: &str, answer: &str) -> String {
    format!(
        "import os, resource, socket, sys, time\n{first}\nserver = socket.socket()\n\
         server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n\
         server.bind(('127.0.0.1', int(sys.argv[1])))\nserver.listen()\nclient, _ = server.accept()\n\
         while client.recv(4096):\n    {answer}\nos._exit(3)\n"
    )
}

const ALICE: &str = "cast: { server: { role: server }, alice: { connects: server } }";

#[test]
fn one_that_shuts_its_folder_before_it_is_started_again() {
    let steps = format!(
        "{ALICE}\nsteps:\n  - server: {{ restart: true }}\n  - server: {{ expect: {{ exit: 0 }} }}"
    );
    let program = server("os.chmod('.', 0)", "pass");
    judge("", &steps, &[("server.py", &program)]).exits(1);
}

#[test]
fn one_that_takes_descriptors_from_the_first_process_of_its_box() {
    let steps = format!("{ALICE}\nsteps:\n  - alice: {{ send: hi }}\n  - alice: {{ expect: hi }}");
    let program = server(
        "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (0, 0))",
        "pass",
    );
    judge("", &steps, &[("server.py", &program)])
        .exits(1)
        .prints("PermissionError: [Errno 1] Operation not permitted");
}

#[test]
fn one_that_binds_an_address_that_nobody_can_answer_to() {
    let steps = format!("{ALICE}\nsteps:\n  - alice: {{ send: hi }}\n  - alice: {{ expect: hi }}");
    // The second is nobody's: see IP_FREEBIND in ip(7).
    for (family, address) in [("INET", "255.255.255.255"), ("INET6", "2001:db8::5")] {
        let program = format!(
            "import socket, sys\nserver = socket.socket(socket.AF_{family}, socket.SOCK_DGRAM)\n\
             server.setsockopt(socket.SOL_IP, 15, 1)\nserver.bind(('{address}', int(sys.argv[1])))\nserver.recv(9)\n"
        );
        judge(", transport: udp", &steps, &[("server.py", &program)])
            .exits(1)
            .prints("But the connection was");
    }
}

#[test]
fn one_that_never_listens_though_it_counts_as_started() {
    let steps = format!("{ALICE}\nsteps:\n  - alice: {{ send: hi }}");
    judge("", &steps, &[("server.py", "input()")])
        .exits(1)
        .prints("the server must start and listen for connections")
        .prints("But the server does not listen on any port.");
    judge("", &steps, &[("server.py", "raise SystemExit(3)")])
        .exits(1)
        .prints("But the server ended with status 3 (an error) before that.");
    // One that takes its time is waited for.
    judge(
        "",
        &steps,
        &[("server.py", &server("time.sleep(0.2)", "pass"))],
    )
    .exits(0);
}

#[test]
fn one_that_has_ended_when_it_is_to_be_sent_a_signal() {
    let steps = format!(
        "{ALICE}\nsteps:\n  - alice: {{ send: hi }}\n  - server: {{ expect: {{ exit: any }} }}\n  - server: {{ signal: TERM }}"
    );
    judge("", &steps, &[("server.py", &server("", "os._exit(3)"))])
        .exits(1)
        .prints("the server must still be running, to be sent SIGTERM")
        .prints("But the server ended with status 3 (an error) before that.");
}

#[test]
fn ones_whose_words_fit_nothing() {
    let captures = |regex: &str, then: &str| {
        format!(
            "{ALICE}\nsteps:\n  - alice: {{ send: hi }}\n  - alice: {{ expect: {{ regex: '{regex}' }} }}\n  - {then}"
        )
    };
    // No text of this encoding.
    let steps = captures("(?P<word>[^!]+)!", "alice: { expect: \"${word}\" }");
    let program = server("", r"client.sendall(b'\xff\xfe\x80!')");
    judge(", encoding: gb2312", &steps, &[("server.py", &program)])
        .exits(1)
        .prints("alice must receive \"??\"");
    // No port.
    let steps = captures(
        "(?P<there>\\d+)!",
        "server: { expect: { listening: '127.0.0.1:${there}' } }",
    );
    let program = server("", "client.sendall(b'99999!')");
    judge("", &steps, &[("server.py", &program)])
        .exits(1)
        .prints("the server must listen at 127.0.0.1:99999");
}

#[test]
fn a_submission_that_holds_folders_where_the_scenario_lays_files() {
    let steps = format!(
        "files: {{ data: hello, list/a.txt: hello }}\n{ALICE}\nsteps:\n  - alice: {{ send: hi }}\n  - alice: {{ expect: hello }}"
    );
    let program = server("", "client.sendall(open('data', 'rb').read())");
    judge(
        "",
        &steps,
        &[("server.py", &program), ("data/deep/x", ""), ("list", "")],
    )
    .exits(0);
}

#[test]
fn one_that_is_built_to_more_than_can_be_copied() {
    let lab = "viva: 1\nscenario: x\nroles: { server: { find: server.py, build: 'python3 build.py' } }\n\
               cast: { server: { role: server } }\nsteps: [ { server: { expect: x } } ]\n";
    for build in [
        "open('big', 'wb').truncate(100 << 20)",
        // What it leaves running is not waited for.
        "import os, time\nopen('big', 'wb').truncate(100 << 20)\nif os.fork() == 0: time.sleep(1000)",
    ] {
        let folder = Folder::new()
            .with("x.yaml", lab)
            .with("server.py", "")
            .with("build.py", build);
        run(["run", &folder.at("x.yaml"), "--submission", &folder.at("")])
            .exits(1)
            .prints("the server must compile")
            .prints(
                "But its build leaves more than can be copied for each run; most of it is big.",
            );
    }
}

#[test]
fn one_that_takes_all_terminals() {
    let scenario = "cast: { server: { role: server }, client: { role: client, to: server } }\n\
                    steps:\n  - client: { expect: ready }";
    let greedy = "import os\nall = []\ntry:\n    while True: all.append(os.open('/dev/ptmx', os.O_RDWR))\n\
                  except OSError: input()\n";
    let came = judge(
        "",
        scenario,
        &[("server.py", greedy), ("client.py", "print('ready')")],
    );
    // Where the terminals are the machine's, there are enough.
    assert!(came.code < 2, "{}{}", came.out, came.err);
}

#[test]
fn ones_that_use_up_the_time_of_the_whole_scenario() {
    let waits = "  - alice: { send: hi }\n  - alice: { expect: hi }\n".repeat(8);
    let steps = format!("{ALICE}\nlimit: 1500ms\ndeadline: 1s\nsteps:\n{waits}");
    let slow = server("", "time.sleep(0.4); client.sendall(b'hi')");
    let stopped = server("", "os.kill(os.getpid(), 19)");
    for program in [slow, stopped] {
        judge("", &steps, &[("server.py", &program)])
            .exits(1)
            .prints("all steps together must take the programs at most 1.5 s of their own time")
            .prints("But they took longer.")
            .prints("[not ended: settled by the deadline after");
    }
}

#[test]
fn one_that_listens_on_a_socket_that_it_has_closed() {
    let steps = format!("{ALICE}\nsteps:\n  - alice: {{ send: hi }}");
    let program = "import socket\nserver = socket.socket()\nserver.close()\nserver.listen()\n";
    judge("", &steps, &[("server.py", program)])
        .exits(1)
        .prints("OSError: [Errno 9] Bad file descriptor");
}
