//! Refusals: nothing was changed, and why.

use super::{Code, Sort, code};

pub(super) const REFUSALS: &[Code] = &[
    code(
        "plan_not_signed",
        Sort::Refusal,
        ["whoever made the plan has not signed it", "制定计划的人尚未签名"],
        [
            "Two people have to agree here: who made the plan and a second one. The name under which it was planned must stand in the file of allowed signers, and that person signs first: droit approve PLAN --key KEY.",
            "此处须两人同意：制定计划者与第二人。制定计划时的姓名须在 allowed_signers 文件中，并由其本人先签名：droit approve 计划 --key 密钥。",
        ],
    ),
    code(
        "not_approved",
        Sort::Refusal,
        ["no second person has agreed to the plan", "计划尚未经第二人同意"],
        [
            "A second person reads the plan and agrees to it with their own key: droit approve PLAN --key KEY. The agreement is for this plan alone and ends with it; a plan that was made anew needs another.",
            "由第二人审阅计划并以其密钥同意：droit approve 计划 --key 密钥。同意只对该计划有效并随之到期；重新制定的计划须重新同意。",
        ],
    ),
    code(
        "same_person",
        Sort::Refusal,
        ["the second person may be the first", "第二人可能就是第一人"],
        [
            "Key and names of the two must all differ in the file of allowed signers.",
            "两人的密钥和名称在 allowed_signers 文件中须各不相同。",
        ],
    ),
    code(
        "stale_plan",
        Sort::Refusal,
        ["the plan is stale", "计划已过期"],
        [
            "Something that the plan rests on has changed since: rows, the data map, the schema, or the day. Nothing was written. Plan again, read the new plan, apply it.",
            "计划所依据的内容已变化：数据行、数据地图、表结构或日期。未写入任何内容。请重新生成计划、审阅后再执行。",
        ],
    ),
    code(
        "below_k",
        Sort::Refusal,
        ["people could be told apart in what is to be released", "拟对外提供的数据可以区分出个人"],
        [
            "Too few rows are alike in the columns that others may know (`risk` in the data map, LAW §5.2). Give these columns less detail, or take the rows out, and measure again; `droit risk --statistics TABLE` counts without small cells.",
            "在他人可能知道的列上相同的行太少（数据地图的 `risk`）。请降低这些列的精度或移除这些行，再行测量；`droit risk --statistics 表` 给出不含小单元格的统计。",
        ],
    ),
    code(
        "below_l",
        Sort::Refusal,
        [
            "what is to be released tells something of people who cannot be told apart",
            "拟对外提供的数据虽不能区分个人，却透露其敏感信息",
        ],
        [
            "Rows that are alike have too few different values in a sensitive column, so that whoever knows that somebody is among them learns it. Give the columns less detail, or leave the sensitive one out.",
            "相同的行在敏感列上的取值种类太少，知道某人在其中的人便可得知其值。请降低各列的精度，或不提供该敏感列。",
        ],
    ),
    code(
        "risk_undeclared",
        Sort::Refusal,
        ["the map does not say how the risk is measured", "数据地图未说明如何测量风险"],
        [
            "Write `risk = { quasi = [...], sensitive = [...], k = 5 }` in the table's section: what others may know of people, and what is told of them then. Then trust the map again.",
            "请在该表的小节写明 `risk = { quasi = [...], sensitive = [...], k = 5 }`：他人可能知道什么，由此又会得知什么；然后重新信任数据地图。",
        ],
    ),
    code(
        "letter_incomplete",
        Sort::Refusal,
        ["the template leaves out what the letter must say", "模板缺少信件必须写明的内容"],
        [
            "A no names its reason, its law and the remedies, an answer names what is kept, every letter its case and the controller. Put the field back into the template; `droit letters export` shows the built-in ones. Nothing was written.",
            "拒绝须写明理由、法律依据和救济途径，答复须写明保留的内容，每封信须写明编号和处理者。请在模板中恢复该字段；内置模板见 `droit letters export`。未写入任何内容。",
        ],
    ),
    code(
        "nothing_to_tell",
        Sort::Refusal,
        ["the letter tells what has not happened", "信件所述事项尚未发生"],
        [
            "A refusal is recorded with `droit case refuse`, an extension with `droit case extend`, before a letter tells of it. No extension is told while another clock ends before it and runs on: answer by then.",
            "先用 `droit case refuse` 记录拒绝，或用 `droit case extend` 记录延期，再写信告知。若另一期限更早届满且仍在计算，则不得告知延期，请在该期限前答复。",
        ],
    ),
    code(
        "must_stay_secret",
        Sort::Refusal,
        ["the reason may not be told", "理由依法不得告知"],
        [
            "Secrecy by law (SEC) and criminal investigation (CRIM) leave no trace in a letter, so droit writes none that gives the reason. Answer with counsel's advice: `--letter answer` tells only what was done.",
            "依法保密（SEC）和刑事侦查（CRIM）不得在信件中留下痕迹，因此不写说明理由的信。请听取法律意见后答复：`--letter answer` 只告知已办理的内容。",
        ],
    ),
    code(
        "not_verified",
        Sort::Refusal,
        ["the identity is not verified", "身份尚未核验"],
        [
            "Nothing is exported or changed before the person's identity is verified at the level that the request needs: droit case identify CASE.",
            "在按请求所需级别核验身份之前，不导出也不更改任何内容：droit case identify 编号。",
        ],
    ),
    code(
        "illegal_move",
        Sort::Refusal,
        ["the case cannot go there", "案件状态不允许"],
        [
            "The case's state does not allow this step. `droit case next CASE` names the one that is due.",
            "案件当前状态不允许此步骤。`droit case next 编号` 会给出下一步。",
        ],
    ),
    code(
        "nothing_done",
        Sort::Refusal,
        ["nothing was done of what is asked", "所请求的事项尚未办理"],
        [
            "The case cannot be answered with FULFILLED or PARTIAL yet: do first what it asks for (`droit case next CASE`), decide NO_DATA, refuse it with `droit case refuse`, or pass --by-hand when it was done beside droit.",
            "该案件尚不能以 FULFILLED 或 PARTIAL 答复：请先办理（`droit case next 编号`），或答复 NO_DATA，或以 `droit case refuse` 拒绝；如已在 droit 之外办理，请给出 --by-hand。",
        ],
    ),
    code(
        "not_refused",
        Sort::Refusal,
        ["nothing was refused on record", "尚未登记拒绝"],
        [
            "A request is refused with a code, the law and the person's remedies: `droit case refuse CASE --code CODE --law LAW --remedies FILE`; then it is answered with DENIED.",
            "拒绝请求须有代码、法律依据和救济途径：`droit case refuse 编号 --code 代码 --law 法律 --remedies 文件`；其后以 DENIED 答复。",
        ],
    ),
    code(
        "left_to_person",
        Sort::Refusal,
        ["a replay left something of it to a person", "重放后尚有事项须由人工处理"],
        [
            "After a restored backup nobody could tell whether what was done for this case came back, so it cannot be answered with FULFILLED: `droit case show CASE` says why. Carry it out anew, or look and say how it was decided: droit case note CASE --decided.",
            "备份恢复后，无从判断已为本案办理的内容是否又出现，故不能以 FULFILLED 答复：`droit case show 编号` 显示原因。请重新办理，或核对后说明处理：droit case note 编号 --decided。",
        ],
    ),
    code(
        "data_was_found",
        Sort::Refusal,
        ["something was found for this case", "该案件已找到数据"],
        [
            "NO_DATA tells the person that nothing is held. A copy with something in it, or withheld from it, was made, something was removed, changed, stopped or left where it is, or the identifiers lead to rows now, so decide FULFILLED or PARTIAL. A restriction in the meantime is lifted first (droit restrict CASE --lift). Are the rows somebody else's? --by-hand says on record that you looked yourself, of whoever has no account here.",
            "NO_DATA 表示没有保存任何数据。但副本中有内容或有未提供的内容，已移除、更改、停止或者保留数据，或者标识符现在仍指向记录，请以 FULFILLED 或 PARTIAL 答复。期间所作的限制须先解除（droit restrict 编号 --lift）。记录属于他人？对没有账号者，--by-hand 会在记录中注明由您自行查找。",
        ],
    ),
    code(
        "copy_incomplete",
        Sort::Refusal,
        ["the copy made for this case is not complete", "该案件的副本不完整"],
        [
            "Files that belong in it were missing or could not be read; the page and data.json say in which rows. Put them where the rows name them and export again, or decide PARTIAL and say what is missing. Were they handed over otherwise? --by-hand says so on record.",
            "应在副本中的文件缺失或无法读取，页面和 data.json 列出了所在的行。请将其放回记录所指的位置后重新导出，或以 PARTIAL 答复并说明缺少什么。已另行交付？--by-hand 会在记录中注明。",
        ],
    ),
    code(
        "something_done",
        Sort::Refusal,
        ["something was carried out for this case", "已为该案件办理部分事项"],
        [
            "DENIED tells the person that nothing was done, but something was removed, changed or stopped for this case: decide FULFILLED, or PARTIAL with what was not done, by which law, and the remedies. A restriction in the meantime is lifted before the request is refused: droit restrict CASE --lift.",
            "DENIED 表示未予办理，但已为该案件移除、更改或者停止了内容：请以 FULFILLED 答复，或以 PARTIAL 答复并说明未办理的部分、法律依据和救济途径。期间所作的限制须先解除，再予拒绝：droit restrict 编号 --lift。",
        ],
    ),
    code(
        "is_verified",
        Sort::Refusal,
        ["the identity is verified", "身份已核验"],
        [
            "UNVERIFIED tells the person that they could not be identified, and they were. Is it doubtful again? Ask for it first: `droit case answer CASE --letter identity`. Otherwise carry the request out, or refuse it.",
            "UNVERIFIED 表示无法核验身份，但身份已核验。又有疑问？请先要求证明：`droit case answer 编号 --letter identity`。否则请办理或者拒绝该请求。",
        ],
    ),
    code(
        "personal_in_clear",
        Sort::Refusal,
        ["a word for the record looks personal", "拟记入的文字疑似个人信息"],
        [
            "How an identity was verified, a law, a scope, who a case is assigned to and a policy's version stay readable in the record for good, and one of them holds what looks like somebody's number, address or document. Say it without: the method, not the number; what is personal belongs into a note or the files that are sealed.",
            "核验方式、法律依据、范围、经办人和政策版本会长期以明文留在记录中，其中一项疑似含有某人的号码、地址或者证件。请改写：写方式，不写号码；个人信息应写入备注或者加密保存的文件。",
        ],
    ),
    code(
        "unplanned_change",
        Sort::Refusal,
        ["a change that was not planned", "出现计划外的更改"],
        [
            "A trigger, a cascade or a REPLACE would have changed a row that the plan does not name. The transaction was rolled back.",
            "触发器、级联或 REPLACE 会更改计划外的行。事务已回滚。",
        ],
    ),
    code(
        "look_here",
        Sort::Refusal,
        ["look at the rows", "请查看数据行"],
        [
            "A change was interrupted, the database carries no mark (mark = false), and its rows do not agree on whether the change took place: some are as before it, some as after it. Look at the rows of the case's plan, settle them by hand with your administrator, and record what you found with droit case note.",
            "一次更改被中断，数据库未设标记（mark = false），且各行对更改是否发生并不一致。请对照该案件的计划逐行查看，与管理员人工处理，并用 droit case note 记录结果。",
        ],
    ),
    code(
        "foreign_authority",
        Sort::Refusal,
        ["a foreign authority is refused", "境外机关的请求应予拒绝"],
        [
            "Without leave of the competent Chinese authority nothing is handed over, changed or told (PIPL 41). Refuse and escalate: droit case refuse CASE --code FOR --law 'PIPL 41'.",
            "未经主管机关批准，不得提供、更改或告知（个人信息保护法第四十一条）。请拒绝并上报：droit case refuse 编号 --code FOR --law 'PIPL 41'。",
        ],
    ),
    code(
        "clock_jump",
        Sort::Refusal,
        ["the clock cannot be right", "系统时间异常"],
        [
            "The clock stands before the last event on record, or long after it in an unattended run. Deadlines and periods would be wrong. Set it right; is it right, and was something recorded while it stood ahead? droit audit adopt says so on record. After a quiet week, run the command at a terminal: it asks whether the clock is right.",
            "系统时间早于最后一条记录，或在无人值守时远晚于它。期限计算会出错。请校正时间；若时间无误，而此前在时间超前时有过记录，请用 droit audit adopt 登记确认。一周以上没有记录的，请在终端上运行该命令：届时会询问系统时间是否正确。",
        ],
    ),
    code(
        "no_minors",
        Sort::Refusal,
        ["the map does not tell minors", "数据地图未说明未成年人"],
        [
            "Add [minors] and the `born` of a person table to datamap.toml, so that births and consents are found.",
            "请在 datamap.toml 中补充 [minors] 和个人表的 born，以便查到出生日期和监护人同意。",
        ],
    ),
    code(
        "several_scopes",
        Sort::Refusal,
        ["one row agrees to several scopes, channels or topics", "一行记录含多个范围、渠道或主题"],
        [
            "One row holds the consent or subscription for several scopes, channels or topics, and only some are to end. End all of them together, or let the application record each by itself.",
            "该同意或订阅在一行中含有多个范围、渠道或主题，而只终止其中一部分。请一并终止，或由应用程序分别记录。",
        ],
    ),
    code(
        "agreed_since",
        Sort::Refusal,
        ["consent was given again since", "此后又作出了同意"],
        [
            "A consent is on record that is younger than the request to withdraw it. Ask the person; if the withdrawal stands, open a case that arrived now.",
            "记录中有晚于撤回请求的同意。请向本人确认；如仍要撤回，请按当前时间另行登记案件。",
        ],
    ),
    code(
        "unknown_messages",
        Sort::Refusal,
        ["no such channel or topic", "没有这样的渠道或主题"],
        [
            "Nobody gets messages by this channel or topic; it is probably misspelt, and nothing would stop. Look how the data calls it, or leave the option out to stop everything.",
            "没有任何订阅使用该渠道或主题，可能拼写有误，执行后也不会停止任何消息。请核对数据中的写法，或省略该选项以停止全部消息。",
        ],
    ),
    code(
        "mark_missing",
        Sort::Refusal,
        ["the mark table is missing", "缺少标记表"],
        [
            "droit may not create its one table in the user database. Let an administrator run what `droit doctor --mark-sql` prints, or set mark = false in droit.toml.",
            "droit 无法在用户数据库中创建标记表。请由管理员执行 `droit doctor --mark-sql` 输出的语句，或在 droit.toml 中设置 mark = false。",
        ],
    ),
    code(
        "hot_journal",
        Sort::Refusal,
        ["the database was left in the middle of a change", "数据库处于未完成的更改中"],
        [
            "A hot journal stands beside the database. Only `droit recover` lets SQLite roll it back, and only when an open intent of this workspace names this database. If another program left it, let that program, or `sqlite3` by its administrator, open the database once.",
            "数据库旁有未回滚的日志。只有 `droit recover` 会让 SQLite 回滚，且仅当本工作区有指向此数据库的未结意图。若由其他程序遗留，请由该程序或管理员用 `sqlite3` 打开一次数据库。",
        ],
    ),
    code(
        "casebook_behind",
        Sort::Refusal,
        ["the casebook is older than the database", "案卷库早于数据库"],
        [
            "The database carries a mark that the casebook does not know: the casebook was restored from an older copy.",
            "数据库中的标记案卷库并不知道：案卷库可能由旧副本恢复。",
        ],
    ),
    code(
        "database_behind",
        Sort::Refusal,
        ["the database is older than the casebook", "数据库早于案卷库"],
        [
            "The casebook knows of changes that the database does not have: it was restored, and people who were erased are in it again, or a replay was interrupted. Nothing else is written until that is done again: droit replay.",
            "案卷库记录的更改在数据库中不存在：数据库曾被恢复，已删除的人又在其中，或者重放曾被中断。完成重放之前不写入其他内容：droit replay。",
        ],
    ),
    code(
        "casebook_forked",
        Sort::Refusal,
        ["there are two casebooks", "案卷库出现分叉"],
        ["Two copies of the casebook have gone different ways.", "案卷库的两个副本已各自变化。"],
    ),
    code(
        "foreign_workspace",
        Sort::Refusal,
        ["another workspace's plan or database", "属于其他工作区"],
        ["The plan or the mark was made by another workspace.", "该计划或标记由其他工作区生成。"],
    ),
    code(
        "not_extendable",
        Sort::Refusal,
        ["no more time can be taken", "不能延期"],
        [
            "The policy's thirty days, the fifteen working days and the complaint clocks are never extended; the others once, with notice before they run out.",
            "政策三十日、十五个工作日和投诉时限均不延期；其他时限仅可延期一次，且须在到期前通知。",
        ],
    ),
    code(
        "hold_added",
        Sort::Refusal,
        ["a legal hold was added", "新增了法律保全"],
        ["A hold was added since the plan was made. Plan again.", "制定计划后新增了保全。请重新生成计划。"],
    ),
    code(
        "intent_open",
        Sort::Refusal,
        ["a change is still open", "有未完成的更改"],
        [
            "An earlier change of this database is neither done nor given up: droit recover.",
            "此数据库的上一次更改既未完成也未放弃：droit recover。",
        ],
    ),
    code(
        "casebook_head_unknown",
        Sort::Refusal,
        ["the end of the casebook is not known", "不知道案卷库的末端"],
        [
            "The key folder does not know where this casebook ends: it is new here, or the known end was removed. `droit audit verify` checks it; `droit audit adopt` accepts it.",
            "密钥文件夹不知道此案卷库的末端：可能是首次在此使用，或末端记录被删除。`droit audit verify` 检查，`droit audit adopt` 接受。",
        ],
    ),
    code(
        "casebook_unsafe",
        Sort::Refusal,
        ["the casebook cannot be kept safely here", "此处无法安全保存案卷库"],
        ["A setting that durability rests on is not in force on this system.", "保证持久性的设置在本系统上未生效。"],
    ),
    code(
        "network_file_system",
        Sort::Refusal,
        ["the casebook lies on a network file system", "案卷库位于网络文件系统"],
        [
            "Locks and durability mean nothing there; move the workspace to a local disk.",
            "那里的锁与持久性不可靠；请把工作区移到本地磁盘。",
        ],
    ),
    code(
        "keys_exposed",
        Sort::Refusal,
        ["others can read the keys", "他人可读取密钥"],
        ["chmod 700 for the key folder, 600 for its files.", "密钥文件夹应为 700，密钥文件应为 600。"],
    ),
    code(
        "unverified",
        Sort::Refusal,
        ["the identity level is not reached", "身份核验级别不足"],
        ["droit case identify CASE --level …", "droit case identify 编号 --level …"],
    ),
    code(
        "wrong_state",
        Sort::Refusal,
        ["the case's state does not allow this", "案件状态不允许"],
        ["droit case next CASE", "droit case next 编号"],
    ),
    code(
        "foreign_plan",
        Sort::Refusal,
        ["the plan was made for something else", "计划属于其他对象"],
        [
            "It was made for another workspace, database or data map. Plan again here.",
            "计划属于其他工作区、数据库或数据地图。请在此重新生成。",
        ],
    ),
    code(
        "file_replaced",
        Sort::Refusal,
        ["the database file is another one", "数据库文件已不是原来的那一个"],
        [
            "What was begun or removed was so in another file. Where droit may leave its mark (`mark = true`), the mark in a copy tells that it is one; here none does. Put the file back that was changed; or let droit leave its mark (`mark = true` in droit.toml) and replay: that looks for every row that went and marks the file (`droit replay`).",
            "更改发生在另一个文件中。允许留下标记（`mark = true`）时，由副本中的标记即可认出；本文件中没有标记。请放回被更改的文件；或允许留下标记（droit.toml 中 `mark = true`）并重放：重放会查找每一条已移除的数据并标记该文件（`droit replay`）。",
        ],
    ),
    code(
        "expired_plan",
        Sort::Refusal,
        ["the plan has expired", "计划已过有效期"],
        ["A plan holds for 24 hours. Plan again.", "计划有效期为 24 小时。请重新生成。"],
    ),
    code(
        "edited_plan",
        Sort::Refusal,
        ["the plan was changed after it was written", "计划写出后被改动"],
        ["Plan again; a plan is read, never edited.", "请重新生成；计划只供阅读，不可编辑。"],
    ),
    code(
        "applied_twice",
        Sort::Refusal,
        ["the plan has been applied already", "计划已执行过"],
        ["Nothing is left to do.", "无需再执行。"],
    ),
    code(
        "still_found",
        Sort::Refusal,
        ["something would be left", "仍有残留"],
        [
            "After the changes the search still finds what should be gone. Everything was rolled back.",
            "更改后仍能找到应移除的内容。已全部回滚。",
        ],
    ),
    code(
        "no_key",
        Sort::Refusal,
        ["rows cannot be named", "无法指明数据行"],
        ["A table has neither a key nor a rowid.", "表既无主键也无 rowid。"],
    ),
    code(
        "unknown_case",
        Sort::Refusal,
        ["a value that the map does not speak of", "数据地图未涉及的取值"],
        [
            "A row's type is not in the map: add a line for it, or \"*\".",
            "数据行的类型不在数据地图中：请补充一行或 \"*\"。",
        ],
    ),
    code(
        "missing_date",
        Sort::Refusal,
        ["a period counts from nowhere", "期限没有起算日"],
        ["The map counts a period from a date that no row has.", "数据地图的期限从不存在的日期起算。"],
    ),
    code(
        "no_files_folder",
        Sort::Refusal,
        ["no files folder is set", "未设置文件夹"],
        ["Set files = \"DIR\" in droit.toml.", "请在 droit.toml 中设置 files = \"目录\"。"],
    ),
    code(
        "file_not_beneath",
        Sort::Refusal,
        ["a file is not where files may be", "文件不在允许的位置"],
        [
            "A value names something that is no regular file beneath the files folder. Nothing outside is read or removed.",
            "某值所指不是文件夹内的普通文件。文件夹之外的内容不读取也不移除。",
        ],
    ),
    code(
        "malformed_text",
        Sort::Refusal,
        ["a text is not valid UTF-8", "文本不是有效的 UTF-8"],
        [
            "Somebody else's text names the person and holds bytes that are no UTF-8; striking the name out would change them too. Repair the text in the application, then plan again.",
            "他人的文本提到此人，但含有无效的 UTF-8 字节；删去标识会同时改动这些字节。请在应用中修复该文本后重新计划。",
        ],
    ),
    code(
        "long_mention",
        Sort::Refusal,
        ["a text that names the person is too long to be rewritten", "提到此人的文本过长，无法改写"],
        [
            "A text of somebody else that names the person is longer than a mebibyte; striking the name out would take the whole of it into memory. Strike it out in the application, then plan again. A copy (export --mentions) counts such texts.",
            "他人的一段提到此人的文本超过 1 MiB；删去标识须将其整体读入内存。请在应用中删去后重新计划。副本（export --mentions）会计入这类文本。",
        ],
    ),
    code(
        "cannot_overwrite",
        Sort::Refusal,
        ["a value cannot be overwritten", "某值无法覆盖"],
        [
            "No replacement fits the column's type and constraints. Say in the map what to write: `token`, `null`, or a constant (`becomes '00000000000'`).",
            "没有符合列类型和约束的替代值。请在数据地图中写明：`token`、`null` 或固定值（`becomes '00000000000'`）。",
        ],
    ),
    code(
        "package_exists",
        Sort::Refusal,
        ["the package exists already", "副本已存在"],
        ["Move it away first; packages are never overwritten.", "请先移走；副本从不覆盖。"],
    ),
    code(
        "foreign_key",
        Sort::Refusal,
        ["rows still point at what would go", "仍有数据行指向将移除的内容"],
        [
            "Either a tie is missing in the map: say what the column points at. Or foreign keys at something else than the primary key lead in a circle: cut one of these pointers in the application. Then plan again. Everything was rolled back.",
            "或数据地图缺少关联：请写明该列指向何处；或指向非主键列的外键构成环：请在应用中断开其中一个指向。然后重新计划。已全部回滚。",
        ],
    ),
    code(
        "database_damaged",
        Sort::Refusal,
        ["the database contradicts itself", "数据库自相矛盾"],
        [
            "Nothing is zeroed in a damaged file. `PRAGMA integrity_check` says more; repair it, or restore a copy that is whole.",
            "不会在损坏的文件中清零任何字节。`PRAGMA integrity_check` 有更多说明；请修复，或恢复完好的副本。",
        ],
    ),
    code(
        "reserved_bytes",
        Sort::Refusal,
        ["the database is checksummed or encrypted", "数据库带校验或已加密"],
        [
            "An extension between SQLite and the file uses the reserved bytes; pages written without it would be rejected. What is in such a file cannot be proven.",
            "SQLite 与文件之间的扩展使用了保留字节；绕过它写入的页会被拒绝。此类文件的内容无法证明。",
        ],
    ),
    code(
        "unsupported_sqlite",
        Sort::Refusal,
        ["this build of SQLite lacks something", "此 SQLite 版本缺少功能"],
        ["Build droit from its own repository.", "请用 droit 自身仓库构建。"],
    ),
];
