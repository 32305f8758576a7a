//! Between Rust's messages and JavaScript's.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::protocol::{Failure, Fields, Reply};

/// A message for JavaScript: plain objects, `null` for what is not there, numbers for integers.
pub fn to_js(message: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    message.serialize(&serializer).unwrap_or(JsValue::NULL)
}

/// A request from JavaScript, or the reply that says what is wrong with it.
pub fn from_js<T>(message: JsValue, read: impl FnOnce(Fields) -> Option<T>) -> Result<T, JsValue> {
    let fields = serde_wasm_bindgen::from_value::<Fields>(message).map_err(|error| error.to_string());
    let request = fields.and_then(|fields| read(fields).ok_or_else(|| "no request that is understood".to_owned()));
    request.map_err(|message| to_js(&Reply::Error(Failure { code: "badMessage".to_owned(), message })))
}
