//! Real administrative divisions (GB/T 2260), invented streets.

use super::random::Random;

/// A county-level district and what it belongs to.
#[derive(Debug)]
pub(super) struct District {
    pub(super) code: &'static str,
    pub(super) province: &'static str,
    pub(super) city: &'static str,
    pub(super) name: &'static str,
    pub(super) postcode: &'static str,
    /// Somewhere in it: latitude and longitude in hundredths of a degree
    pub(super) centre: (i64, i64),
    /// Its number plates
    pub(super) plate: &'static str,
}

impl District {
    /// Code of its city; a municipality's districts stand in the artificial city `xx0100`.
    pub(super) fn city_code(&self) -> String {
        format!("{}00", &self.code[..4])
    }

    pub(super) fn province_code(&self) -> String {
        format!("{}0000", &self.code[..2])
    }

    /// Province, city, district, without saying a municipality twice.
    pub(super) fn full_name(&self) -> String {
        if self.province == self.city {
            format!("{}{}", self.city, self.name)
        } else {
            format!("{}{}{}", self.province, self.city, self.name)
        }
    }
}

macro_rules! districts {
    ($($code:literal $province:literal $city:literal $name:literal $postcode:literal $lat:literal $lng:literal $plate:literal;)*) => {
        &[$(District {
            code: $code, province: $province, city: $city, name: $name, postcode: $postcode,
            centre: ($lat, $lng), plate: $plate,
        }),*]
    };
}

pub(super) const DISTRICTS: &[District] = districts! {
    "110101" "北京市" "北京市" "东城区" "100010" 3993 11642 "京A";
    "110105" "北京市" "北京市" "朝阳区" "100020" 3992 11644 "京N";
    "110108" "北京市" "北京市" "海淀区" "100080" 3996 11630 "京Q";
    "120101" "天津市" "天津市" "和平区" "300041" 3912 11720 "津A";
    "210202" "辽宁省" "大连市" "中山区" "116001" 3892 12164 "辽B";
    "220102" "吉林省" "长春市" "南关区" "130022" 4386 12535 "吉A";
    "230102" "黑龙江省" "哈尔滨市" "道里区" "150010" 4576 12662 "黑A";
    "310101" "上海市" "上海市" "黄浦区" "200001" 3123 12148 "沪A";
    "310115" "上海市" "上海市" "浦东新区" "200120" 3122 12154 "沪D";
    "320106" "江苏省" "南京市" "鼓楼区" "210009" 3207 11877 "苏A";
    "320505" "江苏省" "苏州市" "虎丘区" "215011" 3130 12057 "苏E";
    "330106" "浙江省" "杭州市" "西湖区" "310013" 3026 12013 "浙A";
    "330108" "浙江省" "杭州市" "滨江区" "310051" 3021 12021 "浙A";
    "340104" "安徽省" "合肥市" "蜀山区" "230031" 3185 11726 "皖A";
    "350203" "福建省" "厦门市" "思明区" "361001" 2445 11808 "闽D";
    "360102" "江西省" "南昌市" "东湖区" "330006" 2869 11590 "赣A";
    "370202" "山东省" "青岛市" "市南区" "266001" 3607 12041 "鲁B";
    "410105" "河南省" "郑州市" "金水区" "450003" 3480 11366 "豫A";
    "420106" "湖北省" "武汉市" "武昌区" "430061" 3055 11432 "鄂A";
    "420111" "湖北省" "武汉市" "洪山区" "430070" 3050 11434 "鄂A";
    "430102" "湖南省" "长沙市" "芙蓉区" "410011" 2819 11303 "湘A";
    "440103" "广东省" "广州市" "荔湾区" "510140" 2313 11324 "粤A";
    "440106" "广东省" "广州市" "天河区" "510630" 2312 11336 "粤A";
    "440304" "广东省" "深圳市" "福田区" "518033" 2252 11405 "粤B";
    "440305" "广东省" "深圳市" "南山区" "518052" 2253 11393 "粤B";
    "450103" "广西壮族自治区" "南宁市" "青秀区" "530022" 2279 10849 "桂A";
    "500103" "重庆市" "重庆市" "渝中区" "400010" 2955 10657 "渝A";
    "510104" "四川省" "成都市" "锦江区" "610021" 3066 10408 "川A";
    "510107" "四川省" "成都市" "武侯区" "610041" 3064 10404 "川A";
    "520102" "贵州省" "贵阳市" "南明区" "550001" 2657 10671 "贵A";
    "530102" "云南省" "昆明市" "五华区" "650021" 2504 10271 "云A";
    "540102" "西藏自治区" "拉萨市" "城关区" "850000" 2965 9114 "藏A";
    "610103" "陕西省" "西安市" "碑林区" "710001" 3426 10893 "陕A";
    "610113" "陕西省" "西安市" "雁塔区" "710061" 3422 10894 "陕A";
    "620102" "甘肃省" "兰州市" "城关区" "730030" 3606 10383 "甘A";
    "650102" "新疆维吾尔自治区" "乌鲁木齐市" "天山区" "830002" 4379 8763 "新A";
};

/// A street, a house, a flat.
pub(super) fn street(random: &mut Random) -> String {
    const STREETS: &[&str] =
        &["人民路", "中山路", "建设大街", "科技园路", "文昌巷", "和平里", "长虹路", "滨河东路", "桂花街", "学府路"];
    const ESTATES: &[&str] = &["阳光花园", "翠湖小区", "金色家园", "锦绣城", "书香苑", "东方公寓"];
    let (street, estate) = (random.pick(STREETS), random.pick(ESTATES));
    let (house, block, flat) = (random.between(1, 399), random.between(1, 30), random.between(1, 26));
    format!("{street}{house}号{estate}{block}栋{flat}0{}室", random.between(1, 6))
}
