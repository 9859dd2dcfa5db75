//! Everything ends: with the box, with one program, with Viva, however it ends.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use viva::r#box::{BoxEvent, ExitStatus, Isolation, Watch};

use crate::stand::binary;
use crate::support::{BOTH, DAEMONS, SERVER, exit_of, open, pidfd, script, start, wait_for_end};

#[tokio::test]
async fn daemons_end_with_the_box_and_its_folder_goes() {
    for isolation in BOTH {
        for dropped in [false, true] {
            let (test_box, _events) = open(isolation).await;
            let (_, mut output) = script(&test_box, DAEMONS, Watch::NONE).await;
            assert_eq!(output.line().await, "ready");
            let folder = test_box.folder().to_owned();
            // Else it is on no disk.
            assert_eq!(folder.exists(), isolation == Isolation::Basic);
            if dropped {
                drop(test_box);
            } else {
                test_box.end().await.unwrap();
            }
            assert!(!folder.exists());
            if isolation == Isolation::Basic {
                assert!(!folder.parent().unwrap().exists());
            }
            // The daemons hold the pipe too.
            assert_eq!(output.all().await, "");
        }
    }
}

#[tokio::test]
async fn one_program_ends_with_its_daemons_and_the_others_live_on() {
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        let (one, mut one_output) = script(&test_box, DAEMONS, Watch::NONE).await;
        let (other, mut other_output) = script(&test_box, DAEMONS, Watch::NONE).await;
        assert_eq!(one_output.line().await, "ready");
        assert_eq!(other_output.line().await, "ready");
        test_box.end_process(one.id).await.unwrap();
        assert_eq!(one_output.all().await, "");
        assert_eq!(
            exit_of(&mut events, one.id).await,
            ExitStatus::Signal(libc::SIGKILL)
        );
        // Nothing is left to end.
        test_box.end_process(one.id).await.unwrap();
        test_box.signal(other.id, libc::SIGTERM).await.unwrap();
        assert_eq!(
            exit_of(&mut events, other.id).await,
            ExitStatus::Signal(libc::SIGTERM)
        );
        // Its main process has gone; its daemons, deaf to the signal, have not.
        test_box.end_process(other.id).await.unwrap();
        assert_eq!(other_output.all().await, "");
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn a_program_that_forks_without_end_is_ended() {
    let text = r#"
import os
print("ready", flush=True)
while True:
    if os.fork() == 0: os.setsid()
    else: os._exit(0)
"#;
    for isolation in BOTH {
        let (test_box, _events) = open(isolation).await;
        let (process, mut output) = script(&test_box, text, Watch::NONE).await;
        assert_eq!(output.line().await, "ready");
        test_box.end_process(process.id).await.unwrap();
        assert_eq!(output.all().await, "");
        let (_, mut output) = script(&test_box, text, Watch::NONE).await;
        assert_eq!(output.line().await, "ready");
        test_box.end().await.unwrap();
        assert_eq!(output.all().await, "");
    }
}

#[tokio::test]
async fn a_box_that_is_dropped_at_once_leaves_nothing() {
    for isolation in BOTH {
        let (test_box, events) = open(isolation).await;
        let folder = test_box.folder().to_owned();
        drop(test_box);
        drop(events);
        assert!(!folder.exists());
        let (test_box, _events) = open(isolation).await;
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn a_box_whose_stub_is_killed_says_so() {
    let (test_box, mut events) = open(Isolation::Full).await;
    let (_, output) = script(&test_box, SERVER, Watch::NONE).await;
    let root = rustix::process::Pid::from_raw(test_box.root().await.unwrap()).unwrap();
    rustix::process::kill_process(root, rustix::process::Signal::KILL).unwrap();
    assert!(matches!(events.recv().await, Some(BoxEvent::Gone(_))));
    assert!(events.recv().await.is_none());
    assert_eq!(output.all().await, "");
    assert!(test_box.diag_socket().await.is_err());
    test_box.end().await.unwrap();
}

#[test]
fn boxes_open_from_many_threads_at_once() {
    let threads: Vec<_> = (0..6)
        .map(|_| {
            std::thread::spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                runtime.unwrap().block_on(async {
                    for _ in 0..5 {
                        let (test_box, mut events) = open(Isolation::Full).await;
                        let (process, _) = start(&test_box, &["/bin/true"], Watch::ALL).await;
                        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
                        test_box.end().await.unwrap();
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Not a test: for [`finishing_ends_what_is_still_open`].
#[tokio::test]
#[ignore = "only as another test's child"]
async fn a_viva_that_forgets_her_boxes() {
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        let (_, mut output) = script(&test_box, DAEMONS, Watch::NONE).await;
        assert_eq!(output.line().await, "ready");
        viva::r#box::finish();
        assert_eq!(output.all().await, "");
        while !matches!(events.recv().await, Some(BoxEvent::Gone(_))) {}
        assert!(!test_box.folder().exists());
        // And then there is a new launcher.
        let (test_box, mut events) = open(isolation).await;
        let (process, _) = start(&test_box, &["/bin/true"], Watch::NONE).await;
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    }
}

#[test]
fn finishing_ends_what_is_still_open() {
    let result = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "ends::a_viva_that_forgets_her_boxes",
            "--ignored",
        ])
        .env("VIVA_TEST_BINARY", binary())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&result.stdout);
    assert!(
        result.status.success() && told.contains("1 passed"),
        "{told}"
    );
}

/// Not a test: a Viva for [`nothing_outlives_a_viva_that_is_killed`] to kill.
#[tokio::test]
#[ignore = "only as another test's child"]
async fn a_viva() {
    let isolation = match std::env::var("VIVA_TEST_ISOLATION").as_deref() {
        Ok("basic") => Isolation::Basic,
        _ => Isolation::Full,
    };
    let mut kept = Vec::new();
    for _ in 0..2 {
        let (test_box, events) = open(isolation).await;
        let (_, mut output) = script(&test_box, DAEMONS, Watch::ALL).await;
        assert_eq!(output.line().await, "ready");
        println!("stub {}", test_box.root().await.unwrap());
        println!("folder {}", test_box.folder().display());
        kept.push((test_box, events, output));
    }
    println!("waiting");
    std::future::pending::<()>().await;
    drop(kept);
}

#[test]
fn nothing_outlives_a_viva_that_is_killed() {
    for isolation in ["namespaces", "basic"] {
        let mut viva = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "ends::a_viva",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env("VIVA_TEST_ISOLATION", isolation)
            .env("VIVA_TEST_BINARY", binary())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stubs = Vec::new();
        let mut folders = Vec::new();
        let mut processes = Vec::new();
        for line in BufReader::new(viva.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((_, stub)) = line.split_once("stub ") {
                stubs.push(stub.parse::<i32>().unwrap());
            } else if let Some(folder) = line.strip_prefix("folder ") {
                folders.push(std::path::PathBuf::from(folder));
            } else if line == "waiting" {
                break;
            }
        }
        assert_eq!((stubs.len(), folders.len()), (2, 2));
        // The launcher is the parent of the stubs; the programs and their daemons are their children.
        let status = std::fs::read_to_string(format!("/proc/{}/status", stubs[0])).unwrap();
        let launcher = status
            .lines()
            .find_map(|line| line.strip_prefix("PPid:"))
            .unwrap();
        processes.push(launcher.trim().parse().unwrap());
        for stub in stubs {
            processes.push(stub);
            let children = format!("/proc/{stub}/task/{stub}/children");
            let children = std::fs::read_to_string(children).unwrap();
            let before = processes.len();
            processes.extend(
                children
                    .split_whitespace()
                    .map(|pid| pid.parse::<i32>().unwrap()),
            );
            assert_eq!(processes.len() - before, 3, "a program and two daemons");
        }
        let processes: Vec<_> = processes.into_iter().map(pidfd).collect();
        viva.kill().unwrap();
        viva.wait().unwrap();
        for process in &processes {
            wait_for_end(process);
        }
        for folder in folders {
            // In a box with a root of its own the folder is on no disk.
            let above = folder.parent().filter(|above| above.parent().is_some());
            assert!(!folder.exists() && above.is_none_or(|above| !above.exists()));
        }
    }
}
