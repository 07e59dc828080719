//! The first sixty accounts and some people without one: each has a story that a rule turns on.
//!
//! `fixtures/courier/README.md` lists them. Nobody of the crowd appears in their rows, nor they in the crowd's.

mod customer;
mod identities;
mod minors;
mod performance;
mod stage;
mod terms;
mod words;

use self::stage::Stage;
use super::{
    DemoError,
    loader::Loader,
    media::Media,
    moment::{DAY, HOUR},
    world::World,
};
use jiff::civil::Date;
use rusqlite::{Connection, params};

pub(super) fn write(world: &World, today: Date, out: &mut Loader<'_>, media: &mut Media) -> Result<(), DemoError> {
    let mut stage = Stage { world, today, out, media, number: 0 };
    customer::write(&mut stage)?;
    identities::write(&mut stage)?;
    performance::write(&mut stage)?;
    terms::write(&mut stage)?;
    minors::write(&mut stage)?;
    words::write(&mut stage)
}

/// Lets the finished company change a little, so that its triggers write history, and dates what they wrote: the
/// triggers know the machine's clock, the company has its own. Returns the rows of the history.
pub(super) fn history(world: &World, connection: &Connection) -> Result<u64, DemoError> {
    // account 1 was called otherwise and had another number; an account after the last was removed by hand
    let removed = world.users + 1;
    connection.execute_batch("BEGIN")?;
    connection.execute("UPDATE users SET phone = '15400000101', nickname = '旧昵称' WHERE id = 1", [])?;
    connection.execute("UPDATE users SET phone = '13800138000', nickname = '小明同学' WHERE id = 1", [])?;
    connection.execute("UPDATE users SET status = 'restricted' WHERE id = 60", [])?;
    connection.execute(
        "UPDATE users SET nickname = nickname || '·' WHERE id > 60 AND id % 20 = 0 AND nickname IS NOT NULL",
        [],
    )?;
    connection.execute(
        "INSERT INTO users (id, username, phone, email, nickname, status, created_at)
         VALUES (?1, 'removed', '15400009009', 'removed@example.org', '已删', 'active', ?2)",
        params![removed, world.today.plus(-400 * DAY)],
    )?;
    connection.execute("DELETE FROM users WHERE id = ?1", [removed])?;
    let rows: i64 = connection.query_row("SELECT count(*) FROM users_audit", [], |row| row.get(0))?;
    let mut date = connection.prepare("UPDATE users_audit SET changed_at = ?1 WHERE id = ?2")?;
    for id in 1..=rows {
        date.execute(params![world.today.plus(-300 * DAY + HOUR * (id % 7_000)), id])?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(rows.cast_unsigned())
}
