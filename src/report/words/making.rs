//! What was made for the author of a lab, in words.

use crate::diagnostic::Language;
use crate::report::making::MadeFor;

/// The sentences about a new lab.
pub(in crate::report) struct NewLab {
    /// Its name, and how many scenarios and known programs it has.
    pub(in crate::report) made: fn(&str, usize, usize) -> String,
    pub(in crate::report) lint: &'static str,
    pub(in crate::report) run: &'static str,
    pub(in crate::report) calibrate: &'static str,
    /// Where its readme is.
    pub(in crate::report) readme: fn(&str) -> String,
}

pub(in crate::report) fn new_lab(language: Language) -> NewLab {
    match language {
        Language::English => NewLab {
            made: |name, scenarios, known| {
                format!("{name}: a new lab, with {scenarios} scenarios and {known} known programs")
            },
            lint: "is everything written as it should be?",
            run: "the scenarios with the reference",
            calibrate: "do they tell right from wrong?",
            readme: |readme| format!("{readme} says what to change."),
        },
        Language::Chinese => NewLab {
            made: |name, scenarios, known| {
                format!("{name}：新实验，含 {scenarios} 个场景、{known} 个已知程序")
            },
            lint: "写法都对吗？",
            run: "用参考程序运行全部场景",
            calibrate: "这些场景能分清对错吗？",
            readme: |readme| format!("{readme} 说明要改哪些地方。"),
        },
    }
}

/// What to do with files that were made in `folder`, which is written as a shell reads it.
pub(in crate::report) fn next_step(what: MadeFor, folder: &str, language: Language) -> String {
    match language {
        Language::English => match what {
            MadeFor::Gradescope => format!(
                "Next: (cd {folder} && zip -r ../autograder.zip .), and upload that as the autograder of the assignment. setup.sh says which languages are installed."
            ),
            MadeFor::Classroom50 => format!(
                "Next: put what is in {folder} into CLASSROOM/autograders/ASSIGNMENT/ of the configuration repository."
            ),
            MadeFor::Github => "Next: commit it to the repository that students begin with.".to_owned(),
            MadeFor::GithubMatrix => "Next: commit it to a private repository with the folder `submissions`, and run the workflow `grade the class`.".to_owned(),
            MadeFor::Gitlab => "Next: commit it to a private project with the folder `submissions`.".to_owned(),
            MadeFor::Slurm => format!("Next: {folder}/viva-slurm.sh SUBMISSIONS RESULTS, in a folder that all nodes see."),
            MadeFor::Container => format!(
                "Next, in the repository of Viva: podman build -t viva -f {folder}/Containerfile ."
            ),
        },
        Language::Chinese => match what {
            MadeFor::Gradescope => format!(
                "下一步：(cd {folder} && zip -r ../autograder.zip .)，把它作为作业的 autograder 上传。安装哪些语言写在 setup.sh 里。"
            ),
            MadeFor::Classroom50 => format!(
                "下一步：把 {folder} 里的内容放进配置仓库的 CLASSROOM/autograders/ASSIGNMENT/。"
            ),
            MadeFor::Github => "下一步：提交到学生起步用的仓库。".to_owned(),
            MadeFor::GithubMatrix => "下一步：提交到含 `submissions` 目录的私有仓库，再运行工作流 `grade the class`。".to_owned(),
            MadeFor::Gitlab => "下一步：提交到含 `submissions` 目录的私有项目。".to_owned(),
            MadeFor::Slurm => format!("下一步：在所有节点都能看到的目录里运行 {folder}/viva-slurm.sh 提交目录 结果目录。"),
            MadeFor::Container => format!(
                "下一步，在 Viva 的仓库里：podman build -t viva -f {folder}/Containerfile ."
            ),
        },
    }
}
