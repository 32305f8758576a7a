//! The store in IndexedDB: files as Blobs (the fastest to read of what can share a transaction with a pointer), the
//! state as bytes; both written in one transaction.

use std::ops::Range;

use idb::{Database, DatabaseEvent, Factory, ObjectStoreParams, Transaction, TransactionMode, TransactionResult};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DomException, IdbRequest, StorageEstimate};

use super::stream::{Pieces, append};
use super::turns;
use crate::source::{Commit, Store, StoreError, StoredFile};

const NAME: &str = "caveat";
const VERSION: u32 = 1;
/// Object stores: files by name, and the one state.
const FILES: &str = "files";
const STATE: &str = "state";
const STATE_KEY: &str = "state";
/// What is longer is read as a stream: in Chromium that takes less than half the time of the whole at once, and there is no
/// second copy of it. What is shorter is there sooner in one piece. Bytes.
const LONG: f64 = 256.0 * 1024.0;
/// Bytes handed to the browser in one go; they are copied, and others have their turn in between.
const SLICE: usize = 512 << 10;
/// With less room than this on its disk, in bytes, a browser's storage fails because of that, whatever it says itself.
const NO_ROOM: f64 = 65_536.0;

#[wasm_bindgen]
extern "C" {
    /// Window and service worker have one each, of different types.
    #[wasm_bindgen(js_namespace = ["navigator", "storage"], js_name = estimate, catch)]
    async fn estimate() -> Result<JsValue, JsValue>;
}

/// The extension's database. Opened for each use: a connection that lies open would hold up `clear`.
pub struct IdbStore;

impl IdbStore {
    /// Opens the database. On a disk without any room Chromium can open none, and says only that something went wrong.
    async fn open(&self) -> Result<Database, StoreError> {
        match self.try_open().await {
            Err(StoreError::Failed(_)) if is_full().await => Err(StoreError::Full),
            result => result,
        }
    }

    async fn try_open(&self) -> Result<Database, StoreError> {
        let factory = Factory::new().map_err(failed)?;
        let mut request = factory.open(NAME, Some(VERSION)).map_err(failed)?;
        request.on_upgrade_needed(|event| {
            // A failure here aborts the upgrade, and the open request then reports it.
            if let Ok(database) = event.database() {
                for store in [FILES, STATE] {
                    let _created = database.create_object_store(store, ObjectStoreParams::new());
                }
            }
        });
        request.await.map_err(failed)
    }

    async fn get(&self, store: &str, key: &str) -> Result<Option<JsValue>, StoreError> {
        let database = self.open().await?;
        let transaction = database.transaction(&[store], TransactionMode::ReadOnly).map_err(failed)?;
        let objects = transaction.object_store(store).map_err(failed)?;
        let value = objects.get(JsValue::from_str(key)).map_err(failed)?.await.map_err(failed);
        database.close();
        value
    }
}

/// A file: a Blob, which stays what it is when others change the database.
pub struct IdbFile {
    name: String,
    blob: Blob,
}

impl StoredFile for IdbFile {
    fn length(&self) -> usize {
        self.blob.size() as usize
    }

    async fn part(&self, range: Range<usize>) -> Result<Vec<u8>, StoreError> {
        let part = self.blob.slice_with_f64_and_f64(range.start as f64, range.end as f64).map_err(unreadable)?;
        let bytes = read(&part).await?;
        if bytes.len() == range.len() { Ok(bytes) } else { Err(StoreError::Missing(self.name.clone())) }
    }
}

async fn read(blob: &Blob) -> Result<Vec<u8>, StoreError> {
    if blob.size() > LONG {
        return read_long(blob).await.map_err(unreadable);
    }
    let buffer = JsFuture::from(blob.array_buffer()).await.map_err(unreadable)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

async fn read_long(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    let mut bytes = Vec::with_capacity(blob.size() as usize);
    let pieces = Pieces::of(&blob.stream());
    while let Some(piece) = pieces.next().await? {
        append(&mut bytes, &piece);
    }
    Ok(bytes)
}

impl Store for IdbStore {
    type File = IdbFile;

    async fn state(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.get(STATE, STATE_KEY).await?.map(|value| Uint8Array::new(&value).to_vec()))
    }

    async fn find(&self, name: &str) -> Result<IdbFile, StoreError> {
        let value = self.get(FILES, name).await?;
        let blob = value.and_then(|value| value.dyn_into().ok());
        blob.map(|blob| IdbFile { name: name.to_owned(), blob }).ok_or_else(|| StoreError::Missing(name.to_owned()))
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let Commit { put: files, delete, before, state } = commit;
        let mut put = Vec::with_capacity(files.len());
        for (name, bytes) in files {
            put.push((name, blob(bytes).await?));
        }
        let database = self.open().await?;
        let result = write(&database, &put, &delete, before.as_deref(), &state).await;
        database.close();
        result
    }

    async fn clear(&self) -> Result<(), StoreError> {
        let database = self.open().await?;
        let transaction = database.transaction(&[FILES, STATE], TransactionMode::ReadWrite).map_err(failed)?;
        for store in [FILES, STATE] {
            transaction.object_store(store).map_err(failed)?.clear().map_err(failed)?;
        }
        let done = end(transaction).await;
        database.close();
        done
    }
}

/// Writes files and, over the state `before`, the new one.
async fn write(
    database: &Database,
    put: &[(String, JsValue)],
    delete: &[String],
    before: Option<&[u8]>,
    state: &[u8],
) -> Result<(), StoreError> {
    let transaction = database.transaction(&[FILES, STATE], TransactionMode::ReadWrite).map_err(failed)?;
    // Only its own answer is awaited before the end: a transaction closes itself as soon as nothing is asked of it.
    let asked = match is_still(&transaction, before).await {
        Ok(true) => ask(&transaction, put, delete, state),
        Ok(false) => Err(StoreError::Changed),
        Err(error) => Err(error),
    };
    if let Err(error) = asked {
        // What was asked so far must not be kept without the rest.
        let _aborting = transaction.abort();
        return Err(error);
    }
    end(transaction).await
}

/// Whether the state is the one that a change was made from.
async fn is_still(transaction: &Transaction, before: Option<&[u8]>) -> Result<bool, StoreError> {
    let states = transaction.object_store(STATE).map_err(failed)?;
    let held = states.get(JsValue::from_str(STATE_KEY)).map_err(failed)?.await.map_err(failed)?;
    Ok(held.map(|value| Uint8Array::new(&value).to_vec()).as_deref() == before)
}

fn ask(
    transaction: &Transaction,
    put: &[(String, JsValue)],
    delete: &[String],
    state: &[u8],
) -> Result<(), StoreError> {
    let files = transaction.object_store(FILES).map_err(failed)?;
    for (name, blob) in put {
        files.put(blob, Some(&JsValue::from_str(name))).map_err(failed)?;
    }
    for name in delete {
        files.delete(JsValue::from_str(name)).map_err(failed)?;
    }
    let states = transaction.object_store(STATE).map_err(failed)?;
    states.put(&Uint8Array::from(state), Some(&JsValue::from_str(STATE_KEY))).map_err(failed)?;
    Ok(())
}

/// Waits for a transaction's end. The browser aborts one of its own accord when there is no room: nothing else in it can
/// fail.
async fn end(transaction: Transaction) -> Result<(), StoreError> {
    match transaction.commit().map_err(failed)?.await {
        Ok(TransactionResult::Committed) => Ok(()),
        Ok(TransactionResult::Aborted) => Err(StoreError::Full),
        // The error of a request comes to its transaction as well, where `idb` takes it for the transaction's own.
        Err(idb::Error::UnexpectedJsType(_, target)) => Err(error_of(target.unchecked_ref())),
        Err(error) => Err(failed(error)),
    }
}

/// A Blob of a file, made slice by slice.
async fn blob(bytes: Vec<u8>) -> Result<JsValue, StoreError> {
    let parts = Array::new();
    for slice in bytes.chunks(SLICE) {
        turns::pause().await;
        let slice = Array::of1(&Uint8Array::from(slice));
        parts.push(Blob::new_with_u8_array_sequence(&slice).map_err(unreadable)?.as_ref());
    }
    Blob::new_with_blob_sequence(&parts).map(JsValue::from).map_err(unreadable)
}

fn unreadable(error: JsValue) -> StoreError {
    StoreError::Failed(format!("{error:?}"))
}

/// Why a request failed.
fn error_of(request: &IdbRequest) -> StoreError {
    match request.error() {
        Ok(Some(error)) => named(&error),
        _ => StoreError::Failed("a request failed and does not say why".to_owned()),
    }
}

fn named(error: &DomException) -> StoreError {
    match error.name().as_str() {
        "QuotaExceededError" => StoreError::Full,
        name => StoreError::Failed(format!("{name}: {}", error.message())),
    }
}

/// Whether the browser says that there is no room for anything.
async fn is_full() -> bool {
    let Ok(estimate) = estimate().await else { return false };
    let estimate: StorageEstimate = estimate.unchecked_into();
    let (quota, usage) = (estimate.get_quota(), estimate.get_usage());
    quota.zip(usage).is_some_and(|(quota, usage)| quota - usage < NO_ROOM)
}

fn failed(error: idb::Error) -> StoreError {
    let text = error.to_string();
    if text.contains("QuotaExceeded") { StoreError::Full } else { StoreError::Failed(text) }
}
