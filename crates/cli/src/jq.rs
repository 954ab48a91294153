//! `--jq`: filtering JSON inside the program.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};
use serde_json::Value;

use crate::failure::Failure;

/// The results of an expression on a value, ready to be printed.
pub(crate) fn run(expression: &str, value: &Value) -> Result<Vec<String>, Failure> {
    let wrong = |why: String| Failure::usage(format!("--jq: {why}"));
    let input = read::parse_single(value.to_string().as_bytes())
        .map_err(|error| Failure::usage(format!("--jq: {error}")))?;
    let program = File { code: expression, path: () };
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let modules = Loader::new(defs)
        .load(&arena, program)
        .map_err(|_| wrong(format!("{expression:?} cannot be read")))?;
    let filter = Compiler::default()
        .with_funs(funs)
        .compile(modules)
        .map_err(|_| wrong(format!("{expression:?} names something that does not exist")))?;
    let ctx = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    filter
        .id
        .run((ctx, input))
        .map(|result| match unwrap_valr(result) {
            Ok(Val::TStr(text)) => Ok(String::from_utf8_lossy(&text).into_owned()),
            Ok(value) => Ok(value.to_string()),
            Err(error) => Err(wrong(error.to_string())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_raw_and_the_rest_is_json() {
        let value = json!([{"key": "A-1", "n": 2}, {"key": "A-2", "n": null}]);
        let run = |expression| run(expression, &value);
        assert_eq!(run(".[].key").expect("good"), ["A-1", "A-2"]);
        assert_eq!(run("map(.n)").expect("good"), ["[2,null]"]);
        let joined = run(r#".[] | "\(.key)\t\(.n // "-")""#).expect("good");
        assert_eq!(joined, ["A-1\t2", "A-2\t-"]);
        for bad in [".[", "nosuch(1)", ".[0].key | tonumber"] {
            assert!(run(bad).is_err(), "{bad}");
        }
    }
}
