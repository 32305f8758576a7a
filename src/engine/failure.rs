//! Our errors in the words of the protocol: stable codes.

use super::log::DamagedLog;
use crate::image::DecodeError;
use crate::protocol::{Failure, Reason, ReasonCode};
use crate::source::{
    AddressError, AnchorError, DescriptorError, EnvelopeError, FetchError, HeadError, KeyError, MassChange, RootError,
    StoreError, UpdateError,
};

/// Why a picture could not be read.
pub fn reason_of(error: &DecodeError) -> Reason {
    let code = match error {
        DecodeError::Empty => ReasonCode::EmptyBody,
        DecodeError::TooManyBytes { .. } => ReasonCode::TooManyBytes,
        DecodeError::TooManyPixels { .. } => ReasonCode::TooManyPixels,
        DecodeError::Unsupported(_) => ReasonCode::UnsupportedFormat,
        DecodeError::Corrupt { .. } => ReasonCode::CorruptImage,
    };
    Reason { code, message: error.to_string() }
}

/// Why a picture could not be had.
pub fn access_reason(error: FetchError) -> Reason {
    let code = match error {
        FetchError::TooLarge => ReasonCode::TooManyBytes,
        FetchError::TimedOut | FetchError::Stalled => ReasonCode::TimedOut,
        _ => ReasonCode::FetchFailed,
    };
    Reason { code, message: error.to_string() }
}

/// An error that has a stable code.
pub trait Coded: std::error::Error {
    /// Its code.
    fn code(&self) -> &'static str;
}

impl<E: Coded> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

impl Coded for FetchError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "offline",
            Self::Status(404 | 410) => "notFound",
            Self::Status(_) => "httpStatus",
            Self::Busy(_) => "serverBusy",
            Self::TimedOut => "timedOut",
            Self::Stalled => "stalled",
            Self::TooLarge => "tooLarge",
            Self::CutShort => "cutShort",
            Self::WebPage => "captivePortal",
            Self::Redirected => "redirected",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Coded for EnvelopeError {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey | Self::BadSignature | Self::TooFewSignatures { .. } => "badSignature",
            Self::CutShort => "cutShort",
            _ => "badEnvelope",
        }
    }
}

impl Coded for HeadError {
    fn code(&self) -> &'static str {
        match self {
            Self::Envelope(error) => error.code(),
            Self::WebPage => "captivePortal",
            Self::Malformed(_) | Self::OverLimit(_) => "badHead",
            Self::RootExpired => "rootExpired",
            Self::WrongEpoch { .. } => "wrongEpoch",
            Self::UnsupportedFormat(_) => "unsupportedFormat",
            Self::WrongSource => "wrongSource",
            Self::Rollback { .. } => "rollback",
            Self::Equivocation(_) => "equivocation",
            Self::WrongSegment { .. } => "hashMismatch",
            Self::Segment { .. } => "badSegment",
        }
    }
}

impl Coded for UpdateError {
    fn code(&self) -> &'static str {
        match self {
            Self::Fetch(error) => error.code(),
            Self::Head(error) => error.code(),
            Self::Root(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::ChangedMeanwhile => "changedMeanwhile",
            Self::Unfinished => "unfinished",
            Self::NoRoom { .. } => "noRoom",
        }
    }
}

impl Coded for RootError {
    fn code(&self) -> &'static str {
        "badRoot"
    }
}

impl Coded for MassChange {
    fn code(&self) -> &'static str {
        "massChange"
    }
}

impl Coded for AnchorError {
    fn code(&self) -> &'static str {
        "badKey"
    }
}

impl Coded for StoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::Full => "storageFull",
            Self::Failed(_) | Self::Changed => "storageFailed",
            Self::Missing(_) => "corruptStore",
        }
    }
}

impl Coded for DamagedLog {
    fn code(&self) -> &'static str {
        "damagedLog"
    }
}

impl Coded for AddressError {
    fn code(&self) -> &'static str {
        "badUrl"
    }
}

impl Coded for KeyError {
    fn code(&self) -> &'static str {
        "badKey"
    }
}

impl Coded for DescriptorError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLong | Self::Malformed(_) | Self::Homepage => "badDescriptor",
            Self::Unsupported(_) => "unsupportedDescriptor",
            Self::Address(error) => error.code(),
            Self::Key(error) => error.code(),
        }
    }
}
