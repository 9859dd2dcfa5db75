//! What pages of the documentation show, made comparable with what is printed now.

/// Ports, seeds and times differ from run to run, and so does the order of events on different streams: rows of the drawing are
/// left out, numbers of four and more digits and milliseconds are made equal.
pub(crate) fn comparable(text: &str) -> Vec<String> {
    let port = regex::Regex::new(r"[0-9]{4,5}\b").expect("regex");
    let time = regex::Regex::new(r"[0-9.]+ m?s\b").expect("regex");
    let seed = regex::Regex::new(r"seed [0-9a-f]{4}\b").expect("regex");
    let row = regex::Regex::new(r"^ +([0-9–]+  |…$)").expect("regex");
    let lines = text.lines().filter(|line| !row.is_match(line)).map(|line| {
        // First of all: a seed may have no letters in it, and look like a port.
        let line = seed.replace_all(line.trim_end(), "seed SEED");
        let line = port.replace_all(&line, "PORT");
        let line = time.replace_all(&line, "TIME");
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    // Which marks a drawing explains depends on its rows.
    lines
        .filter(|line| {
            !line.starts_with("← received")
                && !line.starts_with("→ sent")
                && !line.starts_with("| printed")
        })
        .collect()
}
