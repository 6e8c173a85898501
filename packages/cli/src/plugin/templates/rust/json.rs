//! JSON (RFC 8259) with the standard library only: a value, a parser, a writer. A number is a double;
//! what nests deeper than the limit is refused.

use std::fmt::{self, Write};

const DEPTH_MAX: usize = 128;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    /// In the order in which they were written.
    Object(Vec<(String, Json)>),
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.to_string())
    }
}

impl Json {
    pub fn object(members: Vec<(&str, Json)>) -> Json {
        Json::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.to_string(), value))
                .collect(),
        )
    }

    /// The member of an object; of a key that is there twice, the last one.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members
                .iter()
                .rev()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn parse(text: &str) -> Result<Json, String> {
        let mut parser = Parser {
            bytes: text.as_bytes(),
            text,
            at: 0,
        };
        let value = parser.value(0)?;
        parser.space();
        if parser.at < parser.bytes.len() {
            return Err(format!("more after the end, at {}", parser.at));
        }
        Ok(value)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Number(value) if value.is_finite() => write!(out, "{value}"),
            Json::Number(_) => out.write_str("null"),
            Json::Text(text) => write_text(out, text),
            Json::List(values) => {
                out.write_char('[')?;
                for (at, value) in values.iter().enumerate() {
                    let separator = if at == 0 { "" } else { "," };
                    write!(out, "{separator}{value}")?;
                }
                out.write_char(']')
            }
            Json::Object(members) => {
                out.write_char('{')?;
                for (at, (key, value)) in members.iter().enumerate() {
                    out.write_str(if at == 0 { "" } else { "," })?;
                    write_text(out, key)?;
                    write!(out, ":{value}")?;
                }
                out.write_char('}')
            }
        }
    }
}

fn write_text(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            control if (control as u32) < 0x20 => write!(out, "\\u{:04x}", control as u32)?,
            other => out.write_char(other)?,
        }
    }
    out.write_char('"')
}

struct Parser<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fault<Value>(&self, expected: &str) -> Result<Value, String> {
        Err(format!("expected {expected} at {}", self.at))
    }

    fn take(&mut self, wanted: u8) -> Result<(), String> {
        if self.bytes.get(self.at) != Some(&wanted) {
            return self.fault(&format!("'{}'", wanted as char));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, String> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.fault("a value");
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > DEPTH_MAX {
            return self.fault("less nesting");
        }
        self.space();
        match self.bytes.get(self.at) {
            Some(b'{') => self.members(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.fault("a value"),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, String> {
        self.take(b'[')?;
        let mut values = Vec::new();
        self.space();
        if self.take(b']').is_ok() {
            return Ok(Json::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            self.space();
            if self.take(b']').is_ok() {
                return Ok(Json::List(values));
            }
            self.take(b',')?;
        }
    }

    fn members(&mut self, depth: usize) -> Result<Json, String> {
        self.take(b'{')?;
        let mut members = Vec::new();
        self.space();
        if self.take(b'}').is_ok() {
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            let key = self.string()?;
            self.space();
            self.take(b':')?;
            members.push((key, self.value(depth + 1)?));
            self.space();
            if self.take(b'}').is_ok() {
                return Ok(Json::Object(members));
            }
            self.take(b',')?;
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        while self.bytes.get(self.at).is_some_and(part) {
            self.at += 1;
        }
        let written = &self.text[start..self.at];
        let digits = written.strip_prefix('-').unwrap_or(written).as_bytes();
        let leads = digits.first() == Some(&b'0') && digits.get(1).is_some_and(u8::is_ascii_digit);
        let is_plain = digits.first().is_some_and(u8::is_ascii_digit) && !written.ends_with('.');
        match written.parse::<f64>() {
            Ok(value) if is_plain && !leads => Ok(Json::Number(value)),
            _ => self.fault("a number"),
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.take(b'"')?;
        let mut found = String::new();
        loop {
            let start = self.at;
            while !matches!(
                self.bytes.get(self.at),
                None | Some(b'"' | b'\\' | 0..=0x1f)
            ) {
                self.at += 1;
            }
            found.push_str(&self.text[start..self.at]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(found);
                }
                Some(b'\\') => {
                    self.at += 1;
                    found.push(self.escape()?);
                }
                _ => return self.fault("the end of a text"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let escaped = self.bytes.get(self.at).copied();
        self.at += 1;
        Ok(match escaped {
            Some(plain @ (b'"' | b'\\' | b'/')) => plain as char,
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.unit()?;
                let is_high = (0xd800..0xdc00).contains(&first);
                if !is_high || !self.bytes[self.at..].starts_with(b"\\u") {
                    return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
                }
                self.at += 2;
                let second = self.unit()?;
                if !(0xdc00..0xe000).contains(&second) {
                    return Ok('\u{fffd}');
                }
                let point = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                char::from_u32(point).unwrap_or('\u{fffd}')
            }
            _ => return self.fault("an escape"),
        })
    }

    fn unit(&mut self) -> Result<u32, String> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or(&[]);
        if digits.len() < 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return self.fault("four hexadecimal digits");
        }
        let value = u32::from_str_radix(&self.text[self.at..self.at + 4], 16);
        self.at += 4;
        value.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            r#"{"a":[1,-2.5,true,false,null],"b":{"c":"zwölf \"€\"\n"}}"#,
            r#"[]"#,
            r#""""#,
            r#"{}"#,
        ] {
            assert_eq!(Json::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn escapes_are_characters() {
        let parsed = Json::parse(r#""\u0041\ud83d\ude00\ud800\/""#);
        assert_eq!(parsed, Ok(Json::from("A😀\u{fffd}/")));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let deep = "[".repeat(1_000);
        let wrong = [
            "", "{", "[1,]", "{\"a\"}", "01", "1.", "+1", "nul", "\"\n\"", "\"\\x\"", "1 2",
        ];
        for text in wrong.iter().copied().chain([deep.as_str()]) {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }
}
