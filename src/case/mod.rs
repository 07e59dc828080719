//! A case: our answer to one request, as a fold over its events.

pub mod age;
pub mod calendar;
pub mod clock;
pub mod deadline;
pub mod decision;
pub mod event;
pub mod facts;
pub mod fold;
pub mod identity;
pub mod intent;
pub mod legal;
pub mod letter;
pub mod log;
pub mod next_step;
pub mod number;
pub mod opaque;
pub mod period;
pub mod refusal_code;
pub mod reminder;
pub mod request;
pub mod secret;
pub mod status;

pub use decision::{Decision, KeyPurpose, PurgeDuty, TagPurpose};
pub use event::{Body, DueDate, Event, Kept, Recorded, RuleRun, TableCount};
pub use fold::{Case, MoreTime, Personal, Proof, Refused, Reply};
pub use identity::{Identifier, Identity, IdentitySet, KnownValue, Pick};
pub use intent::{FailurePoint, IntentMove, IntentState};
pub use legal::IllegalMove;
pub use next_step::NextStep;
pub use number::{About, CaseNumber, HoldNumber, NumberError, RunNumber};
pub use opaque::{Fingerprint, IdentityTag, KeyId, SubjectRef};
pub use refusal_code::RefusalCode;
pub use request::{Channel, Level, Regime, Request, RequestType, RequesterType};
pub use secret::Secret;
pub use status::{Status, StatusMove};
