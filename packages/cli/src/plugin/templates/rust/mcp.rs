//! A server of the Model Context Protocol over standard input and output, revisions 2026-07-28 and
//! 2025-11-25: newline-delimited JSON-RPC 2.0. Nothing in here is about what the tools do.

use std::collections::HashMap;
use std::io::{self, BufRead, Read, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::json::Json;

const MODERN_VERSION: &str = "2026-07-28";
/// These begin with `initialize`; the first one is offered to a client that asks for another.
const LEGACY_VERSIONS: [&str; 2] = ["2025-11-25", "2025-06-18"];
const VERSION_META: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT_META: &str = "io.modelcontextprotocol/clientCapabilities";
const SERVER_META: &str = "io.modelcontextprotocol/serverInfo";
const OUTCOME_META: &str = "opencomputer/outcome";
const STOPPED_METHOD: &str = "notifications/opencomputer/stopped";
/// How long clients may keep the list of tools.
const LIST_MS: f64 = 3_600_000.0;
const MESSAGE_BYTES_MAX: u64 = 16_000_000;
const CALLS_OPEN_MAX: usize = 64;
/// Time that running handlers have to end after the host has gone.
const END_TIME_MAX: Duration = Duration::from_millis(800);

/// Says when a call was cancelled; a handler must stop then.
#[derive(Clone, Default)]
pub struct Signal(Arc<AtomicBool>);

impl Signal {
    pub fn is_aborted(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    fn abort(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// How a call ended; `data` must be an object.
#[derive(Debug)]
pub struct Outcome {
    pub status: &'static str,
    pub text: String,
    pub data: Option<Json>,
}

impl Outcome {
    pub fn done(text: &str, data: Option<Json>) -> Outcome {
        Outcome {
            status: "done",
            text: text.to_string(),
            data,
        }
    }

    pub fn refused(text: &str) -> Outcome {
        Outcome {
            status: "refused",
            text: text.to_string(),
            data: None,
        }
    }

    fn failed(text: String) -> Outcome {
        Outcome {
            status: "failed",
            text,
            data: None,
        }
    }
}

/// A tool as it is listed, with what it does. A handler must stop on its signal, return a refusal for
/// what it will not do, and `Err` only for a defect.
#[derive(Clone)]
pub struct Tool {
    pub name: &'static str,
    pub description: &'static str,
    /// JSON Schema of the arguments, an object.
    pub input_schema: &'static str,
    pub handler: fn(&Json, &Signal) -> Result<Outcome, String>,
}

type Output = Arc<Mutex<Box<dyn Write + Send>>>;

struct Shared {
    name: String,
    version: String,
    output: Output,
    /// Running calls by the text of their id.
    open: Mutex<HashMap<String, Signal>>,
    running: Mutex<usize>,
    ended: Condvar,
}

/// Answers until the host closes standard input, then ends the process.
pub fn serve(name: &str, version: &str, tools: Vec<Tool>) -> ! {
    run(
        name,
        version,
        tools,
        io::stdin().lock(),
        Box::new(io::stdout()),
    );
    std::process::exit(0)
}

/// What a server says to one line; for tests.
#[cfg(test)]
pub fn answers(name: &str, version: &str, tools: Vec<Tool>, line: &str) -> String {
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);
    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let kept = Kept::default();
    let input = io::Cursor::new(format!("{line}\n"));
    run(name, version, tools, input, Box::new(kept.clone()));
    let bytes = kept.0.lock().unwrap().clone();
    String::from_utf8(bytes).expect("UTF-8")
}

fn run<Input: BufRead>(
    name: &str,
    version: &str,
    tools: Vec<Tool>,
    mut input: Input,
    output: Box<dyn Write + Send>,
) {
    let shared = Arc::new(Shared {
        name: name.to_string(),
        version: version.to_string(),
        output: Arc::new(Mutex::new(output)),
        open: Mutex::default(),
        running: Mutex::default(),
        ended: Condvar::new(),
    });
    let server = Server {
        shared: shared.clone(),
        tools,
    };
    loop {
        let mut line = Vec::new();
        let limit = MESSAGE_BYTES_MAX + 1;
        match input.by_ref().take(limit).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) if line.ends_with(b"\n") => server.receive(&String::from_utf8_lossy(&line)),
            Ok(_) if (line.len() as u64) < limit => break,
            Ok(_) => {
                discard_line(&mut input);
                let problem = format!("A message may have {MESSAGE_BYTES_MAX} bytes.");
                shared.refuse(&Json::Null, -32600, &problem);
            }
        }
    }
    shared.close();
}

fn discard_line<Input: BufRead>(input: &mut Input) {
    loop {
        let mut piece = Vec::new();
        match input.by_ref().take(64_000).read_until(b'\n', &mut piece) {
            Ok(0) | Err(_) => return,
            Ok(_) if piece.ends_with(b"\n") => return,
            Ok(_) => {}
        }
    }
}

struct Server {
    shared: Arc<Shared>,
    tools: Vec<Tool>,
}

impl Server {
    fn receive(&self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let Ok(message) = Json::parse(line) else {
            return self.shared.refuse(&Json::Null, -32700, "Not valid JSON.");
        };
        if message.get("jsonrpc").and_then(Json::as_str) != Some("2.0") {
            return self
                .shared
                .refuse(&Json::Null, -32600, "Not a JSON-RPC 2.0 message.");
        }
        // A message without a method answers a request: this server sends none.
        let Some(method) = message.get("method").and_then(Json::as_str) else {
            return;
        };
        let params = message.get("params").cloned().unwrap_or(Json::Null);
        match message.get("id") {
            None if method == "notifications/cancelled" => self.cancel(&params),
            None => {}
            Some(id @ (Json::Text(_) | Json::Number(_))) => {
                self.answer_request(id, method, &params)
            }
            Some(_) => {
                self.shared
                    .refuse(&Json::Null, -32600, "The id must be a string or a number.");
            }
        }
    }

    fn cancel(&self, params: &Json) {
        let Some(id) = params.get("requestId") else {
            return;
        };
        if let Some(signal) = self.shared.open.lock().unwrap().get(&id.to_string()) {
            signal.abort();
        }
    }

    fn answer_request(&self, id: &Json, method: &str, params: &Json) {
        let shared = &self.shared;
        let meta = params.get("_meta");
        let version = meta.and_then(|given| given.get(VERSION_META));
        let client = meta.and_then(|given| given.get(CLIENT_META));
        let is_modern = version.is_some();
        let tools = Json::object(vec![("tools", Json::object(vec![]))]);
        if is_modern && version.and_then(Json::as_str) != Some(MODERN_VERSION) {
            let all = [MODERN_VERSION]
                .into_iter()
                .chain(LEGACY_VERSIONS)
                .map(Json::from)
                .collect();
            let requested = version.cloned().unwrap_or(Json::Null);
            let data = Json::object(vec![
                ("supported", Json::List(all)),
                ("requested", requested),
            ]);
            return shared.send_error(id, -32022, "Unsupported protocol version", Some(data));
        }
        if is_modern && !matches!(client, Some(Json::Object(_))) {
            return shared.refuse(id, -32602, &format!("_meta needs {CLIENT_META}."));
        }
        match method {
            "tools/call" => self.start_call(id, params, is_modern),
            "tools/list" => shared.answer(id, vec![("tools", self.list())], is_modern, is_modern),
            "server/discover" if is_modern => {
                let versions = Json::List(vec![Json::from(MODERN_VERSION)]);
                let found = vec![("supportedVersions", versions), ("capabilities", tools)];
                shared.answer(id, found, true, true);
            }
            "server/discover" => {
                shared.refuse(id, -32602, &format!("_meta needs {VERSION_META}."));
            }
            "initialize" if !is_modern => {
                let requested = params.get("protocolVersion").and_then(Json::as_str);
                let known = LEGACY_VERSIONS
                    .into_iter()
                    .find(|each| Some(*each) == requested);
                let agreed = Json::from(known.unwrap_or(LEGACY_VERSIONS[0]));
                let result = vec![
                    ("protocolVersion", agreed),
                    ("capabilities", tools),
                    ("serverInfo", shared.about()),
                ];
                shared.answer(id, result, false, false);
            }
            "ping" if !is_modern => shared.answer(id, vec![], false, false),
            _ => shared.refuse(id, -32601, &format!("Unknown method: {method}")),
        }
    }

    fn list(&self) -> Json {
        let described = self.tools.iter().map(|tool| {
            Json::object(vec![
                ("name", Json::from(tool.name)),
                ("description", Json::from(tool.description)),
                (
                    "inputSchema",
                    Json::parse(tool.input_schema).expect("a schema in JSON"),
                ),
            ])
        });
        Json::List(described.collect())
    }

    fn start_call(&self, id: &Json, params: &Json, is_modern: bool) {
        let shared = self.shared.clone();
        let name = params.get("name").cloned().unwrap_or(Json::Null);
        let Some(tool) = self
            .tools
            .iter()
            .find(|tool| Some(tool.name) == name.as_str())
            .cloned()
        else {
            return shared.refuse(id, -32602, &format!("Unknown tool: {name}"));
        };
        let arguments = params
            .get("arguments")
            .cloned()
            .unwrap_or(Json::object(vec![]));
        if !matches!(arguments, Json::Object(_)) {
            return shared.refuse(id, -32602, "The arguments must be an object.");
        }
        let signal = Signal::default();
        {
            let mut open = shared.open.lock().unwrap();
            if open.contains_key(&id.to_string()) {
                return shared.refuse(id, -32600, "A call with this id is running.");
            }
            if open.len() >= CALLS_OPEN_MAX {
                return shared.refuse(id, -32000, &format!("{CALLS_OPEN_MAX} calls are running."));
            }
            open.insert(id.to_string(), signal.clone());
        }
        *shared.running.lock().unwrap() += 1;
        let id = id.clone();
        std::thread::spawn(move || {
            let outcome = run_handler(&tool, &arguments, &signal);
            shared.open.lock().unwrap().remove(&id.to_string());
            // A cancelled call gets no answer; our host is told that its handler has ended.
            if signal.is_aborted() {
                let params = Json::object(vec![("requestId", id)]);
                shared.send(vec![
                    ("method", Json::from(STOPPED_METHOD)),
                    ("params", params),
                ]);
            } else {
                shared.answer(&id, result_of(outcome), is_modern, false);
            }
            *shared.running.lock().unwrap() -= 1;
            shared.ended.notify_all();
        });
    }
}

/// Never panics: what a handler panics with is told in full to the log only.
fn run_handler(tool: &Tool, arguments: &Json, signal: &Signal) -> Outcome {
    let run = AssertUnwindSafe(|| (tool.handler)(arguments, signal));
    match catch_unwind(run) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(problem)) => {
            eprintln!("{}: {problem}", tool.name);
            Outcome::failed(format!("{} failed: {problem}", tool.name))
        }
        Err(_) => Outcome::failed(format!("{} failed: a defect", tool.name)),
    }
}

fn result_of(outcome: Outcome) -> Vec<(&'static str, Json)> {
    let content = vec![
        ("type", Json::from("text")),
        ("text", Json::Text(outcome.text)),
    ];
    let mut meta = vec![("status", Json::from(outcome.status))];
    if outcome.status == "failed" {
        meta.push(("code", Json::from("TOOL_FAILED")));
    }
    let mut result = vec![("content", Json::List(vec![Json::object(content)]))];
    if let Some(data) = outcome.data {
        result.push(("structuredContent", data));
    }
    if outcome.status != "done" {
        result.push(("isError", Json::Bool(true)));
    }
    result.push((
        "_meta",
        Json::object(vec![(OUTCOME_META, Json::object(meta))]),
    ));
    result
}

impl Shared {
    fn about(&self) -> Json {
        let (name, version) = (
            Json::from(self.name.as_str()),
            Json::from(self.version.as_str()),
        );
        Json::object(vec![("name", name), ("version", version)])
    }

    /// Since 2026-07-28 a result carries its type and who answered, and a list how long it holds.
    fn answer(&self, id: &Json, found: Vec<(&str, Json)>, is_modern: bool, is_kept: bool) {
        let mut result = found;
        if is_kept {
            result.push(("ttlMs", Json::Number(LIST_MS)));
            result.push(("cacheScope", Json::from("public")));
        }
        if is_modern {
            let mut meta = match result.iter().position(|(key, _)| *key == "_meta") {
                Some(at) => match result.remove(at).1 {
                    Json::Object(members) => members,
                    _ => vec![],
                },
                None => vec![],
            };
            meta.push((SERVER_META.to_string(), self.about()));
            result.push(("resultType", Json::from("complete")));
            result.push(("_meta", Json::Object(meta)));
        }
        self.send(vec![("id", id.clone()), ("result", Json::object(result))]);
    }

    fn refuse(&self, id: &Json, code: i32, message: &str) {
        self.send_error(id, code, message, None);
    }

    fn send_error(&self, id: &Json, code: i32, message: &str, data: Option<Json>) {
        let mut error = vec![
            ("code", Json::Number(code.into())),
            ("message", Json::from(message)),
        ];
        error.extend(data.map(|more| ("data", more)));
        self.send(vec![("id", id.clone()), ("error", Json::object(error))]);
    }

    fn send(&self, members: Vec<(&str, Json)>) {
        let mut message = vec![("jsonrpc", Json::from("2.0"))];
        message.extend(members);
        let line = format!("{}\n", Json::object(message));
        let mut output = self.output.lock().unwrap();
        // Where nobody reads any more, the end of the input follows.
        let _ = output
            .write_all(line.as_bytes())
            .and_then(|()| output.flush());
    }

    /// Cancels what still runs, and waits a moment for it.
    fn close(&self) {
        for signal in self.open.lock().unwrap().values() {
            signal.abort();
        }
        let running = self.running.lock().unwrap();
        let _ = self
            .ended
            .wait_timeout_while(running, END_TIME_MAX, |count| *count > 0);
    }
}
