//! The steps of a request.

use serde_json::{Map, Value, json};

use crate::bindings::wasi::keyvalue::atomics::{self, Cas, CasError};
use crate::bindings::wasi::keyvalue::batch;
use crate::bindings::wasi::keyvalue::store::{self, Bucket, Error};
use crate::exchange;

type Result = std::result::Result<Value, Value>;

pub(crate) fn run(steps: &[Value]) -> Vec<Value> {
    let mut bucket = store::open("default").unwrap();
    let step = |step: &Value| {
        let arguments = Arguments(step);
        let result = match arguments.text(0) {
            "open" => store::open(arguments.text(1)).map_err(failed).map(|opened| {
                bucket = opened;
                Value::Null
            }),
            "http" => http(&arguments),
            name => keyvalue(name, &bucket, &arguments),
        };
        result.unwrap_or_else(|error| json!({ "error": error }))
    };
    steps.iter().map(step).collect()
}

fn keyvalue(name: &str, bucket: &Bucket, arguments: &Arguments<'_>) -> Result {
    let key = arguments.text(1);
    let nothing = |()| Value::Null;
    match name {
        "get" => bucket.get(key).map(text),
        "set" => bucket.set(key, arguments.text(2).as_bytes()).map(nothing),
        "fill" => {
            let bytes = vec![b'x'; usize::try_from(arguments.number(2)).unwrap()];
            bucket.set(key, &bytes).map(nothing)
        }
        "delete" => bucket.delete(key).map(nothing),
        "exists" => bucket.exists(key).map(Value::from),
        "list" => {
            let cursor = (!key.is_empty()).then_some(key);
            let page = bucket.list_keys(cursor);
            page.map(|page| json!({ "keys": page.keys, "cursor": page.cursor }))
        }
        "increment" => atomics::increment(bucket, key, arguments.number(2)).map(Value::from),
        "swap" => return swap(bucket, arguments),
        "get-many" => batch::get_many(bucket, &arguments.texts(1)).map(|pairs| {
            let pairs = pairs.into_iter().map(|(key, value)| json!([key, text(value)]));
            Value::Array(pairs.collect())
        }),
        "set-many" => {
            let pairs: Vec<(String, Vec<u8>)> = arguments
                .list(1)
                .iter()
                .map(|pair| (Arguments(pair).text(0).to_owned(), Arguments(pair).text(1).into()))
                .collect();
            batch::set_many(bucket, &pairs).map(nothing)
        }
        "delete-many" => batch::delete_many(bucket, &arguments.texts(1)).map(nothing),
        other => return Err(format!("no such step: {other}").into()),
    }
    .map_err(failed)
}

fn swap(bucket: &Bucket, arguments: &Arguments<'_>) -> Result {
    let key = arguments.text(1);
    let cas = Cas::new(bucket, key).map_err(failed)?;
    if let Some(meanwhile) = arguments.0.get(3).and_then(Value::as_str) {
        bucket.set(key, meanwhile.as_bytes()).map_err(failed)?;
    }
    match atomics::swap(cas, arguments.text(2).as_bytes()) {
        Ok(()) => Ok("swapped".into()),
        Err(CasError::CasFailed(now)) => Ok(json!({ "now": text(now.current().map_err(failed)?) })),
        Err(CasError::StoreError(error)) => Err(failed(error)),
    }
}

fn http(arguments: &Arguments<'_>) -> Result {
    let none = Map::new();
    let headers = arguments.0.get(3).and_then(Value::as_object).unwrap_or(&none);
    exchange::call(arguments.text(1), arguments.text(2), headers, arguments.text(4)).map_err(Value::from)
}

fn text(value: Option<Vec<u8>>) -> Value {
    value.map_or(Value::Null, |value| {
        String::from_utf8_lossy(&value).into_owned().into()
    })
}

fn failed(error: Error) -> Value {
    match error {
        Error::NoSuchStore => "no-such-store".into(),
        Error::AccessDenied => "access-denied".into(),
        Error::Other(sentence) => sentence.into(),
    }
}

/// What stands in a step.
struct Arguments<'a>(&'a Value);

impl Arguments<'_> {
    fn text(&self, at: usize) -> &str {
        self.0.get(at).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, at: usize) -> i64 {
        self.0.get(at).and_then(Value::as_i64).unwrap_or_default()
    }

    fn list(&self, at: usize) -> &[Value] {
        self.0
            .get(at)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn texts(&self, at: usize) -> Vec<String> {
        let texts = self.list(at).iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }
}
