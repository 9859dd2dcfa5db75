//! The same as somebody else, and what another user's closed home hides.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use viva::r#box::{BoxEvent, ExitStatus, Family, Isolation, Setting, TestBox, Watch, probe};

use crate::stand::{binary, lacking};
use crate::support::{exit_of, start};

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// As in a container: root of a user namespace that holds no other user.
#[test]
fn root_of_a_container_can_do_most_of_it() {
    if std::env::var_os("VIVA_TEST_CONTAINER").is_some() {
        return;
    }
    let result = Command::new("unshare")
        .args(["--user", "--map-root-user"])
        .arg(std::env::current_exe().unwrap())
        .args(["ends::", "network::", "programs::"])
        .env("VIVA_TEST_CONTAINER", "yes")
        .env("VIVA_TEST_BINARY", binary())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&result.stdout);
    assert!(result.status.success(), "{told}");
}

/// Not a test: for `less_power::without_user_namespaces`.
#[tokio::test]
#[ignore = "only as another test's child"]
async fn a_machine_without_namespaces() {
    viva::r#box::use_binary(binary());
    let problem = probe().full.clone().unwrap_err().why;
    assert!(problem.starts_with("clone3: "), "{problem}");
    let (test_box, mut events) = TestBox::open(&Setting::new(Isolation::Full)).await.unwrap();
    assert!(test_box.tcp_socket(Family::V4).await.is_err());
    assert!(matches!(events.recv().await, Some(BoxEvent::Gone(_))));
    test_box.end().await.unwrap();
    let (test_box, mut events) = TestBox::open(&Setting::new(probe().best())).await.unwrap();
    let (process, _) = start(&test_box, &["/bin/true"], Watch::ALL).await;
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    test_box.end().await.unwrap();
}

#[test]
fn this_machine_can_make_boxes() {
    viva::r#box::use_binary(binary());
    if let Some(missing) = probe().lacks() {
        lacking(&format!("{missing:?}"));
    }
}

#[tokio::test]
async fn what_programs_need_is_seen_in_a_closed_home_and_nothing_else() {
    viva::r#box::use_binary(binary());
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    std::fs::create_dir_all(at("versions/3/bin")).unwrap();
    std::fs::copy("/bin/cat", at("versions/3/bin/cat")).unwrap();
    std::fs::write(at("versions/3/library"), "library\n").unwrap();
    std::fs::write(at("tool"), "tool\n").unwrap();
    std::fs::write(at("secret"), "secret\n").unwrap();
    let closed = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(home.path(), closed).unwrap();
    let readable = [at("versions/3"), at("tool"), at("nonexistent")];
    let setting = Setting {
        readable: readable.to_vec(),
        ..Setting::new(Isolation::Full)
    };
    let (test_box, mut events) = TestBox::open(&setting).await.unwrap();
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    let cat = path("versions/3/bin/cat");
    let wanted = [path("versions/3/library"), path("tool")];
    let (process, output) = start(&test_box, &[&cat, &wanted[0], &wanted[1]], Watch::NONE).await;
    assert_eq!(output.all().await, "library\ntool\n");
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    if is_root() {
        let (process, output) = start(&test_box, &[&cat, &path("secret")], Watch::NONE).await;
        assert!(output.all().await.contains("No such file"));
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(1));
        let spoil = format!(
            "echo > {0}/versions/3/library; echo > {0}/new",
            home.path().display()
        );
        let (process, output) = start(&test_box, &["/bin/sh", "-c", &spoil], Watch::NONE).await;
        assert!(output.all().await.contains("Read-only file system"));
        exit_of(&mut events, process.id).await;
        assert_eq!(
            std::fs::read(at("versions/3/library")).unwrap(),
            b"library\n"
        );
        assert!(!at("new").exists());
    }
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn the_working_copy_may_lie_in_a_closed_home() {
    // The place for temporary files is the process's, so this needs a process of its own.
    let home = tempfile::tempdir().unwrap();
    let closed = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(home.path(), closed).unwrap();
    let result = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "users::a_working_copy",
            "--ignored",
            "--test-threads=1",
        ])
        .env("TMPDIR", home.path())
        .env("VIVA_TEST_BINARY", binary())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&result.stdout);
    assert!(
        result.status.success() && told.contains("1 passed"),
        "{told}"
    );
    assert!(is_empty(home.path()));
}

/// Not a test: for [`the_working_copy_may_lie_in_a_closed_home`].
#[tokio::test]
#[ignore = "only as another test's child"]
async fn a_working_copy() {
    viva::r#box::use_binary(binary());
    for isolation in [Isolation::Full, Isolation::Basic] {
        let (test_box, mut events) = TestBox::open(&Setting::new(isolation)).await.unwrap();
        let (process, output) = start(
            &test_box,
            &["/bin/sh", "-c", "echo x > y; cat y; pwd"],
            Watch::NONE,
        )
        .await;
        let folder = test_box.folder().to_str().unwrap();
        assert_eq!(output.all().await, format!("x\n{folder}\n"));
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
        test_box.end().await.unwrap();
    }
    viva::r#box::finish();
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}
