//! The options on a program's command line: `--name value` or `--name=value`, and nothing else.
//!
//! Knows no program: each says which names it takes and what their values mean.

use std::io;

/// The options that were given.
pub(crate) struct Options {
    given: Vec<(String, String)>,
}

impl Options {
    /// Reads the arguments; a name that isn't among `known` is an error.
    pub(crate) fn parse(args: &[String], known: &[&str]) -> io::Result<Options> {
        let mut given = Vec::new();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            if !known.contains(&name) {
                return Err(wrong(format!(
                    "unknown argument `{arg}`; it takes {}",
                    known.join(", ")
                )));
            }
            let Some(value) = value.or_else(|| args.next().cloned()) else {
                return Err(wrong(format!("`{name}` needs a value")));
            };
            given.push((name.to_owned(), value));
        }
        Ok(Options { given })
    }

    /// The value of an option; the last one counts.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given
            .iter()
            .rev()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of an option, understood; an error if it was given and makes no sense.
    pub(crate) fn value<T>(
        &self,
        name: &str,
        understand: impl Fn(&str) -> Result<T, String>,
    ) -> io::Result<Option<T>> {
        let value = self.text(name).map(understand).transpose();
        value.map_err(|trouble| wrong(format!("{name}: {trouble}")))
    }

    /// `--port`, or else the sheet's own.
    pub(crate) fn port_or(&self, default: u16) -> io::Result<u16> {
        Ok(self.value("--port", port)?.unwrap_or(default))
    }
}

/// Understands a port.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| format!("端口必须是0到65535之间的整数，而不是“{text}”"))
}

fn wrong(trouble: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, trouble)
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(args: &[&str]) -> std::io::Result<Options> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::parse(&args, &["--port", "--host"])
    }

    #[test]
    fn both_forms_are_read() {
        let options = parse(&["--port", "7", "--host=example"]).unwrap();
        assert_eq!(options.port_or(1).unwrap(), 7);
        assert_eq!(options.text("--host"), Some("example"));
        assert_eq!(parse(&[]).unwrap().port_or(1).unwrap(), 1);
    }

    #[test]
    fn mistakes_are_told() {
        assert!(parse(&["--prot", "7"]).is_err());
        assert!(parse(&["7"]).is_err());
        assert!(parse(&["--port"]).is_err());
        assert!(parse(&["--port", "x"]).unwrap().port_or(1).is_err());
        assert!(parse(&["--port", "65536"]).unwrap().port_or(1).is_err());
    }
}
