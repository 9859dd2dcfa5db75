//! Whether scenarios are told apart by their names, and whether their needs can be met.

use crate::diagnostic::{Code, Place};

use super::findings::Findings;
use super::similar::similar;
use super::tree::Node;

/// The name of a scenario and what it needs, each with its place.
pub(super) struct Needing<'n> {
    pub(super) name: &'n Node,
    pub(super) needs: &'n [(String, Place)],
}

impl Needing<'_> {
    fn name(&self) -> &str {
        self.name.text().unwrap_or_default()
    }
}

/// Reports names that two scenarios have.
pub(super) fn check_twice(scenarios: &[Needing<'_>], findings: &mut Findings) {
    for (index, scenario) in scenarios.iter().enumerate() {
        let mut before = scenarios[..index].iter();
        if let Some(first) = before.find(|first| first.name() == scenario.name()) {
            let name = scenario.name().to_owned();
            let code = Code::ScenarioTwice { name };
            findings.error_with(code, scenario.name.place(), first.name.place());
        }
    }
}

/// Reports needs that are no scenario of the lab, and needs that lead back to themselves.
pub(super) fn check_needs(scenarios: &[Needing<'_>], findings: &mut Findings) {
    let index = |name: &str| scenarios.iter().position(|known| known.name() == name);
    let mut needs: Vec<Vec<usize>> = Vec::new();
    for scenario in scenarios {
        let mut known = Vec::new();
        for (need, place) in scenario.needs {
            match index(need) {
                Some(need) => known.push(need),
                None => {
                    let names = scenarios.iter().map(Needing::name);
                    let code = Code::UnknownNeed {
                        name: need.clone(),
                        similar: similar(need, names),
                    };
                    findings.error(code, place.clone());
                }
            }
        }
        needs.push(known);
    }
    for circle in circles(&needs) {
        let (first, last) = (circle[0], circle[circle.len() - 1]);
        let mut closing = scenarios[last].needs.iter();
        let closing = closing.find(|(need, _)| index(need) == Some(first));
        if let Some((_, place)) = closing {
            let names = circle.iter().map(|at| scenarios[*at].name().to_owned());
            let names = names.collect();
            findings.error(Code::CircularNeeds { names }, place.clone());
        }
    }
}

/// The circles among needs: none is empty, and no two have a member in common.
fn circles(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut circles = Vec::new();
    let mut settled = vec![false; needs.len()];
    loop {
        let ready = |settled: &[bool], at: usize| needs[at].iter().all(|need| settled[*need]);
        while let Some(at) = (0..needs.len()).find(|at| !settled[*at] && ready(&settled, *at)) {
            settled[at] = true;
        }
        let Some(mut at) = settled.iter().position(|settled| !settled) else {
            return circles;
        };
        // Everything that is left needs something that is left: who follows that comes round.
        let mut path: Vec<usize> = Vec::new();
        let start = loop {
            if let Some(start) = path.iter().position(|before| *before == at) {
                break start;
            }
            path.push(at);
            match needs[at].iter().find(|need| !settled[**need]) {
                Some(need) => at = *need,
                None => break path.len() - 1,
            }
        };
        let circle = path.split_off(start);
        for member in &circle {
            settled[*member] = true;
        }
        circles.push(circle);
    }
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[test]
    fn circles_are_found_once() {
        let none: &[&[usize]] = &[];
        type Circles<'a> = &'a [&'a [usize]];
        let cases: [(Circles<'_>, Circles<'_>); 6] = [
            (&[], none),
            (&[&[], &[0], &[0, 1]], none),
            (&[&[0]], &[&[0]]),
            (&[&[1], &[2], &[0]], &[&[0, 1, 2]]),
            // Who only leads into a circle isn't part of it.
            (&[&[1], &[2], &[1]], &[&[1, 2]]),
            (&[&[1], &[0], &[3], &[2, 0]], &[&[0, 1], &[2, 3]]),
        ];
        for (needs, expected) in cases {
            let needs: Vec<Vec<usize>> = needs.iter().map(|it| it.to_vec()).collect();
            assert_eq!(circles(&needs), expected, "{needs:?}");
        }
    }
}
