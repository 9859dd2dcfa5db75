//! What is made to do harm, or is just broken: it costs nobody else anything, is named, and nothing is written outside.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use tar::EntryType;
use viva::grading::FindError;

use crate::stage::{Stage, Tar, Zip};

/// A class with one more student, whose archive this is.
fn class_with(archive: &str, content: Vec<u8>) -> Stage {
    let stage = Stage::new();
    stage.write("subs/good/chat_server.py", "");
    stage.write(&format!("subs/{archive}"), content);
    stage
}

/// What is said of the bad one; the good one is as it was.
fn bad(stage: &Stage) -> String {
    let told = stage.told(&stage.find("subs"));
    let good = "good: subs/good in subs/good server=chat_server.py client=-";
    assert!(told.contains(good), "{told}");
    told.lines()
        .filter(|line| *line != good)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn names_that_lead_out_are_left_out() {
    let zip = Zip::new()
        .file("chat_server.py", "")
        .raw(b"../../evil.py", "x")
        .raw(b"/tmp/evil.py", "x")
        .raw(b"C:\\evil.py", "x")
        .raw(b"a\\..\\..\\..\\evil.py", "x")
        .raw(b"lib\\inner\\part.py", "x");
    let stage = class_with("bad.zip", zip.done());
    assert_eq!(
        bad(&stage),
        "\
bad: subs/bad.zip in unpacked/bad/bad server=chat_server.py client=-
  Outside 4: ../../evil.py | /tmp/evil.py | C:\\evil.py"
    );
    assert_eq!(
        stage.files("unpacked"),
        ["bad/bad/chat_server.py", "bad/bad/lib/inner/part.py"]
    );
    let tar = Tar::new()
        .file("chat_server.py", b"")
        .odd(EntryType::Regular, "../../evil.py", "");
    let stage = class_with("bad.tar", tar.done());
    assert_eq!(
        bad(&stage),
        "\
bad: subs/bad.tar in unpacked/bad/bad server=chat_server.py client=-
  Outside 1: ../../evil.py"
    );
    assert_eq!(stage.files("unpacked"), ["bad/bad/chat_server.py"]);
}

#[test]
fn links_and_special_files_are_left_out() {
    let zip = Zip::new()
        .file("chat_server.py", "")
        .link("passwd", "/etc/passwd");
    let stage = class_with("bad.zip", zip.done());
    assert!(bad(&stage).ends_with("server=chat_server.py client=-\n  Link 1: passwd"));
    let tar = Tar::new()
        .odd(EntryType::Symlink, "out", "/tmp")
        .file("out/evil.py", b"x")
        .odd(EntryType::Link, "hard", "/etc/passwd")
        .odd(EntryType::Fifo, "fifo", "")
        .odd(EntryType::Char, "tty", "")
        .file("chat_server.py", b"");
    let stage = class_with("bad.tar.gz", tar.gzipped());
    assert_eq!(
        bad(&stage),
        "\
bad: subs/bad.tar.gz in unpacked/bad/bad server=chat_server.py client=-
  Link 2: out | hard
  Special 2: fifo | tty"
    );
    assert_eq!(
        stage.files("unpacked"),
        ["bad/bad/chat_server.py", "bad/bad/out/evil.py"]
    );
    // The same in a folder, and a student that is a link.
    let stage = class_with("bad/chat_server.py", Vec::new());
    symlink("/etc/passwd", stage.path("subs/bad/passwd")).unwrap();
    symlink("/etc", stage.path("subs/etc")).unwrap();
    assert_eq!(
        bad(&stage),
        "\
bad: subs/bad in subs/bad server=chat_server.py client=-
  Link 1: passwd
Link 1: subs/etc"
    );
}

#[test]
fn what_grows_without_bounds_is_stopped() {
    const MIB: usize = 1 << 20;
    // A bomb that says what it is is stopped before anything of it is written.
    let bomb = Zip::new()
        .file("chat_server.py", "")
        .declared("zeros", 70 * MIB)
        .done();
    let stage = class_with("bad.zip", bomb);
    assert_eq!(bad(&stage), "bad: subs/bad.zip is zip-bomb (zeros)");
    // One that says it is small, at the first byte too many.
    let mut lie = Zip::new().file("chat_server.py", vec![b'#'; MIB]).done();
    let size = (MIB as u32).to_le_bytes();
    while let Some(at) = lie.windows(4).position(|bytes| bytes == size) {
        lie[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
    }
    let stage = class_with("bad.zip", lie);
    assert_eq!(
        bad(&stage),
        "bad: subs/bad.zip is zip-bomb (chat_server.py)"
    );
    // Several that are too much together.
    let first = Zip::new().file("zeros", vec![0; 2 * MIB]).done();
    let second = Zip::new().declared("more", 63 * MIB).done();
    let both = Zip::new().file("1.zip", first).file("2.zip", second).done();
    let stage = class_with("bad.zip", both);
    assert_eq!(bad(&stage), "bad: subs/bad.zip is zip-bomb (more)");
    // What is just too large.
    let stage = class_with("bad/chat_server.py", Vec::new());
    fs::File::create(stage.path("subs/bad/data"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    assert_eq!(bad(&stage), "bad: subs/bad is too-large (data)");
    let tar = Tar::new()
        .file("chat_server.py", b"")
        .declared("zeros", 65 * MIB);
    let stage = class_with("bad.tgz", tar.gzipped());
    assert_eq!(bad(&stage), "bad: subs/bad.tgz is zip-bomb (zeros)");
}

#[test]
fn tarballs_of_all_kinds_are_read_with_the_same_care() {
    const MIB: usize = 1 << 20;
    for (kind, module) in [("gz", "gzip"), ("bz2", "bz2"), ("xz", "lzma")] {
        let name = format!("bad.tar.{kind}");
        let tar = || {
            Tar::new()
                .file("lab/chat_server.py", b"print(1)\n")
                .file("lab/chat_client.py", &[b'#'; 5000])
        };
        let whole = tar().packed_by(module);
        let stage = class_with(&name, whole.clone());
        assert_eq!(
            bad(&stage),
            format!(
                "bad: subs/{name} in unpacked/bad/bad/lab server=chat_server.py client=chat_client.py"
            )
        );
        // By another name, too: the first bytes tell.
        let stage = class_with("bad.zip", whole.clone());
        assert!(bad(&stage).ends_with("server=chat_server.py client=chat_client.py"));
        let stage = class_with(&name, whole[..whole.len() - 20].to_vec());
        let told = bad(&stage);
        assert!(
            told.starts_with(&format!("bad: subs/{name} is truncated")),
            "{told}"
        );
        let mut damaged = whole.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0xff;
        let told = bad(&class_with(&name, damaged));
        assert!(
            told.starts_with(&format!("bad: subs/{name} is damaged")),
            "{told}"
        );
        let bomb = tar().declared("zeros", 65 * MIB).packed_by(module);
        assert_eq!(
            bad(&class_with(&name, bomb)),
            format!("bad: subs/{name} is zip-bomb (zeros)")
        );
    }
    // One that says that it needs 4 GiB for being unpacked: the dictionary of its block (xz-file-format.txt, 5.3.1), whose header ends with a CRC.
    let mut greedy = Tar::new().file("chat_server.py", b"1").packed_by("lzma");
    let filter = greedy
        .windows(2)
        .position(|bytes| bytes == [0x21, 0x01])
        .expect("LZMA2");
    greedy[filter + 2] = 40;
    let crc = rawzip::crc32(&greedy[12..20]);
    greedy[20..24].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(
        bad(&class_with("bad.tar.xz", greedy)),
        "bad: subs/bad.tar.xz is unknown-compression (bad.tar.xz)"
    );
}

#[test]
fn more_files_than_a_submission_may_have_are_refused() {
    let many = (0..9_100).fold(Zip::new(), |zip, number| {
        zip.file(&format!("{number}.txt"), "")
    });
    let many = many.done();
    let stage = class_with("bad.zip", many.clone());
    assert_eq!(bad(&stage), "bad: subs/bad.zip is too-many-files (9000)");
    let deep = format!("{}x.py", "d/".repeat(40));
    let stage = class_with("bad.zip", Zip::new().file(&deep, "").done());
    assert_eq!(
        bad(&stage),
        format!("bad: subs/bad.zip is too-deep ({deep})")
    );
    let nested = (0..6).fold(Zip::new().file("chat_server.py", "").done(), |inner, _| {
        Zip::new().file("again.zip", inner).done()
    });
    let stage = class_with("bad.zip", nested);
    assert_eq!(
        bad(&stage),
        "bad: subs/bad.zip is nested-too-deep (again.zip)"
    );
}

#[test]
fn half_of_an_archive_is_never_graded() {
    let whole = Zip::new()
        .file("chat_server.py", "1")
        .file("chat_client.py", "2")
        .done();
    for cut in [whole.len() - 1, whole.len() / 2, 30] {
        let stage = class_with("bad.zip", whole[..cut].to_vec());
        assert_eq!(
            bad(&stage),
            "bad: subs/bad.zip is truncated (bad.zip)",
            "{cut}"
        );
        assert_eq!(stage.files("unpacked"), ["bad/bad.zip"]);
    }
    let mut damaged = Zip::new()
        .file("chat_server.py", "print(1)\n".repeat(10))
        .done();
    damaged[50] ^= 0xff;
    let stage = class_with("bad.zip", damaged);
    assert_eq!(bad(&stage), "bad: subs/bad.zip is damaged (chat_server.py)");
    let tar = Tar::new()
        .file("chat_server.py", b"1")
        .file("chat_client.py", &[b'#'; 5000]);
    let tar = tar.done();
    // In the middle of a file, and between two.
    for (cut, about) in [(2000, "chat_client.py"), (1024, "chat_server.py")] {
        let stage = class_with("bad.tar", tar[..cut].to_vec());
        assert_eq!(
            bad(&stage),
            format!("bad: subs/bad.tar is truncated ({about})"),
            "{cut}"
        );
    }
    let gzip = Tar::new()
        .file("chat_server.py", b"1")
        .file("b.py", b"2")
        .gzipped();
    let stage = class_with("bad.tar.gz", gzip[..gzip.len() - 20].to_vec());
    assert!(bad(&stage).starts_with("bad: subs/bad.tar.gz is truncated"));
}

#[test]
fn what_viva_does_not_read_is_named() {
    let encrypted = Zip::new()
        .file("readme.txt", "")
        .encrypted("chat_server.py")
        .done();
    for (name, content, told) in [
        ("bad.zip", encrypted, "encrypted (chat_server.py)"),
        (
            "bad.rar",
            b"Rar!\x1a\x07\x01\x00".to_vec(),
            "unknown-archive (.rar)",
        ),
        (
            "bad.zip",
            b"Rar!\x1a\x07\x01\x00".to_vec(),
            "unknown-archive (.rar)",
        ),
        (
            "bad.7z",
            b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(),
            "unknown-archive (.7z)",
        ),
        (
            "bad.tar.zst",
            b"\x28\xb5\x2f\xfd".to_vec(),
            "unknown-archive (.zst)",
        ),
        ("bad.bz2", b"BZh91AY&SY".to_vec(), "unknown-archive (.bz2)"),
        ("bad.zip", b"print(1)".to_vec(), "no-archive (bad.zip)"),
        ("bad.zip", Vec::new(), "empty (bad.zip)"),
        ("bad.zip", Zip::new().done(), "empty"),
        ("bad.zip", Zip::new().folder("a/").done(), "empty"),
    ] {
        let stage = class_with(name, content);
        assert_eq!(bad(&stage), format!("bad: subs/{name} is {told}"));
    }
    // Where something else fills the roles it is only said.
    let inside = Zip::new()
        .file("chat_server.py", "")
        .file("chat_client.py", "")
        .file("data.rar", "Rar!\x1a\x07\x01");
    let stage = class_with("bad.zip", inside.done());
    assert_eq!(
        bad(&stage),
        "\
bad: subs/bad.zip in unpacked/bad/bad server=chat_server.py client=chat_client.py
  UnreadArchive 1: data.rar (unknown-archive)"
    );
}

#[test]
fn names_that_are_nearly_the_same_stay_apart() {
    let long = format!("{}.py", "长".repeat(120));
    let zip = Zip::new()
        .file("chat_server.py", "first")
        .file("chat_server.py", "second")
        .file("Chat_Server.py", "third")
        .raw("cafe\u{301}.py".as_bytes(), "composed")
        .raw("caf\u{e9}.py".as_bytes(), "again")
        .file(&long, "")
        .raw(b"x\x1b[2J\n.py", "")
        .file("a", "")
        .file("a/b.py", "");
    let stage = class_with("bad.zip", zip.done());
    let told = bad(&stage);
    assert_eq!(
        told,
        format!(
            "\
bad: subs/bad.zip in unpacked/bad/bad server=chat_server.py client=-
  Duplicate 3: chat_server.py | caf\u{e9}.py | a/b.py
  Shortened 1: {long}
  ControlCharacters 1: x\u{1b}[2J
.py
  CaseClash 1: Chat_Server.py, chat_server.py"
        )
    );
    assert_eq!(
        fs::read(stage.path("unpacked/bad/bad/chat_server.py")).unwrap(),
        b"first"
    );
    assert!(stage.path("unpacked/bad/bad/caf\u{e9}.py").exists());
}

#[test]
fn names_in_chinese_without_a_word_about_their_encoding() {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let zip = Zip::new()
        .raw(&gbk("实验二/聊天_server.py"), "")
        .raw(b"readme.txt", "")
        .raw(&gbk("实验二/说明.txt"), "");
    let stage = class_with("bad.zip", zip.done());
    assert_eq!(
        bad(&stage),
        "bad: subs/bad.zip in unpacked/bad/bad server=实验二/聊天_server.py client=-"
    );
    // As the name's bytes say, in an extra field of Info-ZIP.
    let zip = Zip::new()
        .with_unicode_path(&gbk("x\u{4e02}_server.py"), "丂_server.py")
        .done();
    let stage = class_with("bad.zip", zip);
    assert!(bad(&stage).ends_with("server=丂_server.py client=-"));
    // A whole class, and what an unpacker made of it.
    let class = Zip::new()
        .raw(&gbk("张三_17_assignsubmission_file/chat_server.py"), "")
        .raw(&gbk("李四_18_assignsubmission_file/chat_server.py"), "");
    let stage = Stage::new();
    stage.write("class.zip", class.done());
    assert_eq!(
        stage.told(&stage.find("class.zip")),
        "\
17 «张三»: class.zip/张三_17_assignsubmission_file in unpacked/17 server=chat_server.py client=-
18 «李四»: class.zip/李四_18_assignsubmission_file in unpacked/18 server=chat_server.py client=-"
    );
    let raw = stage
        .path("raw")
        .join(std::ffi::OsStr::from_bytes(&gbk("20240001-张三")));
    fs::create_dir_all(&raw).unwrap();
    fs::write(raw.join("chat_server.py"), "").unwrap();
    fs::create_dir_all(stage.path("raw/x")).unwrap();
    let told = stage.told(&stage.find("raw"));
    assert!(
        told.starts_with(
            "20240001-张三: raw/20240001-张三 in unpacked/20240001-张三 server=chat_server.py"
        ),
        "{told}"
    );
}

#[test]
fn one_bad_student_in_an_archive_of_all_costs_nobody_else_anything() {
    let many = (0..9_010).fold(Zip::new(), |zip, number| {
        zip.file(&format!("Many_3_assignsubmission_file/{number}"), "")
    });
    let zip = many
        .file("Good_1_assignsubmission_file/chat_server.py", "")
        .declared("Bomb_2_assignsubmission_file/zeros", 65 << 20)
        .file("Bomb_2_assignsubmission_file/chat_server.py", "")
        .encrypted("Secret_4_assignsubmission_file/chat_server.py")
        .raw(b"../../Evil_5_assignsubmission_file/chat_server.py", "")
        .file("Last_6_assignsubmission_file/chat_server.py", "");
    let stage = Stage::new();
    stage.write("class.zip", zip.done());
    assert_eq!(
        stage.told(&stage.find("class.zip")),
        "\
1 «Good»: class.zip/Good_1_assignsubmission_file in unpacked/1 server=chat_server.py client=-
2 «Bomb»: class.zip/Bomb_2_assignsubmission_file is zip-bomb (Bomb_2_assignsubmission_file/zeros)
3 «Many»: class.zip/Many_3_assignsubmission_file is too-many-files (9000)
4 «Secret»: class.zip/Secret_4_assignsubmission_file is encrypted (Secret_4_assignsubmission_file/chat_server.py)
6 «Last»: class.zip/Last_6_assignsubmission_file in unpacked/6 server=chat_server.py client=-
Outside 1: class.zip: ../../Evil_5_assignsubmission_file/chat_server.py"
    );
    assert_eq!(
        stage.files("unpacked"),
        ["1/chat_server.py", "6/chat_server.py"]
    );
    // An archive of all that is cut off is no class at all.
    let whole = Zip::new()
        .file("a_1_assignsubmission_file/chat_server.py", "")
        .done();
    stage.write("class.zip", &whole[..whole.len() - 10]);
    let Err(FindError::Unusable { why, .. }) = stage.find_in(&["class.zip"], None) else {
        panic!("it is cut off");
    };
    assert_eq!(why.word(), "truncated");
}

#[test]
fn keys_are_names_of_files_and_stay_apart_in_every_order() {
    let names = [
        "Anna",
        "anna",
        "a:b",
        "a?b",
        "-x",
        "cafe\u{301}",
        "caf\u{e9}",
        "\u{1b}]0;x\u{7}",
        "..x",
        &"长".repeat(80),
    ];
    let told = |order: &[usize]| {
        let stage = Stage::new();
        for index in order {
            stage.write(
                &format!("subs/{}/chat_server.py", names[*index]),
                names[*index],
            );
        }
        stage.told(&stage.find("subs"))
    };
    let first = told(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let mut order: Vec<usize> = (0..names.len()).collect();
    for round in 1..6 {
        order.rotate_left(round);
        order.swap(0, round);
        assert_eq!(told(&order), first);
    }
    let mut keys: Vec<&str> = first
        .lines()
        .filter_map(|line| line.split([':', ' ']).next())
        .collect();
    assert_eq!(keys.len(), names.len(), "{first}");
    for key in &keys {
        assert!(
            key.len() <= 120 && !key.starts_with(['.', '-']) && !key.contains(['/', '\u{1b}']),
            "{key}"
        );
    }
    keys.sort_by_key(|key| key.to_lowercase());
    keys.dedup_by_key(|key| key.to_lowercase());
    assert_eq!(keys.len(), names.len(), "{first}");
}

#[test]
fn what_is_unpacked_replaces_what_an_earlier_call_left_and_nothing_else() {
    let stage = class_with("bad.zip", Zip::new().file("chat_server.py", "new").done());
    stage
        .write("unpacked/bad/old.py", "old")
        .write("unpacked/other/kept.py", "");
    stage.find("subs");
    stage.find("subs");
    assert_eq!(
        stage.files("unpacked"),
        ["bad/bad/chat_server.py", "other/kept.py"]
    );
    assert_eq!(stage.files("subs"), ["bad.zip", "good/chat_server.py"]);
    // Where nothing can be written, that is said.
    fs::remove_dir_all(stage.path("unpacked")).unwrap();
    stage.write("unpacked", "a file");
    let found = stage.find_in(&["subs"], None);
    let Err(FindError::NotWritten { path, message }) = found else {
        panic!("{found:?}");
    };
    assert_eq!(path.parent().and_then(Path::file_name).unwrap(), "unpacked");
    assert_eq!(message, "Not a directory (os error 20)");
}
