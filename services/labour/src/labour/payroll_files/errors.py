"""What a row of a payroll file is refused for, beside what the payroll itself says."""

from __future__ import annotations

from chassis.errors import Violation

NO_ROWS = Violation("/rows", "NO_ROWS", zh="文件中没有填写任何内容。", en="Nothing is filled in.")
KIND_UNKNOWN = Violation("kind", "KIND_UNKNOWN", zh="未知的项目类别。", en="There is no such kind of item.")
VERSION_UNREADABLE = Violation(
    "version", "INT_PARSING", zh="须为模板中的版本号。", en="The version of the template is needed."
)
VERSION_DIFFERS = Violation(
    "version", "VERSION_DIFFERS", zh="与文件中其他行的版本不一致。", en="Other rows of the file name another version."
)
ROW_TWICE = (
    "DUPLICATE_IN_BATCH",
    "与文件中前面的一行完全相同;如确属两笔,请在备注中说明。",
    "An earlier row of the file says the same; if there are two, say so in the note.",
)
PIECES_TWICE = Violation(
    "worker_ref",
    "PIECES_RECORDED",
    zh="相同的计件已登记;如确属另一笔,请在备注中说明。",
    en="The same pieces are on record; if these are others, say so in the note.",
)
PIECES_LOCKED = Violation(
    "day", "MONTH_LOCKED", zh="该月工资表已批准,已锁定。", en="The payroll of that month is approved."
)
NOT_ON_PROJECT = Violation(
    "worker_ref",
    "WORKER_NOT_ASSIGNED",
    zh="该工人不存在或未安排到本项目。",
    en="There is no such worker, or he is not assigned to this project.",
)
PIECES_AHEAD = Violation("day", "IN_FUTURE", zh="日期不能晚于今天。", en="The day lies in the future.")
