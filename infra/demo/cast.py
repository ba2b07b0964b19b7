"""The organisations and their people, beside the operator."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import choice

from stdnum.cn import uscc

from infra.demo.texts import Text

DOMAIN = "zhulian.example"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with roles; `key` names the caller in the acts."""

    key: str
    name: str
    title: Text
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as it registers, with its administrator and the members that he invites."""

    key: str
    name: Text
    kind: str
    admin: str
    members: tuple[Member, ...]


def new_uscc() -> str:
    """A made-up 统一社会信用代码 of Shenzhen with its check digit (GB 32100-2015).

    Drawn anew at each registration: a demo that was broken off leaves organisations whose passwords nobody has.
    """
    body = "91440300MA5" + "".join(choice(ALPHABET) for _ in range(6))
    return body + uscc.calc_check_digit(body)


def email(key: str, code: str) -> str:
    """The user name of somebody of the organisation with that USCC."""
    return f"{key}.{code[-7:].lower()}@{DOMAIN}"


def key_of(address: str) -> str:
    """Whose user name that is."""
    return address.partition(".")[0]


CAST: tuple[Organisation, ...] = (
    Organisation(
        "owner",
        Text("深圳市坪山区建设投资有限公司", "Pingshan Construction Investment (owner, IPMT)"),
        "owner",
        "周敏",
        (
            Member(
                "owner-pm", "吴刚", Text("建设单位 IPMT 经理", "owner's IPMT manager"), ("project_manager", "viewer")
            ),
        ),
    ),
    Organisation(
        "contractor",
        Text("筑联示范总承包有限公司", "Zhulian Demo General Contractor"),
        "contractor",
        "陈晨",
        (
            Member(
                "contractor-pm",
                "林涛",
                Text("总包项目经理", "contractor's project manager"),
                ("project_manager", "cost_controller"),
            ),
            Member("contractor-buyer", "黄蓉", Text("总包采购员", "contractor's buyer"), ("buyer",)),
            Member("contractor-approver", "赵云", Text("总包审批人", "contractor's approver"), ("approver",)),
            Member("contractor-site", "孙权", Text("总包现场工程师", "contractor's site engineer"), ("site_engineer",)),
            Member("contractor-accountant", "顾雍", Text("总包会计", "contractor's accountant"), ("accountant",)),
            Member(
                "contractor-wages", "诸葛瑾", Text("总包劳资专管员", "contractor's wage officer"), ("labour_clerk",)
            ),
        ),
    ),
    Organisation(
        "contractor2",
        Text("湾区第二建筑有限公司", "Bay Area Second Builders"),
        "contractor",
        "何平",
        (
            Member(
                "contractor2-buyer",
                "郭靖",
                Text("二号总包采购员", "second contractor's buyer"),
                ("buyer", "project_manager"),
            ),
        ),
    ),
    Organisation(
        "supervisor",
        Text("深圳明鉴监理有限公司", "Mingjian Supervision"),
        "supervisor",
        "梁文",
        (Member("supervisor-engineer", "宋江", Text("监理工程师", "supervising engineer"), ("site_engineer",)),),
    ),
    Organisation(
        "labour",
        Text("众工劳务分包有限公司", "Zhonggong Labour Subcontractor"),
        "labour_subcontractor",
        "谢军",
        (Member("labour-clerk", "韩梅", Text("劳资专管员", "labour clerk"), ("labour_clerk",)),),
    ),
    Organisation(
        "labour2",
        Text("鹏程建筑劳务有限公司", "Pengcheng Building Labour"),
        "labour_subcontractor",
        "罗毅",
        (Member("labour2-clerk", "江敏", Text("鹏程劳资专管员", "Pengcheng's labour clerk"), ("labour_clerk",)),),
    ),
    Organisation(
        "supplier",
        Text("华南钢材供应有限公司", "South China Steel Supply"),
        "supplier",
        "冯源",
        (Member("supplier-sales", "曹雪", Text("钢材供应商销售", "steel supplier's sales"), ("sales",)),),
    ),
    Organisation(
        "supplier2",
        Text("东江建材有限公司", "Dongjiang Building Material"),
        "supplier",
        "邓超",
        (
            Member("supplier2-sales", "许仙", Text("东江建材销售", "Dongjiang's sales"), ("sales",)),
            Member("supplier2-accountant", "白素", Text("东江建材会计", "Dongjiang's accountant"), ("accountant",)),
        ),
    ),
    Organisation(
        "supplier3",
        Text("粤东钢铁贸易有限公司", "Yuedong Steel Trading"),
        "supplier",
        "韩愈",
        (
            Member("supplier3-sales", "苏轼", Text("粤东钢铁销售", "Yuedong's sales"), ("sales",)),
            Member("supplier3-accountant", "王弗", Text("粤东钢铁会计", "Yuedong's accountant"), ("accountant",)),
        ),
    ),
    Organisation(
        "lessor",
        Text("巨臂机械租赁有限公司", "Big Arm Equipment Leasing"),
        "lessor",
        "曾强",
        (
            Member(
                "lessor-fleet", "彭海", Text("租赁公司车队经理", "lessor's fleet manager"), ("fleet_manager", "sales")
            ),
        ),
    ),
    Organisation(
        "authority",
        Text("智能建造试点主管部门", "Smart construction authority"),
        "authority",
        "苏明",
        (Member("authority-viewer", "卢俊", Text("主管部门", "authority"), ("viewer",)),),
    ),
)

NAMES = {one.key: one.name for one in CAST}
