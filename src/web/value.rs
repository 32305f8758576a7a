//! Between Rust's messages and JavaScript's.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::protocol::{Failure, Reply};

/// A message for JavaScript: plain objects, `null` for what is not there, numbers for integers.
pub fn to_js(message: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    message.serialize(&serializer).unwrap_or(JsValue::NULL)
}

/// A message from JavaScript, or the reply that says what is wrong with it.
pub fn from_js<T: DeserializeOwned>(message: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(message).map_err(|error| {
        let failure = Failure { code: "badMessage".to_owned(), message: error.to_string() };
        to_js(&Reply::Error(failure))
    })
}
