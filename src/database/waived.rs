//! A database of which a part is not seen: what an officer has waived, for a time (W4). Everything else is handed on.

use std::rc::Rc;

use super::{
    Change, Database, DatabaseError, Effects, Flow, Found, Grouping, Misfit, Select, Transaction, Version,
    WritableDatabase,
};
use crate::{
    schema::{Dialect, Schema, TableName},
    value::{Row, Value},
};

/// Takes what is waived out of a schema.
pub type LeaveOut = Rc<dyn Fn(&mut Schema)>;

/// A reader that does not see what is left out.
pub fn leaving_out(inner: Box<dyn Database>, leave_out: LeaveOut) -> Box<dyn Database> {
    Box::new(Partial { inner: Reader(inner), leave_out })
}

/// A writer that does not see what is left out.
pub fn leaving_out_for_writing(inner: Box<dyn WritableDatabase>, leave_out: LeaveOut) -> Box<dyn WritableDatabase> {
    Box::new(Partial { inner: Writer(inner), leave_out })
}

trait Holds {
    fn reading(&self) -> &dyn Database;
    fn database(&mut self) -> &mut dyn Database;
}

struct Reader(Box<dyn Database>);
struct Writer(Box<dyn WritableDatabase>);
struct Changing<'m>(Box<dyn Transaction + 'm>);

impl Holds for Reader {
    fn reading(&self) -> &dyn Database {
        &*self.0
    }

    fn database(&mut self) -> &mut dyn Database {
        &mut *self.0
    }
}

impl Holds for Writer {
    fn reading(&self) -> &dyn Database {
        &*self.0
    }

    fn database(&mut self) -> &mut dyn Database {
        &mut *self.0
    }
}

impl Holds for Changing<'_> {
    fn reading(&self) -> &dyn Database {
        &*self.0
    }

    fn database(&mut self) -> &mut dyn Database {
        &mut *self.0
    }
}

struct Partial<H> {
    inner: H,
    leave_out: LeaveOut,
}

impl<H: Holds> Database for Partial<H> {
    fn dialect(&self) -> Dialect {
        self.inner.reading().dialect()
    }

    fn identity(&mut self) -> Result<String, DatabaseError> {
        self.inner.database().identity()
    }

    fn schema(&mut self) -> Result<Schema, DatabaseError> {
        let mut schema = self.inner.database().schema()?;
        (self.leave_out)(&mut schema);
        Ok(schema)
    }

    fn read(&mut self, select: &Select, each: &mut dyn FnMut(Found) -> Flow) -> Result<(), DatabaseError> {
        self.inner.database().read(select, each)
    }

    fn scan(&mut self, select: &Select, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError> {
        self.inner.database().scan(select, each)
    }

    fn misfit(&mut self, table: &TableName, row: &[(String, Value)]) -> Result<Option<Misfit>, DatabaseError> {
        self.inner.database().misfit(table, row)
    }

    fn group(&mut self, grouping: &Grouping, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError> {
        self.inner.database().group(grouping, each)
    }

    fn count(&mut self, table: &TableName) -> Result<u64, DatabaseError> {
        self.inner.database().count(table)
    }

    fn renew(&mut self) -> Result<(), DatabaseError> {
        self.inner.database().renew()
    }

    fn version(&mut self) -> Result<Option<Version>, DatabaseError> {
        self.inner.database().version()
    }

    fn mark(&mut self, workspace: &str) -> Result<Option<u64>, DatabaseError> {
        self.inner.database().mark(workspace)
    }
}

impl WritableDatabase for Partial<Writer> {
    fn create_mark_table(&mut self) -> Result<(), DatabaseError> {
        self.inner.0.create_mark_table()
    }

    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, DatabaseError> {
        let leave_out = Rc::clone(&self.leave_out);
        Ok(Box::new(Partial { inner: Changing(self.inner.0.begin()?), leave_out }))
    }
}

impl Transaction for Partial<Changing<'_>> {
    fn execute(&mut self, change: &Change) -> Result<Effects, DatabaseError> {
        self.inner.0.execute(change)
    }

    fn defer_foreign_keys(&mut self) -> Result<(), DatabaseError> {
        self.inner.0.defer_foreign_keys()
    }

    fn set_mark(&mut self, workspace: &str, intent: u64) -> Result<(), DatabaseError> {
        self.inner.0.set_mark(workspace, intent)
    }

    fn commit(self: Box<Self>) -> Result<(), DatabaseError> {
        self.inner.0.commit()
    }
}
