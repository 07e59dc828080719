//! What is done for a person: find, export, erase, apply, recover, and the guided tour.

use super::{Arguments, Commands};

pub(super) const COMMANDS: Commands = &[
    (
        "find",
        "查找个人：账号、已知标识、角色，以及每张表持有的数据量",
        "标识默认脱敏。用 --reveal 显示全文须说明理由，并记入案卷库。\n\n示例：\n  droit find --id-file ana.json\n  droit find --case DSR-20261123-0001 --json",
    ),
    (
        "export",
        "导出案件所涉个人的全部信息：含一页可读文档的文件夹，及其加密 ZIP",
        "ZIP 口令自动生成并仅显示一次，或从文件读取。请以不同于 ZIP 的途径发送口令。打开需用 7-Zip、Keka 或 WinRAR。\n\n示例：\n  droit export DSR-20261123-0001\n  droit export DSR-20261123-0001 --portable --letter-lang en\n  droit export --cases monday.txt --no-zip",
    ),
    (
        "correct",
        "按计划并经确认更正案件所涉个人的字段",
        "逐一校验新值：符合类别、不重复、满足数据库约束。副本按数据地图随之更正或保留。手机号、真实姓名或证件号码需\nL3 级核验；手机号也可凭对新旧号码的动态口令。不得更改的予以拒绝并说明理由，或用 --annotate 添加补充说明。\n\n示例：\n  droit correct DSR-20261123-0001 --list\n  droit correct DSR-20261123-0001 --values new.txt --evidence document\n  droit correct DSR-20261123-0001 --values - --evidence records --plan plan.jsonl",
    ),
    (
        "erase",
        "按计划并经确认删除案件所请求的内容",
        "逐行列出处理方式及理由。在终端上输入案件编号以确认；用 --plan 则只写出计划，供审阅和 `droit apply` 执行。\n法律要求保存的予以保存并限制处理。\n\n示例：\n  droit erase DSR-20261123-0001 --plan plan.jsonl\n  droit erase DSR-20261123-0001\n  droit erase DSR-20261123-0001 --category location --confirm DSR-20261123-0001\n  droit erase --cases monday.txt --plan monday.jsonl",
    ),
    (
        "anonymize",
        "按计划并经确认，将案件请求删除的内容匿名化",
        "数据行保留，识别个人的内容被改写：空值、常量，或不留对照的随机标记；地址、出生日期、时间、金额降低精度；\n可为空的关联被断开。仍与其他行共用键的行只是去标识化，仍属个人信息：退出码为 4。\n保全、履行中的合同和法律要求保存的优先，与删除相同。\n\n示例：\n  droit anonymize DSR-20261123-0001 --plan plan.jsonl\n  droit anonymize DSR-20261123-0001 --confirm DSR-20261123-0001",
    ),
    (
        "restrict",
        "按计划限制处理个人信息（仅存储，不使用），或解除限制",
        "在此人的每个账号上设置数据地图指明的标记；原值密封保存，--lift 时恢复。没有标记可管的数据行列为无法强制执行，\n退出码为 4。\n\n示例：\n  droit restrict DSR-20261123-0001 --confirm DSR-20261123-0001\n  droit restrict DSR-20261123-0001 --lift --plan plan.jsonl",
    ),
    (
        "apply",
        "执行一份计划",
        "计划文件只是主张而非指令：执行时重新推导，所依据的内容如有变化则不写入任何内容。\n\n示例：\n  droit apply plan.jsonl\n  droit apply plan.jsonl --confirm DSR-20261123-0001",
    ),
    ("recover", "完成或放弃被中断的更改", "用户数据库中的标记说明事务是否已经发生。\n\n示例：\n  droit recover"),
    (
        "prove",
        "证明删除的内容已从文件中消失",
        "先合并全文索引，在应用程序运行时把无用字节清零，然后在同一快照中逐字节检查。证明书写入 certificates/，尚未签名。\n只有此后案件才算已删除。仅暂时的妨碍不改变案件状态。\n\n示例：\n  droit prove DSR-20261123-0001\n  droit prove --pending",
    ),
    (
        "risk",
        "测量留存数据的重识别风险",
        "按数据地图声明的列（表的 risk）：相同的行有多少（k），其敏感值有多少种（l），有多少行与众不同。\n未达到数据地图要求的，退出码为 4；用 --release 则予以拒绝，退出码为 3。\n\n示例：\n  droit risk\n  droit risk orders --release\n  droit risk --statistics orders --format csv -o cells.csv",
    ),
    (
        "demo",
        "生成示例公司，并在其上走完全部过程",
        "一切均为虚构。每条命令在执行前打印，并用平实的话说明结果。文件夹保留，可继续手工操作。\n\n示例：\n  droit demo\n  droit demo big --users 100000 --no-tour",
    ),
];

pub(super) const ARGUMENTS: Arguments = &[
    ("find", "case", "查找该案件所涉的个人"),
    ("find", "reveal", "显示标识全文；该文件说明理由"),
    ("export", "cases", "导出文件所列的全部案件，每行一个；被拒绝的搁置"),
    ("export", "portable", "仅本人提供且基于同意或合同持有的信息（网络数据条例25、GDPR 20）"),
    ("export", "mentions", "在每张表的他人文本中查找此人，将提及此人的值计为未提供；每张表都要全表读取"),
    ("export", "letter_lang", "本人的语言；不给则中国法下为中文，其他为英文"),
    ("export", "no_zip", "只写文件夹"),
    ("export", "passphrase_file", "从文件读取口令，而不是自动生成"),
    ("erase", "cases", "合并办理文件所列的全部案件，每行一个：一份计划，一次确认；被拒绝的搁置"),
    ("correct", "list", "列出可更正的字段，值脱敏，并附行的主键"),
    (
        "correct",
        "values",
        "从文件读取新值，`-` 为标准输入：每行 表.列=值，或 JSON，其中 null 表示去除现值；有多行时写作 表[主键].列",
    ),
    ("correct", "set", "以 表.列=值 给出新值；会留在 shell 历史中，宜用 --values"),
    (
        "correct",
        "evidence",
        "新值的依据：id_document、official_document、otp_both、otp_new、document、records 或 statement",
    ),
    ("correct", "annotate", "对不得更改的内容添加补充说明而不拒绝；该文件为说明文字"),
    ("correct", "plan", "把计划写入文件，不作任何更改"),
    ("correct", "confirm", "没有终端时再次给出案件编号"),
    ("erase", "plan", "把计划写入文件，不作任何更改"),
    ("erase", "category", "仅此类别的数据；可重复"),
    ("erase", "column", "仅此列，写作 表.列；可重复"),
    ("erase", "role", "仅以此角色持有的数据；可重复"),
    ("erase", "mentions", "在每张表的他人文本中查找此人，包括数据地图未说明如何查找的表；每张表都要全表读取"),
    ("erase", "confirm", "没有终端时再次给出案件编号；与 --cases 合用时为计划中的人数"),
    ("anonymize", "plan", "把计划写入文件，不作任何更改"),
    (
        "anonymize",
        "mentions",
        "在每张表的他人文本中查找此人，包括数据地图未说明如何查找或只指明索引的表；每张表都要全表读取",
    ),
    ("anonymize", "confirm", "没有终端时再次给出案件编号"),
    ("risk", "tables", "数据表；不给则为数据地图声明了风险的全部表"),
    ("risk", "release", "所测的数据不得对外提供时予以拒绝"),
    ("risk", "statistics", "按可用以区分个人的列统计该表；不公布小单元格"),
    ("restrict", "lift", "恢复设置标记之前的值"),
    ("restrict", "plan", "把计划写入文件，不作任何更改"),
    ("restrict", "confirm", "没有终端时再次给出案件编号"),
    ("prove", "pending", "全部已移除而尚未证明的案件"),
    ("prove", "exclusive", "应用程序写入快于清理时，在一次检查期间（每 GB 约一秒）暂停其写入"),
    ("prove", "vacuum", "是否允许用 VACUUM 重写整个文件"),
    ("apply", "plan", "计划文件"),
    ("demo", "folder", "要建立的文件夹"),
    ("demo", "users", "公司的账号数"),
    ("demo", "seed", "换一个种子，换一批人"),
    ("demo", "no_tour", "只建立公司和工作区"),
    ("apply", "confirm", "没有终端时给出案件编号；多个案件的计划则为其中的人数"),
];
