//! How programs were kept apart, and what to do where they can't be.

use crate::r#box::{Cure, Isolation, Layer, Layers, Missing};

/// The word of the command line.
pub(in crate::report) fn isolation(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Full => "full",
        Isolation::Basic => "basic",
        Isolation::None => "none",
    }
}

/// What a layer is, in English.
pub(in crate::report) fn english_layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Namespaces => "a network, processes and names of its own (namespaces)",
        Layer::User => "another user than Viva's",
        Layer::Root => "a root of its own",
        Layer::Space => "disk space of limited size",
        Layer::Processes => "a process table of its own",
        Layer::Landlock => "Landlock",
        Layer::Calls => "refused system calls (seccomp)",
        Layer::Limits => "limits",
    }
}

/// What a layer is, in Chinese.
pub(in crate::report) fn chinese_layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Namespaces => "独立的网络、进程和主机名（命名空间）",
        Layer::User => "与 Viva 不同的用户",
        Layer::Root => "独立的根目录",
        Layer::Space => "大小受限的磁盘空间",
        Layer::Processes => "独立的进程表",
        Layer::Landlock => "Landlock",
        Layer::Calls => "系统调用过滤（seccomp）",
        Layer::Limits => "资源限制",
    }
}

/// What a reader must know about how programs were kept apart; `None` where all is as it should be.
pub(in crate::report) fn english_layers(layers: &Layers) -> Option<String> {
    let without: Vec<String> = layers
        .missing
        .iter()
        .map(|missing| format!("without {} ({})", english_layer(missing.layer), missing.why))
        .collect();
    let held: Vec<&str> = layers.held.iter().copied().map(english_layer).collect();
    match layers.isolation {
        Isolation::Full if without.is_empty() => None,
        Isolation::Full => Some(format!("full, but {}", without.join(", "))),
        Isolation::Basic => {
            let mut text = format!(
                "basic: the programs shared this machine's network and could see its processes; what held: {}",
                held.join(", ")
            );
            if !without.is_empty() {
                text.push_str("; ");
                text.push_str(&without.join(", "));
            }
            Some(text)
        }
        Isolation::None => Some(
            "none: nothing kept the programs from this machine; they could read, change and end whatever you can, these results included"
                .to_owned(),
        ),
    }
}

/// The same in Chinese.
pub(in crate::report) fn chinese_layers(layers: &Layers) -> Option<String> {
    let without: Vec<String> = layers
        .missing
        .iter()
        .map(|missing| format!("缺少{}（{}）", chinese_layer(missing.layer), missing.why))
        .collect();
    let held: Vec<&str> = layers.held.iter().copied().map(chinese_layer).collect();
    match layers.isolation {
        Isolation::Full if without.is_empty() => None,
        Isolation::Full => Some(format!("full，但{}", without.join("，"))),
        Isolation::Basic => {
            let mut text = format!(
                "basic：程序与本机共用网络，并能看到本机的进程；起作用的有：{}",
                held.join("、")
            );
            if !without.is_empty() {
                text.push('；');
                text.push_str(&without.join("，"));
            }
            Some(text)
        }
        Isolation::None => Some(
            "none：程序没有受到任何隔离；你能读、能改、能结束的，它们都能，包括这些结果".to_owned(),
        ),
    }
}

/// That full isolation is demanded and can't be had.
pub(in crate::report) fn english_refusal(missing: &Missing, cure: &Cure) -> String {
    format!(
        "--isolation=full is demanded, but this machine does not give {}: {}; {}; --isolation=auto takes what there is",
        english_layer(missing.layer),
        missing.why,
        english_cure(cure)
    )
}

/// The same in Chinese.
pub(in crate::report) fn chinese_refusal(missing: &Missing, cure: &Cure) -> String {
    format!(
        "要求了 --isolation=full，但这台机器不提供{}：{}；{}；--isolation=auto 会退而求其次",
        chinese_layer(missing.layer),
        missing.why,
        chinese_cure(cure)
    )
}

/// How a layer can be had, in English.
pub(in crate::report) fn english_cure(cure: &Cure) -> String {
    match cure {
        Cure::Sysctl(setting) => format!("as root: sysctl -w {setting}"),
        Cure::AppArmor(setting) => format!(
            "give viva an AppArmor profile with the rule `userns,`, or as root: sysctl -w {setting}"
        ),
        Cure::Container => {
            "start the container with more rights (docker run --privileged, or --security-opt seccomp=unconfined --security-opt systempaths=unconfined)".to_owned()
        }
        Cure::Kernel(version) => format!("it needs Linux {version} or newer"),
        Cure::SecurityModule => {
            "add landlock to `lsm=` on the kernel's command line".to_owned()
        }
        Cure::Root => "run viva as the machine's root".to_owned(),
        Cure::Unknown => "`viva doctor` shows what this machine gives".to_owned(),
    }
}

/// The same in Chinese.
pub(in crate::report) fn chinese_cure(cure: &Cure) -> String {
    match cure {
        Cure::Sysctl(setting) => format!("以 root 执行：sysctl -w {setting}"),
        Cure::AppArmor(setting) => format!(
            "给 viva 一个含有 `userns,` 规则的 AppArmor 配置，或以 root 执行：sysctl -w {setting}"
        ),
        Cure::Container => {
            "用更多权限启动容器（docker run --privileged，或 --security-opt seccomp=unconfined --security-opt systempaths=unconfined）".to_owned()
        }
        Cure::Kernel(version) => format!("需要 Linux {version} 或更新的内核"),
        Cure::SecurityModule => "在内核命令行的 `lsm=` 中加入 landlock".to_owned(),
        Cure::Root => "以本机的 root 运行 viva".to_owned(),
        Cure::Unknown => "`viva doctor` 会列出这台机器提供什么".to_owned(),
    }
}
