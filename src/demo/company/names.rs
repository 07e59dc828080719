//! Invented names, built from lists of common syllables.

use super::random::Random;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "于",
    "蒋", "蔡", "余", "杜", "叶", "程", "苏", "魏", "吕", "丁", "任", "沈", "姚", "卢", "姜", "崔", "钟", "谭", "陆",
    "汪", "范", "金", "石", "廖", "贾", "夏", "韦", "付", "方", "白", "邹", "孟", "熊", "秦", "邱", "江", "尹", "薛",
    "闫", "段", "雷", "侯", "龙", "史", "陶", "黎", "贺", "顾", "毛", "郝",
];
const COMPOUND_SURNAMES: &[&str] =
    &["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"];
const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平",
    "刚", "桂", "英", "华", "玉", "萍", "红", "鹏", "辉", "宇", "浩", "晨", "轩", "梓", "涵", "子", "怡", "欣", "雨",
    "佳", "思", "婷", "雪", "琳", "俊", "博", "文", "志", "建", "国", "海", "春", "秋", "天", "一", "诗", "嘉", "瑞",
    "泽", "睿", "萱", "彤", "悦", "凯", "峰", "亮", "飞", "斌", "波", "健", "倩", "蕾", "薇", "颖", "莹", "洁", "慧",
    "璐", "晶", "晓", "小", "庆", "永", "新", "立", "东", "南", "成", "康",
];
/// Characters beyond the Basic Multilingual Plane, as they stand in some people's papers.
const RARE: &[&str] = &["𠮷", "𣲘", "𬭎", "𫍯", "𡐓", "𩽾"];
const FAR_GIVEN: &[&str] =
    &["阿依古丽", "买买提", "古丽娜尔", "艾力", "扎西", "卓玛", "次仁", "帕提古丽", "巴特尔", "萨仁"];
const FAR_FAMILY: &[&str] = &["吐尔逊", "艾合买提", "多吉", "阿不都拉", "热合曼", "白玛", "其木格"];
const NICKNAMES: &[&str] =
    &["小鱼", "阿杰", "快递达人", "喵喵", "大橘", "清风", "晚安", "拆包裹", "二狗", "不加糖", "星空", "柠檬"];

/// A full name of 2 to 4 characters, now and then with a compound surname, a rare character or a middle dot.
pub(super) fn name(random: &mut Random) -> String {
    if random.chance(4) {
        return format!("{}·{}", random.pick(FAR_GIVEN), random.pick(FAR_FAMILY));
    }
    let surname = if random.chance(12) { *random.pick(COMPOUND_SURNAMES) } else { *random.pick(SURNAMES) };
    let last = if random.chance(5) { *random.pick(RARE) } else { *random.pick(GIVEN) };
    if random.chance(250) { format!("{surname}{last}") } else { format!("{surname}{}{last}", random.pick(GIVEN)) }
}

/// What people call themselves; not unique.
pub(super) fn nickname(random: &mut Random) -> String {
    format!("{}{}", random.pick(NICKNAMES), random.below(1_000))
}

/// A company that buys and wants an invoice.
pub(super) fn company(random: &mut Random, city: &str) -> String {
    const TRADES: &[&str] = &["网络科技", "贸易", "文化传媒", "电子商务", "供应链管理", "食品"];
    let (first, second) = (random.pick(GIVEN), random.pick(GIVEN));
    format!("{city}{first}{second}{}有限公司", random.pick(TRADES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_shapes_that_occur() {
        let names: Vec<String> = (0..5_000).map(|number| name(&mut Random::of(7, 1, number))).collect();
        assert!(names.iter().all(|name| (2..=12).contains(&name.chars().count())));
        assert!(names.iter().any(|name| name.contains('·')));
        assert!(names.iter().any(|name| COMPOUND_SURNAMES.iter().any(|surname| name.starts_with(surname))));
        assert!(names.iter().any(|name| name.chars().any(|character| character > '\u{FFFF}')));
    }
}
