//! The tools of sample-plugin.

mod json;
mod mcp;

use json::Json;
use mcp::{Outcome, Signal, Tool};

const SCHEMA: &str = r#"{
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 100, "description": "Who is greeted"}
    },
    "required": ["name"],
    "additionalProperties": false
}"#;

fn tools() -> Vec<Tool> {
    vec![Tool {
        name: "sample_plugin_greet",
        description: "Greet a person by name.",
        input_schema: SCHEMA,
        handler: greet,
    }]
}

fn greet(arguments: &Json, signal: &Signal) -> Result<Outcome, String> {
    if signal.is_aborted() {
        return Err("the call was cancelled".to_string());
    }
    let name = arguments
        .get("name")
        .and_then(Json::as_str)
        .unwrap_or("")
        .trim();
    if !name.chars().any(char::is_alphabetic) {
        return Ok(Outcome::refused("That is no name: it has no letter."));
    }
    let data = Json::object(vec![("name", Json::from(name))]);
    Ok(Outcome::done(&format!("Hello, {name}!"), Some(data)))
}

fn main() {
    mcp::serve("sample-plugin", "0.1.0", tools());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeted(name: &str) -> Outcome {
        let arguments = Json::object(vec![("name", Json::from(name))]);
        greet(&arguments, &Signal::default()).expect("no defect")
    }

    #[test]
    fn a_person_is_greeted_by_name() {
        let outcome = greeted(" Ada ");
        assert_eq!(
            (outcome.status, outcome.text.as_str()),
            ("done", "Hello, Ada!")
        );
    }

    #[test]
    fn what_has_no_letter_is_no_name() {
        assert_eq!(greeted("!").status, "refused");
    }

    #[test]
    fn every_bad_message_gets_its_error() {
        let cases = [
            ("{", -32700.0),
            ("[]", -32600.0),
            (r#"{"jsonrpc":"2.0","id":1,"method":"nothing"}"#, -32601.0),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}"#,
                -32602.0,
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#,
                -32602.0,
            ),
        ];
        for (line, code) in cases {
            let answers = mcp::answers("sample-plugin", "0.1.0", tools(), line);
            let answer = Json::parse(&answers).expect(line);
            let found = answer
                .get("error")
                .and_then(|error| error.get("code"))
                .cloned();
            assert_eq!(found, Some(Json::Number(code)), "{line}");
        }
    }
}
