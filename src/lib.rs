//! droit answers data subject rights requests on the company's own user database: it finds a person, gives them a copy,
//! erases them by plan and apply, and keeps a record that can be checked.
//!
//! The house has floors, and imports point downwards only:
//!
//! ```text
//! cli                                        parses, opens, calls, prints
//! rights  duties  demo  apply  prove         use-cases, side by side
//! planner  kept  error                       what the use-cases share
//! database  casebook  export  signature      adapters, side by side
//! case  data_map  kind  plan  refusal        the domain: no I/O, no clock
//! value  schema                              what a database holds and says of itself
//! ```
//!
//! The **data map** says what is held, about whom, why and how long. Classified against the live schema it tells, for
//! every column of every table, what it means; nothing is guessed. [`database::locate`] follows its ties from an identity
//! to the rows that are the person's. Whoever plans holds a [`database::Database`], which cannot write; [`apply`] alone
//! changes rows, after deriving the plan again inside its transaction.
//!
//! # Planning one erasure
//!
//! ```
//! use std::rc::Rc;
//! use droit::{
//!     case::Identity,
//!     data_map::{DataMap, classify},
//!     database::{DatabaseUrl, Options, connect, locate},
//!     plan::Holds,
//!     planner::Planner as _,
//!     rights::erasure::{Erasure, Scope},
//! };
//!
//! let dir = tempfile::tempdir()?;
//! let path = dir.path().join("shop.db");
//! rusqlite::Connection::open(&path)?.execute_batch(
//!     "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT UNIQUE, bound_at TEXT);
//!      CREATE TABLE visits (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), url TEXT);
//!      CREATE INDEX visits_user ON visits (user_id);
//!      INSERT INTO users VALUES (1, '13800138000', '2020-01-01'), (2, '13900139000', '2020-01-01');
//!      INSERT INTO visits VALUES (1, 1, '/a'), (2, 1, '/b'), (3, 2, '/c');",
//! )?;
//! let map: DataMap = r#"
//!     version = 1
//!     controller = "A shop"
//!     time_zone = "Asia/Shanghai"
//!     [person.account]
//!     is = "users.id"
//!     [rules]
//!     "*.id" = "key"
//!     "*.user_id" = "of users.id"
//!     [tables.users]
//!     purpose = "account"
//!     clause = "1"
//!     basis = "contract"
//!     [tables.users.columns]
//!     phone = "phone, proves since bound_at, provided"
//!     bound_at = "time, observed"
//!     [tables.visits.columns]
//!     url = "url, observed"
//! "#.parse()?;
//!
//! let mut database = connect(&DatabaseUrl::sqlite(&path), &Options::default())?;
//! let map = classify(&map, &database.schema()?).expect("every column is explained");
//! let zone = jiff::tz::TimeZoneDatabase::bundled().get(&map.time_zone)?;
//! let now = jiff::Timestamp::now();
//! let closed = locate::close(&map, &Identity::of([("phone", "+86 138 0013 8000")]), &zone, now, &mut *database)?;
//! assert!(closed.ambiguities.is_empty());
//!
//! let subjects = [closed.set];
//! let erasure = Erasure {
//!     map: &map,
//!     subjects: &subjects,
//!     holds: Holds::default(),
//!     scope: Scope::default(),
//!     today: jiff::civil::date(2026, 11, 23),
//!     removed: None,
//!     then: Vec::new(),
//!     zone,
//!     token: Rc::new(|_| String::new()),
//! };
//! let totals = erasure.derive(&mut *database, &mut |_step| Ok(()))?;
//! assert_eq!((totals.all().located, totals.all().deleted), (3, 3));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod apply;
pub mod case;
pub mod casebook;
pub mod cli;
pub mod data_map;
pub mod database;
pub mod demo;
pub mod duties;
pub mod error;
pub mod export;
pub mod intake;
pub mod kept;
pub mod kind;
pub mod plan;
pub mod planner;
pub mod progress;
pub mod prove;
pub mod refusal;
pub mod rights;
pub mod schema;
pub mod signature;
pub mod value;
