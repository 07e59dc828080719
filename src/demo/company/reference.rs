//! What the company needs before it has customers: divisions, carriers, prices, partners, policies, staff.

use super::{
    DemoError,
    loader::Loader,
    moment::DAY,
    names, numbers,
    places::{DISTRICTS, street},
    world::World,
};
use rusqlite::{params, types::Null};
use std::collections::BTreeMap;

pub(super) const CARRIERS: &[(&str, &str, &str)] = &[
    ("SF", "顺风速运", "400-000-0001"),
    ("ZTO", "中途快递", "400-000-0002"),
    ("YT", "园通快递", "400-000-0003"),
    ("JD", "金东物流", "400-000-0004"),
    ("EMS", "邮政特快", "400-000-0005"),
];

pub(super) const PARTNERS: &[(&str, &str)] = &[
    ("支付宝", "payment"),
    ("微信支付", "payment"),
    ("银联", "payment"),
    ("网联", "payment"),
    ("速关报关行", "customs"),
    ("云选商城", "channel"),
    ("到家集市", "channel"),
    ("ZKJIA 仓储", "affiliate"),
    ("数汇科技", "data"),
];

/// Versions of the policy and how many days before today each came into force.
const POLICIES: &[(&str, i64)] = &[("1.0", 1_650), ("2.0", 900), ("3.0", 200)];

/// The version of the policy in force `days` ago.
pub(super) fn policy(days: i64) -> &'static str {
    POLICIES.iter().rev().find(|(_, since)| *since >= days).map_or("1.0", |(version, _)| version)
}

pub(super) fn write(world: &World, out: &mut Loader<'_>) -> Result<(), DemoError> {
    districts(out)?;
    prices(world, out)?;
    for (name, kind) in PARTNERS {
        out.row("partners", params![Null, name, kind])?;
    }
    policies(world, out)?;
    staff(world, out)?;
    derived(world, out)
}

fn districts(out: &mut Loader<'_>) -> Result<(), DemoError> {
    let mut upper = BTreeMap::new();
    for district in DISTRICTS {
        upper.insert(district.province_code(), (None, district.province, 1));
    }
    for district in DISTRICTS {
        upper.insert(district.city_code(), (Some(district.province_code()), district.city, 2));
    }
    for (code, (parent, name, level)) in &upper {
        out.row("districts", params![code, parent, name, level])?;
    }
    for district in DISTRICTS {
        out.row("districts", params![district.code, district.city_code(), district.name, 3])?;
    }
    Ok(())
}

fn prices(world: &World, out: &mut Loader<'_>) -> Result<(), DemoError> {
    for (code, name, hotline) in CARRIERS {
        out.row("carriers", params![code, name, hotline])?;
    }
    let mut provinces: Vec<String> = DISTRICTS.iter().map(super::places::District::province_code).collect();
    provinces.dedup();
    let mut random = world.random(10, 0);
    for (code, _, _) in CARRIERS {
        for from in &provinces {
            for to in &provinces {
                let first = random.between(8, 24) * 100;
                out.row("price_list", params![code, from, to, first, first / 4])?;
            }
        }
    }
    for (number, district) in (0..).zip(DISTRICTS) {
        let street = street(&mut world.random(11, number));
        out.row("service_points", params![Null, district.code, format!("{}服务点", district.name), street])?;
    }
    Ok(())
}

fn policies(world: &World, out: &mut Loader<'_>) -> Result<(), DemoError> {
    for (at, (version, since)) in POLICIES.iter().enumerate() {
        let until = POLICIES.get(at + 1).map(|(_, next)| world.today.plus(-next * DAY));
        let body = format!("隐私政策 {version} 版:本政策适用于您所使用的 ZKJIA.COM 的产品与/或服务。");
        let sha256 = crate::value::hex(&<sha2::Sha256 as sha2::Digest>::digest(body.as_bytes()));
        out.row("policy_versions", params![version, world.today.plus(-since * DAY), until, sha256, body])?;
    }
    Ok(())
}

/// Colleague 5 is also account 55, under the same number and mail address.
fn staff(world: &World, out: &mut Loader<'_>) -> Result<(), DemoError> {
    for id in 1..=world.staff {
        let mut random = world.random(12, id);
        let name = if id == 5 { "马晓东".to_owned() } else { names::name(&mut random) };
        let phone = if id == 5 { numbers::cast_phone(55) } else { numbers::stranger_phone(90_000_000 + id) };
        let email = if id == 5 { "ma.xiaodong@example.com".to_owned() } else { format!("staff{id}@example.net") };
        let position = *random.pick(&["客服", "快递员", "仓管", "财务", "风控"]);
        let hired = world.today.plus(-DAY * random.between(100, 2_500));
        // colleague 7 left three years and a day ago, colleague 8 yesterday
        let left = match id {
            7 => Some(world.today.plus(-DAY * 1_097)),
            8 => Some(world.today.plus(-DAY)),
            _ => None,
        };
        let hired = left.map_or(hired, |left| left.plus(-DAY * 400));
        out.row("staff", params![id, format!("ZK{id:05}"), name, phone, email, position, hired, left])?;
    }
    Ok(())
}

/// Data sets and statistics made from people's data; the tokens of the records are written with the accounts.
fn derived(world: &World, out: &mut Loader<'_>) -> Result<(), DemoError> {
    for (name, days) in [("消费画像 2026 上半年", 150), ("寄递热力", 40)] {
        let built = world.today.plus(-DAY * days);
        out.row("deid_datasets", params![Null, name, "令牌替换、年份与城市概化", "可重新识别", built])?;
    }
    for (number, district) in (0..).zip(DISTRICTS) {
        let count = world.random(13, number).between(10, 4_000);
        let published = world.today.plus(-DAY * 60);
        out.row("stats_published", params![Null, "月寄件量", "2026-09", district.city_code(), count, published])?;
    }
    Ok(())
}
