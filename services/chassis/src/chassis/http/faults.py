"""Pydantic's faults as Violations: where (JSON pointer), a stable code, and the text in zh and en.

A validator of our own raises `fault("CODE", zh=…, en=…)`; pydantic's built-in kinds have their Chinese here,
and what is missing gets a general sentence. What the caller sent is never repeated: it may be personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from chassis.errors import MalformedRequest, ServiceError, Violation, invalid

MAX_VIOLATIONS = 100
"""More faults than a person reads; the metadata says how many there were."""

_ZH = "zh"

CHINESE: Mapping[str, str] = {
    "missing": "缺少必填项",
    "extra_forbidden": "不允许出现未定义的字段",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "list_type": "应为 JSON 数组",
    "tuple_type": "应为 JSON 数组",
    "set_type": "应为 JSON 数组",
    "frozen_set_type": "应为 JSON 数组",
    "none_required": "应为 null",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应大于或等于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应小于或等于 {le}",
    "multiple_of": "应为 {multiple_of} 的整数倍",
    "finite_number": "应为有限数值",
    "too_short": "至少需要 {min_length} 项,实际 {actual_length} 项",
    "too_long": "最多允许 {max_length} 项",
    "string_type": "应为字符串",
    "string_unicode": "应为有效的 Unicode 字符串",
    "string_too_short": "长度至少为 {min_length} 个字符",
    "string_too_long": "长度最多为 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符,应匹配 {pattern}",
    "string_not_ascii": "只允许 ASCII 字符",
    "enum": "应为以下值之一:{expected}",
    "literal_error": "应为以下值之一:{expected}",
    "bool_type": "应为布尔值",
    "bool_parsing": "应为布尔值",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数过大",
    "int_from_float": "应为整数,不允许小数部分",
    "float_type": "应为数值",
    "float_parsing": "应为数值",
    "bytes_too_long": "长度最多为 {max_length} 字节",
    "value_error": "值不符合要求",
    "assertion_error": "值不符合要求",
    "date_type": "应为日期,格式 YYYY-MM-DD",
    "date_parsing": "应为日期,格式 YYYY-MM-DD",
    "date_from_datetime_parsing": "应为日期,格式 YYYY-MM-DD",
    "date_from_datetime_inexact": "应为日期,不应带时间",
    "date_past": "日期应早于今天",
    "date_future": "日期应晚于今天",
    "time_type": "应为时间",
    "time_parsing": "应为时间",
    "datetime_type": "应为带时区的时间,例如 2026-11-23T08:00:00+08:00",
    "datetime_parsing": "应为带时区的时间,例如 2026-11-23T08:00:00+08:00",
    "datetime_object_invalid": "应为带时区的时间,例如 2026-11-23T08:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间,例如 2026-11-23T08:00:00+08:00",
    "datetime_past": "时间应早于现在",
    "datetime_future": "时间应晚于现在",
    "timezone_aware": "时间必须带时区",
    "timezone_naive": "时间不应带时区",
    "union_tag_invalid": "类型标记无效,应为:{expected_tags}",
    "union_tag_not_found": "缺少类型标记 {discriminator}",
    "url_type": "应为网址",
    "url_parsing": "应为有效的网址",
    "url_syntax_violation": "应为有效的网址",
    "url_too_long": "网址最多 {max_length} 个字符",
    "url_scheme": "网址协议应为 {expected_schemes}",
    "uuid_type": "应为 UUID",
    "uuid_parsing": "应为 UUID",
    "uuid_version": "应为第 {expected_version} 版 UUID",
    "decimal_type": "应为十进制数",
    "decimal_parsing": "应为十进制数",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_whole_digits": "小数点前最多 {whole_digits} 位数字",
    "recursion_loop": "数据循环引用",
    "recursion_depth_exceeded": "数据嵌套过深",
    # chassis.values
    "DECIMAL_STRING": '应为以 JSON 字符串表示的十进制数,例如 "12.50"',
    "NOT_FINITE": "应为有限数值",
    "TOO_LARGE": "应小于 {limit}",
    "TOO_PRECISE": "最多允许 {scale} 位小数",
    "OUT_OF_RANGE": "数值超出允许范围(不得为负,数量须大于 0)",
    "OFFSET_MISSING": "时间必须带时区,例如 2026-11-23T08:00:00+08:00",
    "CONTROL_CHARACTER": "不允许控制字符",
    "NOT_UNICODE": "含有无效的 Unicode 字符",
}
CHINESE_GENERAL = "值不符合要求"

# Where pydantic's own sentence speaks of Python or repeats what came in.
_ENGLISH: Mapping[str, str] = {
    "missing": "This field is required",
    "extra_forbidden": "This field is not known here",
    "model_type": "Must be a JSON object",
    "model_attributes_type": "Must be a JSON object",
    "dict_type": "Must be a JSON object",
    "list_type": "Must be a JSON array",
    "tuple_type": "Must be a JSON array",
    "set_type": "Must be a JSON array",
    "frozen_set_type": "Must be a JSON array",
    "uuid_type": "Must be a UUID",
    "uuid_parsing": "Must be a UUID",
    "union_tag_invalid": "The tag must be one of {expected_tags}",
}


def fault(code: str, *, zh: str, en: str) -> PydanticCustomError:
    """What a validator of a request model raises: a stable SCREAMING_SNAKE code and the sentence in zh and
    en.
    """
    # Pydantic formats the template with the context; the texts travel in it, so braces in them stay harmless.
    return PydanticCustomError(code, "{en}", {"en": en, _ZH: zh})


def request_refusal(errors: Sequence[Mapping[str, Any]], body: object = None) -> ServiceError:
    """InvalidArgument with every fault of a request (at most MAX_VIOLATIONS), or MalformedRequest for broken
    JSON.

    `errors` as pydantic and FastAPI give them, with `loc` beginning at body, query, path, header or cookie;
    `body` is what was parsed, needed to tell a union's tags in `loc` from keys of the body.
    """
    if any(error["type"] == "json_invalid" for error in errors):
        return malformed_json()
    refused = invalid(*unique(violation(error, body) for error in errors))
    if len(errors) > MAX_VIOLATIONS:
        refused.metadata = {"faults": str(len(errors))}
    return refused


def unique(violations: Iterable[Violation]) -> list[Violation]:
    """The first MAX_VIOLATIONS different ones, in order (members of a union report the same fault twice)."""
    return list(dict.fromkeys(violations))[:MAX_VIOLATIONS]


def violation(error: Mapping[str, Any], body: object = None) -> Violation:
    """One fault as pydantic tells it, as our Violation."""
    kind: str = error["type"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    english = _ENGLISH.get(kind)
    return Violation(
        pointer=_where(error["loc"], kind, body),
        code=kind.upper(),
        zh=str(context.get(_ZH) or _filled(CHINESE.get(kind, CHINESE_GENERAL), context)),
        en=_filled(english, context) if english else str(error["msg"]),
    )


def malformed_json(zh: str = "请求内容不是有效的 JSON。", en: str = "The body is not valid JSON.") -> MalformedRequest:
    """The refusal of a body that cannot be parsed."""
    return MalformedRequest("JSON_MALFORMED", zh=zh, en=en)


def pointer(parts: Iterable[str | int]) -> str:
    """RFC 6901: `("lines", 0, "a/b")` → `/lines/0/a~1b`; nothing → the empty string, the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _filled(template: str, context: Mapping[str, Any]) -> str:
    try:
        return template.format_map(context)
    except (KeyError, ValueError, IndexError):
        return CHINESE_GENERAL


def _where(loc: Sequence[str | int], kind: str, body: object) -> str:
    if not loc:
        return ""
    place, rest = loc[0], loc[1:]
    if place == "body":
        return pointer(_steps(rest, body, missing=kind == "missing"))
    if place in ("query", "path", "header", "cookie"):
        return f"{place}:{'.'.join(str(part) for part in rest)}"
    return pointer(_steps(loc, body, missing=kind == "missing"))


def _steps(parts: Sequence[str | int], body: object, *, missing: bool) -> Iterable[str | int]:
    """The parts that lead through the body; a union's tags and validators' names in `loc` do not."""
    node = body
    for index, part in enumerate(parts):
        if _leads_on(node, part):
            node = node[part]  # type: ignore[index]
        elif not (missing and index == len(parts) - 1):
            continue
        yield part


def _leads_on(node: object, part: str | int) -> bool:
    if isinstance(node, dict):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and 0 <= part < len(node)
