//! What `viva doctor` says.

use crate::r#box::Machine;
use crate::diagnostic::Language;
use crate::report::doctor::Measured;

pub(in crate::report) fn heading(language: Language, kernel: &str, machine: &Machine) -> String {
    let Machine {
        architecture,
        processors,
        landlock,
        root,
        ..
    } = machine;
    match language {
        Language::English => {
            let user = if *root { "root" } else { "an ordinary user" };
            format!(
                "Linux {kernel} · {architecture} · processors: {processors} · Landlock ABI {landlock} · as {user}"
            )
        }
        Language::Chinese => {
            let user = if *root { "root" } else { "普通用户" };
            format!(
                "Linux {kernel} · {architecture} · 处理器：{processors} · Landlock ABI {landlock} · 身份：{user}"
            )
        }
    }
}

pub(in crate::report) fn yes(language: Language) -> &'static str {
    match language {
        Language::English => "yes",
        Language::Chinese => "有",
    }
}

pub(in crate::report) fn no(language: Language) -> &'static str {
    match language {
        Language::English => "no",
        Language::Chinese => "没有",
    }
}

pub(in crate::report) fn needs(language: Language, layer: &str) -> String {
    match language {
        Language::English => format!("for want of {layer}"),
        Language::Chinese => format!("因为没有{layer}"),
    }
}

pub(in crate::report) fn announcements(language: Language, can_be_had: bool) -> String {
    match (language, can_be_had) {
        (Language::English, true) => {
            "The kernel announces what programs do with their sockets.".to_owned()
        }
        (Language::English, false) => {
            "The kernel does not announce what programs do with their sockets: Viva looks again and again.".to_owned()
        }
        (Language::Chinese, true) => "内核会通知程序对套接字的操作。".to_owned(),
        (Language::Chinese, false) => {
            "内核不会通知程序对套接字的操作：Viva 只能反复查看。".to_owned()
        }
    }
}

pub(in crate::report) fn best(language: Language, isolation: &str) -> String {
    match language {
        Language::English => format!("--isolation=auto takes {isolation}."),
        Language::Chinese => format!("--isolation=auto 会采用 {isolation}。"),
    }
}

pub(in crate::report) fn cost(language: Language, of: Measured, milliseconds: f64) -> String {
    match language {
        Language::English => {
            let of = match of {
                Measured::Box => "A box with a program that does nothing",
                Measured::Bare => "The same without isolation",
                Measured::Python => "Python in a box, start to end",
            };
            format!("{of}: {milliseconds:.1} ms (median).")
        }
        Language::Chinese => {
            let of = match of {
                Measured::Box => "一个沙箱加一个什么都不做的程序",
                Measured::Bare => "同上，不隔离",
                Measured::Python => "沙箱中的 Python 从启动到结束",
            };
            format!("{of}：{milliseconds:.1} 毫秒（中位数）。")
        }
    }
}
