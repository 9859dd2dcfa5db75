//! Chromium, without a window, spoken to in its DevTools protocol over a pipe: no port is opened.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use data_encoding::BASE64;
use serde_json::{Value, json};

/// A page in a browser of its own. It ends with the value.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    number: u64,
    /// What the browser told without being asked: the names and the rest.
    told: Vec<(String, Value)>,
    _profile: tempfile::TempDir,
}

/// The browser's program, if there is one here.
pub(crate) fn chromium() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

impl Browser {
    /// Starts it with an empty page of `width` by `height` pixels.
    pub(crate) fn start(program: &Path, width: u32, height: u32) -> Browser {
        let profile = tempfile::tempdir().expect("a folder");
        // The protocol comes on descriptor 3 and goes to 4.
        let mut child = Command::new("sh")
            .args([
                "-c",
                "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null",
                "sh",
            ])
            .arg(program)
            .args([
                "--headless",
                // It runs as root in CI, and shows nothing but our own pages.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--disable-background-networking",
                "--no-first-run",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--window-size={width},{height}"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the browser starts");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut browser = Browser {
            child,
            input,
            output,
            session: None,
            number: 0,
            told: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = browser.call(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Calls a method of the protocol and gives its result.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut text = message.to_string().into_bytes();
        text.push(0);
        self.input.write_all(&text).expect("the browser reads");
        loop {
            let message = self.message();
            if message["id"] == self.number {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
        }
    }

    /// The next message; what was not asked for is kept.
    fn message(&mut self) -> Value {
        let mut text = Vec::new();
        self.output
            .read_until(0, &mut text)
            .expect("the browser writes");
        text.pop();
        let message: Value = serde_json::from_slice(&text).expect("a message of the protocol");
        if let Some(method) = message["method"].as_str() {
            self.told
                .push((method.to_owned(), message["params"].clone()));
        }
        message
    }

    /// Opens a file, and waits until all of it is there.
    pub(crate) fn open(&mut self, file: &Path) {
        self.told.clear();
        let url = format!("file://{}", file.display());
        let result = self.call("Page.navigate", json!({ "url": url }));
        assert!(
            result["errorText"].is_null(),
            "{url}: {}",
            result["errorText"]
        );
        while !self
            .told
            .iter()
            .any(|(name, _)| name == "Page.loadEventFired")
        {
            self.message();
        }
    }

    /// What an expression of JavaScript comes to.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let result = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        let exception = &result["exceptionDetails"];
        assert!(exception.is_null(), "{expression}: {exception}");
        result["result"]["value"].clone()
    }

    /// The same where it is a text.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.eval(expression)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Presses a key that types this.
    pub(crate) fn press(&mut self, key: &str) {
        let text = if key.chars().count() == 1 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            self.call(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "text": text }),
            );
        }
    }

    /// The page as PDF.
    pub(crate) fn pdf(&mut self) -> Vec<u8> {
        let result = self.call("Page.printToPDF", json!({ "printBackground": true }));
        let data = result["data"].as_str().expect("data");
        BASE64.decode(data.as_bytes()).expect("base 64")
    }

    /// Everything that should not have happened since the page was opened: requests for other things than the page, messages
    /// on the console, exceptions, violations of the page's own policy.
    pub(crate) fn trouble(&mut self) -> Vec<String> {
        // What is on its way comes before the answer.
        self.eval("1");
        let told = self.told.iter().filter_map(|(name, told)| {
            let what = match name.as_str() {
                "Network.requestWillBeSent" if told["type"] == "Document" => return None,
                "Network.requestWillBeSent" => &told["request"]["url"],
                "Runtime.exceptionThrown" => &told["exceptionDetails"],
                "Runtime.consoleAPICalled" => &told["args"],
                "Log.entryAdded" => &told["entry"]["text"],
                "Page.javascriptDialogOpening" => &told["message"],
                _ => return None,
            };
            Some(format!("{name}: {what}"))
        });
        told.collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to, it ends its helpers first, and lets go of its folder.
        let close = json!({ "id": self.number + 1, "method": "Browser.close" });
        let asked = self.input.write_all(format!("{close}\0").as_bytes());
        if asked.is_err() {
            let _ = self.child.kill();
        }
        let mut rest = Vec::new();
        let _ = self.output.read_to_end(&mut rest);
        let _ = self.child.wait();
    }
}
