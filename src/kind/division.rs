//! The administrative divisions at the front of a Chinese address: province, city, district, street.

/// Short names of the provinces. What follows may be 省, 市, 自治区 with a people's name, or 特别行政区.
const PROVINCES: [&str; 34] = [
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
];

/// What may follow a province's short name, the longest first.
const PROVINCE_ENDS: [&str; 8] = ["维吾尔自治区", "特别行政区", "壮族自治区", "回族自治区", "自治区", "省", "市", ""];

const CITY_ENDS: [&str; 4] = ["自治州", "地区", "市", "盟"];
const DISTRICT_ENDS: [&str; 7] = ["自治县", "自治旗", "新区", "区", "县", "旗", "市"];
const STREET_ENDS: [&str; 8] = ["大道", "大街", "街道", "路", "街", "巷", "镇", "乡"];

/// Words that end like a district and are a place to live or work.
const NOT_DISTRICTS: [&str; 16] = [
    "小区",
    "社区",
    "园区",
    "校区",
    "厂区",
    "院区",
    "街区",
    "军区",
    "片区",
    "库区",
    "景区",
    "住宅区",
    "生活区",
    "家属区",
    "宿舍区",
    "别墅区",
];

/// Words that end like a city and are a place to buy.
const NOT_CITIES: [&str; 6] = ["超市", "夜市", "早市", "菜市", "集市", "花市"];

/// An address divided. Every part borrows from the text; parts stand one behind the other.
pub(super) struct Divisions<'a> {
    text: &'a str,
    /// Where the district begins and ends
    district: Option<(usize, usize)>,
    region: usize,
    street: usize,
}

impl<'a> Divisions<'a> {
    /// Divides a folded address that begins with a province or a city.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let province = province(text).unwrap_or(0);
        let city = city(text, province);
        let district =
            segment(text, city, &DISTRICT_ENDS, 15).filter(|&end| !is_dwelling(&text[city..end])).filter(|_| city > 0);
        let region = district.unwrap_or(city);
        if region == 0 || (province == 0 && district.is_none() && !is_masked(&text[region..])) {
            return None; // a word that ends like a city may be anything
        }
        let street = segment(text, region, &STREET_ENDS, 12).filter(|_| district.is_some()).unwrap_or(region);
        Some(Self { text, district: district.map(|end| (city, end)), region, street })
    }

    /// Province, city and district, as far as they are there.
    pub(super) fn region(&self) -> &'a str {
        &self.text[..self.region]
    }

    /// The district alone.
    pub(super) fn district(&self) -> Option<&'a str> {
        self.district.map(|(from, to)| &self.text[from..to]).filter(|name| Self::is_bare_district(name))
    }

    /// Township or street behind the district.
    pub(super) fn street(&self) -> &'a str {
        &self.text[self.region..self.street]
    }

    /// Whether a text is a city's name and nothing else.
    pub(super) fn is_bare_city(text: &str) -> bool {
        let whole = segment(text, 0, &["市"], 12) == Some(text.len());
        let short = text.chars().count() <= 4 && !NOT_CITIES.iter().any(|end| text.ends_with(end));
        whole && (short || LONG_CITIES.contains(&text))
    }

    /// Whether a text is a district's name and nothing else.
    pub(super) fn is_bare_district(text: &str) -> bool {
        let length = text.chars().count();
        let whole = segment(text, 0, &DISTRICT_ENDS, 15) == Some(text.len()) && !is_dwelling(text);
        whole && (length <= 5 || text.ends_with("自治县") || text.ends_with("自治旗"))
    }
}

fn is_masked(rest: &str) -> bool {
    rest == "***"
}

fn is_dwelling(name: &str) -> bool {
    NOT_DISTRICTS.iter().any(|end| name.ends_with(end))
}

fn province(text: &str) -> Option<usize> {
    let short = PROVINCES.iter().find(|name| text.starts_with(**name))?;
    let rest = &text[short.len()..];
    let end = PROVINCE_ENDS.iter().find(|end| rest.starts_with(**end))?;
    Some(short.len() + end.len())
}

/// Cities of more than four characters that people write without their province.
const LONG_CITIES: [&str; 8] =
    ["呼和浩特市", "乌鲁木齐市", "齐齐哈尔市", "鄂尔多斯市", "呼伦贝尔市", "巴彦淖尔市", "乌兰察布市", "克拉玛依市"];

/// The end of the city behind a province; the province's own end where a district follows at once.
fn city(text: &str, province: usize) -> usize {
    let city = segment(text, province, &CITY_ENDS, 12);
    let district = segment(text, province, &DISTRICT_ENDS, 15);
    city.filter(|&end| district.is_none_or(|district| end <= district))
        // without a province in front, more characters may be anything, a name for instance
        .filter(|&end| province > 0 || text[..end].chars().count() <= 4 || LONG_CITIES.contains(&&text[..end]))
        .unwrap_or(province)
}

/// The end of the first stretch of at most `limit` Chinese characters from `start` on that ends in one of `ends` and
/// is longer than it.
fn segment(text: &str, start: usize, ends: &[&str], limit: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    for (count, (at, c)) in rest.char_indices().take(limit).enumerate() {
        if !matches!(c, '\u{3400}'..='\u{9fff}') {
            return None;
        }
        let stretch = &rest[..at + c.len_utf8()];
        let found = ends.iter().find(|end| stretch.ends_with(**end));
        if let Some(end) = found
            && count + 1 > end.chars().count()
            && (count >= 2 || end.chars().count() == 1 && count >= 1)
        {
            return Some(start + at + c.len_utf8());
        }
    }
    None
}
