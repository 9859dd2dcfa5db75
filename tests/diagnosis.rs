//! A step that failed says what settled it, and what every program was doing: as the kernel shows it, in words.

mod stand;

use serde_json::Value;
use stand::{Came, Folder, came, note, powerless_viva, viva};

/// A lab of one scenario, with this program as its server.
struct Exam(Folder);

impl Exam {
    /// `cast` names the peers; `role` adds to the role of the server.
    fn new(program: &str, role: &str, peers: &str, steps: &str) -> Exam {
        let lab = format!(
            "viva: 1\nscenario: x\nroles: {{ server: {{ find: server.py, {role} }} }}\nconventions: {{ port: 9999 }}\n\
             cast: {{ server: {{ role: server }}{peers} }}\nsteps:\n{steps}"
        );
        Exam(Folder::new().with("server.py", program).with("x.yaml", lab))
    }

    fn run(&self, more: &[&str]) -> Came {
        self.run_by(viva(), more)
    }

    fn run_by(&self, mut viva: assert_cmd::Command, more: &[&str]) -> Came {
        let output = viva
            .args(["run", &self.0.at("x.yaml"), "--submission", &self.0.at("")])
            .args(more)
            .output();
        came(output.expect("viva starts"))
    }

    /// What the failure says of itself: what settled it, and of which kind it is.
    fn fails(&self, proof: &str, miss: &str) -> Value {
        let report = self.run(&["--json"]).exits(1).report();
        let failure = report["results"][0]["outcome"]["failed"].clone();
        assert_eq!(failure["proof"], proof, "{failure:#}");
        assert_eq!(failure["miss"], miss, "{failure:#}");
        failure
    }

    /// Fails unless the report has these sentences.
    fn says(&self, english: &str, chinese: &str) {
        self.run(&["--lang", "en"]).exits(1).prints(english);
        self.run(&["--lang", "zh"]).exits(1).prints(chinese);
    }

    /// What settled each step of a run that passes.
    fn passes(&self) -> Vec<String> {
        let report = self.run(&["--json"]).exits(0).report();
        let steps = report["results"][0]["steps"]
            .as_array()
            .expect("steps")
            .clone();
        let proofs = steps.iter().filter(|step| step["step"]["number"] != 0);
        proofs
            .map(|step| step["proof"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

const ALICE: &str = ", alice: { connects: server }";
const ALICE_AND_BOB: &str = ", alice: { connects: server }, bob: { connects: server }";
const ASKED: &str = "  - alice: { send: mango-41 }\n  - alice: { expect: mango-41 }\n";

/// A server that has listened, and what it does then.
fn server(then: &str) -> String {
    format!(
        "import socket, sys, threading, time, select, os\ns = socket.socket()\n\
         s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\ns.bind(('127.0.0.1', 9999))\ns.listen()\n{then}"
    )
}

#[test]
fn an_old_answer_is_known_when_it_comes_again() {
    let keeps = server(
        "c, _ = s.accept()\nold = {}\nwhile True:\n    new = c.recv(99)\n    c.sendall(old.setdefault(len(new), new))\n",
    );
    let asked_again =
        format!("{ASKED}  - alice: {{ send: peach-07 }}\n  - alice: {{ expect: peach-07 }}\n");
    let exam = Exam::new(&keeps, "", ALICE, &asked_again);
    let failure = exam.fails("quiescent", "never");
    let notes = failure["notes"].as_array().expect("notes");
    let before = serde_json::json!({ "came_before": { "step": 2 } });
    assert!(notes.contains(&before), "{failure:#}");
    exam.says(
        "That is what alice got in step 2 already, once more: the server seems to keep an old",
        "这是 alice 在第 2 步已经收到过的内容，又来了一次：server 好像一直留着旧的回复",
    );
    // What comes twice at once is no old answer.
    let doubles = server(
        "c, _ = s.accept()\nfirst = c.recv(99)\nc.sendall(first + first)\nc.recv(99)\nthreading.Event().wait()\n",
    );
    let failure = Exam::new(&doubles, "", ALICE, &asked_again).fails("quiescent", "never");
    let notes = failure["notes"].as_array().expect("notes");
    assert!(!notes.contains(&before), "{failure:#}");
}

#[test]
fn an_old_answer_is_known_when_it_comes_along_with_the_new_one() {
    let two = "  - alice: { send: \"${token.a}\" }\n  - alice: { expect: \"${token.a}\" }\n  - alice: { send: \"${token.b}\" }\n  \
               - alice: { expect: \"${token.b}\" }\nhint: { en: NO HINT }\n";
    let keeps =
        "c, _ = s.accept()\nall = b''\nwhile True:\n    all += c.recv(99)\n    c.sendall(all)\n";
    let exam = Exam::new(&server(keeps), "", ALICE, two);
    let failure = exam.fails("matched", "duplicate");
    let along = serde_json::json!({ "came_along": { "step": 2 } });
    assert_eq!(failure["notes"][0], along, "{failure:#}");
    exam.says(
        "That is what alice got in step 2 already: the server sends it again together with the",
        "这是 alice 在第 2 步已经收到过的内容：server 把它和新的回复一起又发了一次",
    );
    // What the scenario has to say is about another mistake.
    assert!(!exam.run(&["--lang", "en"]).out.contains("NO HINT"));
    // The same where the lab forbids it with a `never`: nobody wants his own words back from an echo server, but he gets them.
    let never = two.replacen(
        "  - alice: { expect: \"${token.b}",
        "  - alice: { never: \"${token.a}\" }\n  - alice: { expect: \"${token.b}",
        1,
    );
    let failure = Exam::new(&server(keeps), "", ALICE, &never).fails("matched", "duplicate");
    assert_eq!(failure["notes"][0], along, "{failure:#}");
    // Each part of a long answer may bring all the parts before it.
    let long = "  - alice: { send: \"${token.a}${\\\"x\\\"|repeat(300)}${token.b}\" }\n  \
                - alice: { expect: \"${token.a}${\\\"x\\\"|repeat(300)}${token.b}\" }\n";
    let failure = Exam::new(&server(keeps), "", ALICE, long).fails("matched", "duplicate");
    let along = serde_json::json!({ "came_along": { "step": null } });
    assert_eq!(failure["notes"][0], along, "{failure:#}");
    // A server that says everything twice keeps nothing.
    let doubles = server(
        "c, _ = s.accept()\nwhile True:\n    data = c.recv(99)\n    c.sendall(data + data)\n",
    );
    let failure = Exam::new(&doubles, "", ALICE, two).fails("matched", "duplicate");
    assert!(failure["notes"][0].get("counted").is_some(), "{failure:#}");
}

#[test]
fn a_datagram_server_that_sends_to_itself_is_told_so() {
    let program = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('127.0.0.1', 9999))\n\
                   data, _ = s.recvfrom(99)\ns.sendto(data, ('127.0.0.1', 9999))\nimport threading\nthreading.Event().wait()\n";
    let asked = ASKED.replace(
        "}\n  - alice: { expect",
        "}\n  - alice: { within: 1s, expect",
    );
    let exam = Exam(
        Folder::new().with("server.py", program).with(
            "x.yaml",
            format!(
                "viva: 1\nscenario: x\nroles: {{ server: {{ find: server.py }} }}\nconventions: {{ port: 9999, transport: udp }}\n\
                 cast: {{ server: {{ role: server }}{ALICE} }}\nsteps:\n{asked}"
            ),
        ),
    );
    exam.says(
        "The server sends to 127.0.0.1:9999, which is its own address, and so gets its own",
        "server 发往 127.0.0.1:9999，这正是它自己的地址",
    );
}

#[test]
fn it_waits_for_the_keyboard_while_something_lies_unread() {
    let program = server(
        "c, _ = s.accept()\nwhile True:\n    c.send(input().encode())\n    print(c.recv(99))\n",
    );
    let exam = Exam::new(&program, "", ALICE, ASKED);
    let failure = exam.fails("quiescent", "never");
    assert_eq!(
        failure["notes"][0]["stood"]["unread"],
        serde_json::json!([{ "from": "alice", "bytes": 8 }])
    );
    exam.says(
        "The server waits for its keyboard (input()), while 8 bytes from alice lie unread.",
        "server 正在等待键盘输入（input()），而 alice 发来的 8 字节还没有被读取。",
    );
}

#[test]
fn what_it_waits_for_all_at_once_is_told_one_by_one() {
    let selects = server(
        "c, _ = s.accept()\nwhile True:\n    ready, _, _ = select.select([s, c], [], [])\n    if c in ready: c.recv(99)\n",
    );
    let exam = Exam::new(&selects, "", ALICE, ASKED);
    exam.fails("quiescent", "never");
    exam.says(
        "The server waits for a new connection or data from alice, whichever comes first (select() or poll()).",
        "server 正在等待新的连接，或者 alice 的数据（select() 或 poll()）。",
    );
    // How the event loop wakes itself is not told.
    let loops = "import asyncio\nasync def hears(reader, writer):\n    while await reader.read(99): pass\n\
                 async def main():\n    async with await asyncio.start_server(hears, '127.0.0.1', 9999) as server:\n\
                 \x20       await server.serve_forever()\nasyncio.run(main())\n";
    Exam::new(loops, "", ALICE, ASKED).says(
        "The server waits for a new connection or data from alice, whichever comes first (select() or poll()).",
        "server 正在等待新的连接，或者 alice 的数据（select() 或 poll()）。",
    );
}

#[test]
fn the_threads_of_a_runtime_are_not_told() {
    if std::process::Command::new("java")
        .arg("-version")
        .output()
        .is_err()
    {
        return note("there is no java");
    }
    let program = "import java.io.*; import java.net.*;\npublic class EchoServer {\n\
                   \x20 public static void main(String[] a) throws IOException {\n\
                   \x20   Socket c = new ServerSocket(9999).accept();\n\
                   \x20   while (c.getInputStream().read() >= 0) { }\n  }\n}\n";
    let folder = Folder::new()
        .with("EchoServer.java", program)
        .with("x.yaml", format!(
            "viva: 1\nscenario: x\nroles: {{ server: {{ find: '*.java' }} }}\ncast: {{ server: {{ role: server }}{ALICE} }}\nsteps:\n{ASKED}"
        ));
    let output = viva()
        .args(["run", &folder.at("x.yaml"), "--submission", &folder.at("")])
        .args(["--lang", "en"])
        .output();
    came(output.expect("viva starts"))
        .exits(1)
        .prints("The server waits for data from alice (recv()).");
}

#[test]
fn it_serves_one_and_leaves_the_other_in_the_queue() {
    let program = server(
        "while True:\n    c, _ = s.accept()\n    while d := c.recv(99): c.send(d)\n    c.close()\n",
    );
    let steps = "  - alice: { send: one }\n  - alice: { expect: one }\n  - bob: { send: two }\n  - bob: { expect: two }\n";
    let exam = Exam::new(&program, "", ALICE_AND_BOB, steps);
    exam.fails("quiescent", "refused");
    exam.says(
        "The server waits for data from alice (recv()). A connection waits to be accepted: accept() has not been called for it.",
        "server 正在等待 alice 的数据（recv()）。有 1 个连接在等待被接受",
    );
}

#[test]
fn its_threads_wait_for_each_other() {
    let program = server(
        "a, b, both = threading.Lock(), threading.Lock(), threading.Barrier(2)\n\
         def one(c):\n    a.acquire(); both.wait(); b.acquire(); c.send(c.recv(99))\n\
         def two():\n    b.acquire(); both.wait(); a.acquire()\n\
         c, _ = s.accept()\nthreading.Thread(target=two).start()\nthreading.Thread(target=one, args=(c,)).start()\n",
    );
    let exam = Exam::new(&program, "", ALICE, ASKED);
    exam.fails("quiescent", "never");
    exam.says(
        "The server waits for a lock or another of its own threads, while 8 bytes from alice lie unread.",
        "server 正在等待一把锁，或者自己的另一个线程，而 alice 发来的 8 字节还没有被读取。",
    );
}

#[test]
fn it_never_closes_its_end() {
    let program = server(
        "def serve(c):\n    while d := c.recv(99): c.send(d)\n    kept.append(c)\nkept = []\n\
         while True:\n    c, _ = s.accept()\n    threading.Thread(target=serve, args=(c,)).start()\n",
    );
    let steps = "  - alice: { send: one }\n  - alice: { expect: one }\n  - alice: { close: write }\n  - alice: { expect: { closed: true } }\n";
    let exam = Exam::new(&program, "", ALICE, steps);
    exam.fails("quiescent", "not_ended");
    exam.says(
        "Alice has closed, but the server has not closed its end of that connection: when recv() returns b'' (or 0), call close().",
        "alice 已经关闭连接，但 server 没有关闭自己这一端",
    );
}

#[test]
fn it_uses_a_processor_and_does_nothing() {
    let program = server("c, _ = s.accept()\nwhile True:\n    if not c.recv(99): continue\n");
    let steps = "  - alice: { send: one }\n  - alice: { close: write }\n  - alice: { expect: { closed: true } }\n";
    let exam = Exam::new(&program, "", ALICE, steps);
    exam.fails("spinning", "not_ended");
    exam.says(
        "The server runs without a pause, and waits for nothing.",
        "server 在不停地运行，没有等待任何东西。",
    );
}

#[test]
fn it_sends_back_to_the_sender_what_is_for_the_other() {
    let program = server(
        "a, _ = s.accept()\nb, _ = s.accept()\nd = a.recv(99)\nprint(d.decode())\na.sendall(d)\nthreading.Event().wait()\n",
    );
    let steps = "  - alice: { send: mango-41 }\n  - bob: { expect: mango-41 }\n";
    let exam = Exam::new(&program, "", ALICE_AND_BOB, steps);
    let failure = exam.fails("quiescent", "wrong_peer");
    // What it printed as well is not told: it did send it.
    let came = serde_json::json!({ "came_to": { "actor": "alice", "sent": true } });
    assert_eq!(failure["notes"][0], came, "{failure:#}");
    assert!(
        !failure.to_string().contains("seen_elsewhere"),
        "{failure:#}"
    );
    exam.says(
        "It came to alice instead, who had sent it: leave out who has sent a message, and nobody else.",
        "它回到了发送者 alice 那里：转发时要跳过发送者，而且只跳过发送者。",
    );
}

#[test]
fn it_sends_the_same_over_and_over() {
    let program = server(
        "a, _ = s.accept()\nb, _ = s.accept()\nwhile True:\n    d = a.recv(99)\n    b.sendall(b'alice : ' + d)\n",
    );
    let steps = "  - alice: { close: true }\n  - bob: { expect: 'alice : mango-41' }\n";
    let exam = Exam::new(&program, "", ALICE_AND_BOB, steps);
    let failure = exam.fails("flooded", "flooded");
    assert_eq!(
        failure["notes"][0]["repeats"]["text"]["text"], "alice : ",
        "{failure:#}"
    );
    // Of an end of the program's own output the same holds.
    let prints = server("c, _ = s.accept()\nwhile True: print('nothing yet', sum(range(3000)))\n");
    let exam = Exam::new(&prints, "", ALICE, "  - alice: { expect: mango-41 }\n");
    exam.run(&["--lang", "en"])
        .exits(1)
        .prints("The server sends the same over and over: \"nothing yet 4498500⏎\",");
}

#[test]
fn where_it_waits_with_a_time_limit_the_deadline_decides_and_says_why() {
    let program = server("c, _ = s.accept()\nwhile True:\n    select.select([s], [], [], 60)\n");
    let steps = "  - alice: { send: mango-41 }\n  - alice: { expect: mango-41, within: 300ms }\n";
    let exam = Exam::new(&program, "", ALICE, steps);
    let failure = exam.fails("deadline", "never");
    let notes = failure["notes"].as_array().expect("notes");
    assert!(
        notes
            .iter()
            .any(|note| note["unproved"]["timed"]["actor"] == "server"),
        "{failure:#}"
    );
    exam.says(
        "It could not be known earlier: a thread of the server waits with a time limit",
        "无法更早得出结论：server 有一个线程在限时等待",
    );
}

#[test]
fn of_two_programs_the_one_is_named_whose_process_might_still_have_acted() {
    let deaf = server("c, _ = s.accept()\nthreading.Event().wait()\n");
    let helper = "}, helper: { find: helper.py, ready: started";
    let peers = format!("{ALICE}, helper: {{ role: helper }}");
    let steps = "  - alice: { send: mango-41 }\n  - alice: { expect: mango-41, within: 300ms }\n";
    let exam = Exam::new(&deaf, helper, &peers, steps);
    exam.0.add(
        "helper.py",
        "import subprocess\nsubprocess.run(['sleep', '1000'])\n",
    );
    exam.run(&[])
        .exits(1)
        .prints("a thread of the helper waits with a time limit");
}

#[test]
fn it_never_reads_so_that_no_more_can_be_sent() {
    let program = server("c, _ = s.accept()\ninput()\n");
    let steps = "  - alice: { send: \"${\\\"x\\\"|repeat(10000000)}\" }\n";
    let exam = Exam::new(&program, "", ALICE, steps);
    exam.fails("quiescent", "never");
    exam.says(
        "The server waits for its keyboard (input()), while",
        "server 正在等待键盘输入（input()），而 alice",
    );
}

#[test]
fn a_client_that_dials_nobody_is_not_waited_for() {
    let program = "input()\n";
    let lab = "viva: 1\nscenario: x\nroles: { client: { find: client.py, ready: started } }\n\
               cast: { hub: { listens: tcp }, client: { role: client, to: hub } }\nsteps:\n  - hub: { accept: link }\n";
    let exam = Exam(Folder::new().with("client.py", program).with("x.yaml", lab));
    exam.fails("quiescent", "never");
    exam.says(
        "The client waits for its keyboard (input()).",
        "client 正在等待键盘输入（input()）。",
    );
}

#[test]
fn an_unknown_question_of_a_program_with_threads_fails_at_once() {
    let program = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\ninput('colour? ')\n";
    let exam = Exam::new(program, "", "", "  - server: { expect: x }\n");
    exam.fails("quiescent", "not_started");
    exam.says(
        "waits for its keyboard after \"colour? \"",
        "显示“colour? ”之后在等待键盘输入",
    );
}

#[test]
fn a_question_that_is_asked_late_is_answered() {
    let program = server(
        "print('mode?', flush=True)\nmode = input()\nc, _ = s.accept()\nc.send(c.recv(99) + mode.encode())\n",
    );
    let role = "answers: [ { asks: mode, reply: hub } ]";
    let steps = "  - alice: { send: mango-41 }\n  - alice: { expect: mango-41hub }\n";
    assert_eq!(
        Exam::new(&program, role, ALICE, steps).passes(),
        ["matched"]
    );
}

/// A server that looks at its only client again and again, so that nothing can be proved of it; `late` is what it does before that.
fn polls(late: &str) -> String {
    server(&format!(
        "c, _ = s.accept()\nc.settimeout(0.1)\n{late}while True:\n    try: d = c.recv(99)\n    except TimeoutError: continue\n\
         \x20   if not d: break\n    c.sendall(d)\n"
    ))
}

#[test]
fn what_must_not_come_before_a_fence_may_be_the_fence() {
    for absence in ["silent: true", "never: mango-41", "never: { closed: true }"] {
        let steps = format!("  - alice: {{ {absence} }}\n{ASKED}");
        let proofs = Exam::new(&polls(""), "", ALICE, &steps).passes();
        assert_eq!(proofs[0], "fenced", "{absence}");
    }
    // What does come before it is found when the fence has come.
    let greets = polls("time.sleep(0.2)\nc.sendall(b'hello')\n");
    for absence in ["silent: true", "never: hello"] {
        let steps = format!("  - alice: {{ {absence} }}\n{ASKED}");
        let failure = Exam::new(&greets, "", ALICE, &steps).fails("matched", "unexpected");
        assert_eq!(failure["step"]["number"], 1, "{failure:#}");
    }
}

#[test]
fn an_absence_is_proved_and_needs_no_fence() {
    let program = server("c, _ = s.accept()\nwhile c.recv(99): pass\n");
    let steps =
        "  - alice: { send: one }\n  - alice: { never: one }\n  - alice: { silent: true }\n";
    assert_eq!(
        Exam::new(&program, "", ALICE, steps).passes(),
        ["quiescent", "quiescent"]
    );
}

#[test]
fn a_match_that_could_grow_is_final_when_nothing_more_can_come() {
    let program = server("c, _ = s.accept()\nc.send(b'count 41')\nc.recv(99)\n");
    let steps =
        "  - alice: { expect: { regex: \"[0-9]+\" }, capture: n }\n  - alice: { send: \"${n}\" }\n";
    assert_eq!(
        Exam::new(&program, "", ALICE, steps).passes(),
        ["quiescent"]
    );
}

#[test]
fn what_floods_before_it_is_ready_fails_at_once() {
    let exam = Exam::new(
        "while True: print('x' * 4000)\n",
        "",
        "",
        "  - server: { expect: y }\n",
    );
    exam.fails("flooded", "flooded");
    exam.says(
        "More than 8.0 MiB came from the server.",
        "server 发出的内容超过 8.0 MiB。",
    );
}

#[test]
fn what_was_held_back_in_a_buffer_is_found_at_the_end() {
    let program = "import sys\nprint('mango-41')\nsys.stdin.read()\n";
    let steps = "  - server: { expect: mango-41 }\n";
    let exam = Exam::new(program, "ready: started, terminal: false", "", steps);
    exam.fails("quiescent", "unflushed");
    exam.says(
        "It came when the server was asked to end",
        "让 server 结束时，这段内容才出来",
    );
}

/// Fails unless the deadline settled it, because what the program waits for is not shown.
#[track_caller]
fn is_hidden(run: impl Fn(&[&str]) -> Came) {
    let report = run(&["--json"]).exits(1).report();
    let failure = &report["results"][0]["outcome"]["failed"];
    assert_eq!(failure["proof"], "deadline", "{failure:#}");
    let notes = failure["notes"].as_array().expect("notes");
    assert!(
        notes.iter().any(|note| note["unproved"] == "hidden"),
        "{failure:#}"
    );
    run(&["--lang", "en"]).exits(1).prints(
        "It could not be known earlier: this machine does not show what the program waits for.",
    );
    run(&["--lang", "zh"])
        .exits(1)
        .prints("无法更早得出结论：这台机器看不到程序在等待什么。");
}

const ASKED_SOON: &str =
    "  - alice: { send: mango-41 }\n  - alice: { expect: mango-41, within: 500ms }\n";

/// The same on a port that is free on a network that others use, too; what has to be read from the disk is read before it listens.
fn anywhere(then: &str) -> String {
    format!("import ctypes\n{}", server(then).replace("9999", "0"))
}

/// prctl(2), PR_SET_DUMPABLE: who isn't dumpable is not shown to anybody without power over him.
#[test]
fn of_a_program_that_hides_nothing_is_proved() {
    let hides = "import ctypes\nhidden = ctypes.CDLL(None).prctl(4, 0) == 0\n";
    let powerless = || match rustix::process::geteuid().is_root() {
        true => powerless_viva(),
        false => viva(),
    };
    let waits = anywhere(&format!("c, _ = s.accept()\n{hides}input()\n"));
    let exam = Exam::new(&waits, "", ALICE, ASKED_SOON);
    is_hidden(|more| exam.run_by(powerless(), &[&["--isolation", "none"], more].concat()));
    // In silence it sleeps and answers.
    let answers = format!(
        "c, _ = s.accept()\n{hides}word = c.recv(99)\ntime.sleep(0.2)\nassert hidden\nc.send(word)\nc.recv(99)\n"
    );
    let exam = Exam::new(&anywhere(&answers), "", ALICE, ASKED);
    exam.run_by(powerless(), &["--isolation", "none"]).exits(0);
    // The filter of system calls keeps it from hiding: it is seen, and there is a proof.
    let refused = anywhere(&format!(
        "c, _ = s.accept()\n{hides}assert not hidden\ninput()\n"
    ));
    let exam = Exam::new(&refused, "", ALICE, ASKED);
    exam.fails("quiescent", "never");
}

/// io_uring_enter(2): what it waits for stands in a ring that the kernel fills, behind the back of everybody.
#[test]
fn of_a_program_that_uses_io_uring_nothing_is_proved() {
    let setting = std::fs::read_to_string("/proc/sys/kernel/io_uring_disabled");
    if setting.is_ok_and(|setting| setting.trim() != "0") {
        note("io_uring is left out: this machine has switched it off");
        return;
    }
    let ring = "import ctypes, errno, struct\nlibc = ctypes.CDLL(None, use_errno=True)\n\
                parameters = ctypes.create_string_buffer(256)\nring = libc.syscall(425, 8, parameters)\n";
    // IORING_ENTER_GETEVENTS: for an event that nobody has asked for.
    let waits = anywhere(&format!(
        "c, _ = s.accept()\n{ring}libc.syscall(426, ring, 0, 1, 1, None, 0)\n"
    ));
    let exam = Exam::new(&waits, "", ALICE, ASKED_SOON);
    is_hidden(|more| exam.run(&[&["--isolation", "none"], more].concat()));
    // IORING_ENTER_EXT_ARG: for a fifth of a second, and then it answers.
    let answers = anywhere(&format!(
        "c, _ = s.accept()\nword = c.recv(99)\n{ring}time = ctypes.create_string_buffer(struct.pack('qq', 0, 200_000_000))\n\
         limit = ctypes.create_string_buffer(struct.pack('QIIQ', 0, 0, 0, ctypes.addressof(time)))\n\
         libc.syscall(426, ring, 0, 1, 9, limit, ctypes.c_size_t(24))\nassert ctypes.get_errno() == errno.ETIME\nc.send(word)\nc.recv(99)\n"
    ));
    let exam = Exam::new(&answers, "", ALICE, ASKED);
    exam.run(&["--isolation", "none"]).exits(0);
    // The filter of system calls says that there is none, and what programs do then is seen.
    let refused = anywhere(&format!(
        "c, _ = s.accept()\n{ring}assert (ring, ctypes.get_errno()) == (-1, errno.ENOSYS)\ninput()\n"
    ));
    let exam = Exam::new(&refused, "", ALICE, ASKED);
    exam.fails("quiescent", "never");
}

#[test]
fn a_program_whose_children_come_and_go_is_at_work() {
    let program = server(
        "c, _ = s.accept()\nwhile True:\n    child = os.fork()\n    if child == 0: os._exit(0)\n    os.waitpid(child, 0)\n",
    );
    let exam = Exam::new(&program, "", ALICE, ASKED_SOON);
    let failure = exam.fails("deadline", "never");
    let notes = failure["notes"].as_array().expect("notes");
    assert!(
        notes.iter().any(|note| note["unproved"] == "busy"),
        "{failure:#}"
    );
    exam.says(
        "It could not be known earlier: the program was at work all the time.",
        "无法更早得出结论：程序一直在运行。",
    );
}

mod less_power {
    use crate::stand::less_power::{Power, hold};

    #[test]
    fn as_an_ordinary_user() {
        hold(Power::OrdinaryUser, &[]);
    }

    #[test]
    fn without_user_namespaces() {
        hold(Power::NoUserNamespaces, &[]);
    }
}

#[test]
fn who_reads_by_lines_what_has_no_lines_is_told_so() {
    let program = "\
import socket
s = socket.create_server(('', 9999))
conn, _ = s.accept()
for line in conn.makefile(encoding='utf-8'):
    conn.sendall(line.encode())
";
    let exam = Exam::new(program, "", ALICE, ASKED);
    exam.says(
        "It came when Viva sent a newline behind what alice had sent last: the program waits for the end of a line (readline(), Scanner, \
         fgets()), but these messages don't end in a newline. Take what recv() gives, as it comes.",
        "fgets()），而这里的消息末尾没有换行。recv() 收到多少，就处理多少。",
    );
    // Anything more would have brought it: it is one message late.
    let late = "\
import socket
s = socket.create_server(('', 9999))
conn, _ = s.accept()
held = b''
while data := conn.recv(1024):
    conn.sendall(held)
    held = data
";
    let report = Exam::new(late, "", ALICE, ASKED)
        .run(&["--lang", "en"])
        .exits(1);
    assert!(!report.out.contains("newline"), "{}", report.out);
    // It would not have come otherwise, either.
    let lost = program.replace("conn.sendall(line.encode())", "pass");
    let report = Exam::new(&lost, "", ALICE, ASKED)
        .run(&["--lang", "en"])
        .exits(1);
    assert!(!report.out.contains("newline"), "{}", report.out);
}
