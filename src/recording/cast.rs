//! Who takes part in a conversation from its beginning.

use std::time::Duration;

use crate::diagnostic::{Localized, Place};
use crate::scenario::{
    At, CastMember, Connects, Lab, LabEntry, Near, Ready, Scenario, Transport, Visible,
};

/// The server that Viva plays for a program that dials.
const HOST: &str = "host";

/// The connections that it takes.
const LINK: &str = "link";

/// How long a step, and everything, may take: an author at a keyboard is in no hurry.
const DEADLINE: Duration = Duration::from_secs(10);
const LIMIT: Duration = Duration::from_secs(60);

/// The program that is talked to, and whom it dials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// Its role, and its name.
    pub role: String,
    /// Viva's server, if it is a program that dials.
    pub host: Option<String>,
    /// What the connections are called that this server takes; the second one is `NAME2`.
    pub link: String,
    /// TCP, UDP or WebSocket.
    pub transport: Transport,
}

impl Cast {
    /// How a client of Viva connects to the program.
    pub(super) fn connects(&self) -> Connects {
        Connects {
            to: self.role.clone(),
            transport: self.transport,
            reading: true,
            receive_buffer: None,
        }
    }
}

/// The cast of a conversation with the program that fills `role`, as a scenario without steps; `None`: the lab has no such role.
pub fn cast(lab: &Lab, role: &str, scenario: &str) -> Option<(Cast, LabEntry)> {
    let index = lab.roles.iter().position(|known| known.name == role)?;
    let transport = lab.conventions.transport;
    let host = dials(lab, role).then(|| HOST.to_owned());
    let at = |value| At {
        value,
        place: Place::default(),
    };
    let mut members = Vec::new();
    if let Some(host) = &host {
        members.push(at(CastMember::Server {
            name: host.clone(),
            transport,
            port: None,
        }));
    }
    members.push(at(CastMember::Program {
        name: role.to_owned(),
        role: index,
        with: Vec::new(),
        to: host.clone(),
    }));
    let scenario = Scenario {
        name: scenario.to_owned(),
        title: Localized {
            en: Some(scenario.to_owned()),
            zh: None,
        },
        file: String::new(),
        when: Vec::new(),
        conventions: lab.conventions.clone(),
        roles: lab.roles.clone(),
        variables: lab.variables.clone(),
        files: Vec::new(),
        cast: members,
        steps: Vec::new(),
        finally: Vec::new(),
        hint: Localized::default(),
        deadline: DEADLINE,
        limit: LIMIT,
    };
    let entry = LabEntry {
        scenario,
        points: 1.0,
        robustness: false,
        bonus: false,
        visible: Visible::Always,
        near: Near::Fail,
        needs: Vec::new(),
    };
    let cast = Cast {
        role: role.to_owned(),
        host,
        link: LINK.to_owned(),
        transport,
    };
    Some((cast, entry))
}

/// The parts of a lab file, or of a scenario file, that a scenario needs to stand alone: `variables:`, `conventions:`, `roles:`.
pub fn shared_parts(text: &str) -> String {
    let mut parts = String::new();
    let mut shared = false;
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_alphabetic()) {
            let key = line.split(':').next().unwrap_or_default();
            shared = ["variables", "conventions", "roles"].contains(&key);
        }
        if shared {
            parts.push_str(line);
            parts.push('\n');
        }
    }
    parts
}

/// Whether the program of this role dials, as the lab's scenarios cast it.
fn dials(lab: &Lab, role: &str) -> bool {
    let mut casts = lab.scenarios.iter().flat_map(|entry| {
        let scenario = &entry.scenario;
        let members = scenario.cast.iter().map(|member| &member.value);
        members.filter_map(|member| match member {
            CastMember::Program { role, to, .. } => Some((&scenario.roles[*role].name, to)),
            _ => None,
        })
    });
    match casts.find(|(name, _)| *name == role) {
        Some((_, to)) => to.is_some(),
        None => lab
            .roles
            .iter()
            .any(|known| known.name == role && known.ready == Some(Ready::Connected)),
    }
}
