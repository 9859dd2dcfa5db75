//! `viva doctor`: what this machine gives for keeping programs apart, and what that costs.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use crate::r#box::{
    BoxEvent, BoxEvents, Isolation, Launch, Layer, Setting, Stdio, TestBox, Watch, machine, probe,
    survey,
};
use crate::engine::resolve;
use crate::report::{Checkup, Cost, LayerCheck, Measured, Problem, Style};

use super::{Exit, complain, print};

/// How often everything is measured.
const TIMES: usize = 15;

/// Prints it; 0 if nothing is missing that full isolation has, else 3.
pub(super) fn doctor(json: bool, style: &Style) -> Exit {
    let isolation = probe().best();
    let layers: Vec<LayerCheck> = survey()
        .into_iter()
        .map(|(layer, standing)| LayerCheck::new(layer, &standing))
        .collect();
    // To an ordinary user's programs Viva's own user is nobody in particular.
    let complete = layers
        .iter()
        .all(|check| check.held || check.layer == Layer::User);
    let (announcements, costs) = match measure(isolation) {
        Ok(measured) => measured,
        Err(error) => {
            let problem = Problem::System {
                doing: "box".to_owned(),
                message: error.to_string(),
            };
            return complain(&problem, style);
        }
    };
    let checkup = Checkup {
        version: 1,
        viva: env!("CARGO_PKG_VERSION").to_owned(),
        machine: machine(),
        isolation,
        layers,
        announcements,
        costs,
    };
    let text = match json {
        true => crate::report::checkup_json(&checkup),
        false => crate::report::checkup(&checkup, style),
    };
    match print(&text) {
        Exit::Passed if !complete => Exit::Trouble,
        exit => exit,
    }
}

/// Whether system calls are announced, and what things cost.
fn measure(isolation: Isolation) -> io::Result<(bool, Vec<Cost>)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut announcements = false;
        let mut costs = Vec::new();
        for (of, isolation) in [
            (Measured::Box, isolation),
            (Measured::Bare, Isolation::None),
        ] {
            let mut times = Vec::new();
            for _ in 0..TIMES {
                let began = Instant::now();
                let (test_box, mut events) = TestBox::open(&Setting::new(isolation)).await?;
                let nothing = vec![OsString::from("/bin/true")];
                announcements = run(&test_box, &mut events, nothing).await?;
                test_box.end().await?;
                times.push(began.elapsed().as_secs_f64());
            }
            costs.push(cost(of, times));
        }
        if let Some(python) = resolve("python3") {
            let setting = Setting {
                readable: python.readable,
                ..Setting::new(isolation)
            };
            let (test_box, mut events) = TestBox::open(&setting).await?;
            let mut times = Vec::new();
            for _ in 0..TIMES {
                let began = Instant::now();
                let words = [python.path.as_os_str(), "-c".as_ref(), "pass".as_ref()];
                let words = words.map(ToOwned::to_owned).to_vec();
                run(&test_box, &mut events, words).await?;
                times.push(began.elapsed().as_secs_f64());
            }
            test_box.end().await?;
            costs.push(cost(Measured::Python, times));
        }
        Ok((announcements, costs))
    })
}

/// Runs a program to its end; whether its system calls are announced.
async fn run(test_box: &TestBox, events: &mut BoxEvents, words: Vec<OsString>) -> io::Result<bool> {
    let nothing = || {
        let mut options = std::fs::File::options();
        options.read(true).write(true).open("/dev/null")
    };
    let launch = Launch {
        argv: words,
        environment: Vec::new(),
        folder: PathBuf::from(test_box.folder()),
        stdio: Stdio::Streams([nothing()?.into(), nothing()?.into(), nothing()?.into()]),
        watch: Watch::ALL,
    };
    let process = test_box.launch(launch).await.map_err(io::Error::other)?;
    loop {
        match events.recv().await {
            Some(BoxEvent::Exited { process: ended, .. }) if ended == process.id => {
                return Ok(process.watched);
            }
            Some(BoxEvent::Gone(error)) => return Err(error),
            Some(_) => {}
            None => return Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

fn cost(of: Measured, mut seconds: Vec<f64>) -> Cost {
    seconds.sort_by(f64::total_cmp);
    let median = seconds.get(seconds.len() / 2).copied().unwrap_or_default();
    Cost {
        of,
        milliseconds: (median * 1e5).round() / 100.0,
    }
}
