//! What an attack is: the row of a table.
//!
//! Its *name* is the one by which `docs/isolation.md` and failures know it; *tries* says in a few words what it must not
//! achieve. How success is seen is the same for all: the arena looks at everything after each of them.

/// A hostile or careless submission.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) tries: &'static str,
    /// The lab and the scenario that it is run against.
    pub(crate) scenario: (&'static str, &'static str),
    /// Its files: (name, content). In both, `@NAME@` stands for what the arena offers.
    pub(crate) files: &'static [(&'static str, &'static str)],
    pub(crate) ends: Ends,
    /// The deadline of each step.
    pub(crate) deadline: &'static str,
    /// A program of another submission that runs at the same time in a box of another Viva: this must have called
    /// `planted()` before the attack begins.
    pub(crate) beside: Option<&'static str>,
}

/// What rightly becomes of an attack.
#[derive(Clone, Copy)]
pub(crate) enum Ends {
    /// It also does what the lab asks for.
    Passed,
    Failed,
    /// It is not run at all.
    Refused,
}

/// An attack by a server whose files are these.
pub(crate) const fn files(
    name: &'static str,
    tries: &'static str,
    files: &'static [(&'static str, &'static str)],
) -> Attack {
    Attack {
        name,
        tries,
        scenario: ("echo", "echo"),
        files,
        ends: Ends::Failed,
        deadline: "20s",
        beside: None,
    }
}

/// An attack by a server in Python, which begins with `from attacker import *`; perhaps beside another.
macro_rules! python {
    ($name:literal, $tries:literal, $program:literal, beside $other:literal) => {
        crate::attack::python!($name, $tries, $program)
            .beside(concat!("from attacker import *\n", $other))
    };
    ($name:literal, $tries:literal, $program:literal) => {
        crate::attack::files(
            $name,
            $tries,
            &[(
                "@MARK@_server.py",
                concat!("from attacker import *\n", $program),
            )],
        )
    };
}
pub(crate) use python;

impl Attack {
    /// It also answers as it should.
    pub(crate) const fn that_passes(mut self) -> Attack {
        self.ends = Ends::Passed;
        self
    }

    /// While this program of another submission runs.
    pub(crate) const fn beside(mut self, program: &'static str) -> Attack {
        self.beside = Some(program);
        self
    }

    /// Against another scenario.
    pub(crate) const fn against(mut self, lab: &'static str, scenario: &'static str) -> Attack {
        self.scenario = (lab, scenario);
        self
    }

    /// Viva says what is wrong with it, and does not run it.
    pub(crate) const fn that_is_refused(mut self) -> Attack {
        self.ends = Ends::Refused;
        self
    }

    /// It goes on until a deadline, which comes soon.
    pub(crate) const fn without_end(mut self) -> Attack {
        self.deadline = "1s";
        self
    }
}
