//! Values made from the schemas of the contract, and ways to spoil them.

use serde_json::{Map, Value, json};
use trackway_tests::contract::contract;

use crate::pools::{Pools, encode};

/// How deep values nest.
const DEPTH: usize = 6;

/// Parameters that make an answer another shape than the schema's, by leaving members out or writing
/// names in every language.
const RESHAPING: [&str; 2] = ["fields", "localized"];

/// A source of values; the same seed makes the same ones.
pub(crate) struct Generator {
    state: u64,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        // xorshift64*
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).unwrap_or(1);
        usize::try_from((self.next() >> 11) % n).unwrap_or(0)
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// A name that hardly exists.
    pub(crate) fn odd_name(&mut self) -> String {
        const NAMES: [&str; 9] =
            ["999999999", "NOSUCH", "-1", "0", "я", "a b", "..", "18446744073709551616", "%"];
        self.pick(&NAMES).map_or("x", |name| name).to_owned()
    }

    /// A query string with some of the declared parameters.
    pub(crate) fn query(&mut self, operation: &Value, pools: &Pools) -> String {
        let mut pairs = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = contract().resolve(parameter);
            let reshapes = RESHAPING.iter().any(|name| parameter["name"] == *name);
            if parameter["in"] != "query" || reshapes || !self.one_in(3) {
                continue;
            }
            let value = if self.one_in(6) {
                json!(self.odd_name())
            } else {
                self.value(&parameter["schema"], pools, DEPTH)
            };
            let text = match &value {
                Value::String(text) => text.clone(),
                Value::Array(items) => {
                    let texts = items.iter().map(|i| i.as_str().unwrap_or("1").to_owned());
                    texts.collect::<Vec<_>>().join(",")
                }
                other => other.to_string(),
            };
            let name = parameter["name"].as_str().unwrap_or_default();
            pairs.push(format!("{}={}", encode(name), encode(&text)));
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// A JSON body; a spoilt one has something wrong somewhere, or is no JSON at all.
    pub(crate) fn body(&mut self, operation: &Value, pools: &Pools, spoil: bool) -> Vec<u8> {
        let body = contract().resolve(&operation["requestBody"]);
        let mut value = self.value(&body["content"]["application/json"]["schema"], pools, DEPTH);
        if !spoil {
            return value.to_string().into_bytes();
        }
        match self.below(12) {
            0 => {
                let mut text = value.to_string().into_bytes();
                text.truncate(text.len() / 2);
                text
            }
            1 => Vec::new(),
            2 => b"{\"a\": \"\xff\xfe\"}".to_vec(),
            3 => b"1e999".to_vec(),
            _ => {
                self.spoil(&mut value);
                value.to_string().into_bytes()
            }
        }
    }

    /// A form with one file, or something that only looks like one.
    pub(crate) fn multipart(&mut self) -> Vec<u8> {
        let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n";
        match self.below(4) {
            0 => b"--b--\r\n".to_vec(),
            1 => format!("{part}\r\ncut off").into_bytes(),
            _ => format!("{part}Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n").into_bytes(),
        }
    }

    /// Puts something unfit in some place of a value.
    fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) if !members.is_empty() && !self.one_in(4) => {
                let place = self.below(members.len());
                if let Some(member) = members.values_mut().nth(place) {
                    self.spoil(member);
                }
            }
            Value::Array(items) if !items.is_empty() && !self.one_in(3) => {
                let place = self.below(items.len());
                if let Some(item) = items.get_mut(place) {
                    self.spoil(item);
                }
            }
            other => *other = self.unfit(),
        }
    }

    fn unfit(&mut self) -> Value {
        let all = unfit();
        self.pick(&all).cloned().unwrap_or_default()
    }

    /// A sound body, as members; none for bodies that are no objects.
    pub(crate) fn members(
        &mut self,
        operation: &Value,
        pools: &Pools,
    ) -> Option<Map<String, Value>> {
        let schema = body_schema(operation);
        if schema.is_null() {
            return None;
        }
        match self.value(schema, pools, DEPTH) {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// A value of a schema.
    fn value(&mut self, schema: &Value, pools: &Pools, depth: usize) -> Value {
        let schema = contract().resolve(schema);
        if let Some(fixed) = schema.get("const") {
            return fixed.clone();
        }
        if let Some(choices) = schema["enum"].as_array() {
            return self.pick(choices).cloned().unwrap_or_default();
        }
        for member in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[member].as_array() {
                let choice = self.pick(choices).cloned().unwrap_or_default();
                return self.value(&choice, pools, depth.saturating_sub(1));
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut all = Map::new();
            for part in parts {
                if let Value::Object(members) = self.value(part, pools, depth) {
                    all.extend(members);
                }
            }
            all.extend(self.object(schema, pools, depth));
            return Value::Object(all);
        }
        match self.kind(schema) {
            "object" => Value::Object(self.object(schema, pools, depth)),
            "array" => {
                let count = if depth == 0 { 0 } else { self.below(4) };
                let items = (0..count).map(|_| self.value(&schema["items"], pools, depth - 1));
                Value::Array(items.collect())
            }
            "integer" => {
                self.pick(&[0, 1, 2, 3, 50, 1000, -1]).copied().map_or(json!(1), Value::from)
            }
            "number" => self.pick(&[0.0, 1.5, 100.0]).copied().map_or(json!(1), Value::from),
            "boolean" => json!(self.one_in(2)),
            "null" => Value::Null,
            "string" => json!(self.text(schema, pools)),
            _ => json!(pools.any(self)),
        }
    }

    fn kind<'a>(&mut self, schema: &'a Value) -> &'a str {
        match &schema["type"] {
            Value::String(kind) => kind,
            Value::Array(kinds) => self.pick(kinds).and_then(Value::as_str).unwrap_or("null"),
            _ if schema.get("properties").is_some() => "object",
            _ if schema.get("items").is_some() => "array",
            _ => "any",
        }
    }

    fn object(&mut self, schema: &Value, pools: &Pools, depth: usize) -> Map<String, Value> {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut members = Map::new();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let wanted = required.contains(&name.as_str()) || (depth > 0 && self.one_in(2));
            let given = contract().resolve(member);
            if wanted && given["readOnly"] != true {
                members.insert(name.clone(), self.value(member, pools, depth.saturating_sub(1)));
            }
        }
        members
    }

    fn text(&mut self, schema: &Value, pools: &Pools) -> String {
        let format = schema["format"].as_str().unwrap_or_default();
        match format {
            "date" => "2026-02-28".to_owned(),
            "date-time" => "2026-02-28T10:00:00.000+0000".to_owned(),
            "uri" => "https://example.com/a?b=c".to_owned(),
            "email" => "ann@example.com".to_owned(),
            "duration" => "P1DT2H".to_owned(),
            _ if self.one_in(3) => {
                const TEXTS: [&str; 8] =
                    ["DEV", "Отчёт за неделю", "a", "", "P1W", "Queue: DEV", "2026-01-01", "me()"];
                self.pick(&TEXTS).map_or("a", |text| text).to_owned()
            }
            _ => pools.any(self),
        }
    }
}

/// Values that fit hardly anything, one of each kind.
pub(crate) fn unfit() -> Vec<Value> {
    vec![
        Value::Null,
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!(0.5),
        json!(true),
        json!(""),
        json!("x".repeat(70_000)),
        json!("a\u{0}b"),
        json!("\u{202e}😀\r\n<script>"),
        json!([]),
        json!({}),
        json!([[[[[[{"a": [1]}]]]]]]),
        json!({"set": {"add": [null, 7, "x"]}, "unknown": 1}),
    ]
}

/// Names of the query parameters of an operation, but for those that reshape the answer.
pub(crate) fn parameters(operation: &Value) -> Vec<&str> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    let all = all.map(|parameter| contract().resolve(parameter));
    let names = all.filter(|p| p["in"] == "query").filter_map(|p| p["name"].as_str());
    names.filter(|name| !RESHAPING.contains(name)).collect()
}

/// Names of the members of an operation's body.
pub(crate) fn member_names(operation: &Value) -> Vec<String> {
    let mut names = Vec::new();
    collect_names(body_schema(operation), DEPTH, &mut names);
    names.sort_unstable();
    names.dedup();
    names
}

fn body_schema(operation: &Value) -> &Value {
    &contract().resolve(&operation["requestBody"])["content"]["application/json"]["schema"]
}

fn collect_names(schema: &Value, depth: usize, names: &mut Vec<String>) {
    let schema = contract().resolve(schema);
    names.extend(schema["properties"].as_object().into_iter().flatten().map(|(n, _)| n.clone()));
    if depth == 0 {
        return;
    }
    for parts in ["allOf", "anyOf", "oneOf"] {
        for part in schema[parts].as_array().into_iter().flatten() {
            collect_names(part, depth - 1, names);
        }
    }
}
